import * as z from "zod";

/** Step and field names: they become parts of paths, so nothing else is allowed in them. */
const identifier = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** When and how a failed attempt is tried again. */
export const retrySchema = z.strictObject({
  /** Attempts in all, the first included; 1 to 20. */
  maxAttempts: z.number().int().min(1).max(20).default(1),
  /** Upper bound of the first delay in ms; it doubles each time and is drawn with full jitter. */
  delayMs: z.number().int().min(0).max(3_600_000).default(1000),
  /** Cap of any delay in ms. */
  maxDelayMs: z.number().int().min(0).max(86_400_000).default(60_000),
});

/** One node of a workflow. */
export const stepSchema = z.strictObject({
  tool: z.string().min(1),
  /** Literal values, and `{ "$from": "step.output" }` where another step's output goes. */
  input: z.record(z.string(), z.json()).default({}),
  /** Steps that must succeed first, beyond those the input refers to. */
  needs: z.array(z.string()).default([]),
  retry: retrySchema.optional(),
  /** Limit of one attempt in ms; 24.8 days at most, which is what a timer can hold. */
  timeoutMs: z.number().int().min(1).max(2_147_483_647).optional(),
});

const MAX_STEPS = 50_000;

/** The schema of a {@link WorkflowSpec}. */
export const workflowSpecSchema = z.strictObject({
  name: z.string().min(1).max(128).default("workflow"),
  steps: z
    .record(
      z.string().regex(identifier, "must be a letter followed by letters, digits, `_` or `-`, 64 at most"),
      stepSchema,
    )
    .refine((steps) => Object.keys(steps).length > 0, "needs at least one step")
    .refine((steps) => Object.keys(steps).length <= MAX_STEPS, `takes ${MAX_STEPS} steps at most`),
});

/** A workflow as plain JSON: named steps, each a tool with its input; key order means nothing. */
export type WorkflowSpec = z.output<typeof workflowSpecSchema>;
/** A workflow as a person writes it, with defaults left out. */
export type WorkflowSpecInput = z.input<typeof workflowSpecSchema>;
/** One step of a {@link WorkflowSpec}. */
export type StepSpec = z.output<typeof stepSchema>;
/** A step's retry policy. */
export type RetryPolicy = z.output<typeof retrySchema>;

/** A reference to an output of another step. */
export interface OutputReference {
  readonly stepId: string;
  readonly output: string;
}

/** Reads `{ "$from": "step.output" }`; undefined for any other value. */
export function parseReference(value: unknown): OutputReference | undefined {
  if (typeof value !== "object" || value === null || !("$from" in value)) return undefined;
  const from = String(value.$from);
  const dot = from.indexOf(".");
  return dot < 0 ? { stepId: from, output: "" } : { stepId: from.slice(0, dot), output: from.slice(dot + 1) };
}
