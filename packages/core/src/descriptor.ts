import * as z from "zod";
import { type Ports, portsOf } from "./artifact.ts";
import type { Recipe } from "./recipe.ts";
import type { AnyTool, ToolAnnotations } from "./tool.ts";

/** A tool as data: what planners and clients see of it, the same on both sides of the wire. */
export interface ToolDescriptor {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
  readonly outputSchema: object;
  /** Artifact fields of the input. */
  readonly inputs: Ports;
  /** Artifact fields of the output. */
  readonly outputs: Ports;
  readonly annotations?: ToolAnnotations | undefined;
}

/** Everything a planner may use. */
export interface Catalog {
  readonly tools: readonly ToolDescriptor[];
  readonly recipes: readonly Recipe[];
}

/** Describes a tool; throws when a schema cannot be written as JSON Schema. */
export function describeToolShape(tool: AnyTool): ToolDescriptor {
  const inputSchema = z.toJSONSchema(tool.input as z.ZodObject, { io: "input" });
  const outputSchema = z.toJSONSchema(tool.output as z.ZodObject, { io: "output" });
  return {
    name: tool.name,
    description: tool.description,
    inputSchema,
    outputSchema,
    inputs: portsOf(inputSchema),
    outputs: portsOf(outputSchema),
    annotations: tool.annotations,
  };
}
