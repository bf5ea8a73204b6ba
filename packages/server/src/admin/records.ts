import * as z from "zod";

/** A run as core writes it. */
export const runRecord = z
  .looseObject({
    runId: z.string(),
    name: z.string(),
    status: z.string(),
    createdAt: z.number(),
    lastSeq: z.number(),
  })
  .describe("A RunRecord.");

/** A step as core writes it. */
export const stepRecord = z
  .looseObject({ stepId: z.string(), tool: z.string(), status: z.string(), attempt: z.number() })
  .describe("A StepRecord.");

/** An error as core writes it. */
export const errorRecord = z
  .looseObject({ code: z.string(), message: z.string(), retryable: z.boolean() })
  .describe("An ErrorRecord.");

/** An event as core writes it. */
export const runEvent = z
  .looseObject({ type: z.string(), runId: z.string(), seq: z.number(), at: z.number() })
  .describe("A RunEvent.");

/** A model version as core writes it. */
export const modelVersion = z
  .looseObject({ name: z.string(), version: z.number(), aliases: z.array(z.string()), createdAt: z.number() })
  .describe("A ModelVersion.");
