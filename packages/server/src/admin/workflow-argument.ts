import { workflowSpecSchema } from "@trainyard/core";
import * as z from "zod";

/** A workflow as a call carries it; the compiler checks it, so that every problem is told at once. */
export const looseSpec = z.record(z.string(), z.json());

/** A workflow as tools list it. */
export const listedSpec = workflowSpecSchema.describe(
  'Named steps, each a tool with its input; `{ "$from": "step.output" }` stands for another step\'s output.',
);
