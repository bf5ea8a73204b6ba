import type { Catalog, ModelVersion, RunEvent, RunRecord, StepPreflight, StepRecord } from "@trainyard/core";
import * as z from "zod";

/**
 * Records of core are checked for what programs rely on, and pass with everything else they carry. What came as JSON
 * is JSON: checking that again would only let a deeply nested answer exhaust the stack.
 */
const as =
  <T>() =>
  (value: unknown): T =>
    value as T;
const id = z.string().min(1).max(256);
const time = z.number();
const runStatus = z.enum(["running", "cancelling", "succeeded", "failed", "cancelled"]);
const error = z.looseObject({ code: z.string(), message: z.string(), retryable: z.boolean().default(false) });

const ports = z.record(
  z.string(),
  z.object({ kind: z.string(), optional: z.boolean(), list: z.boolean(), literal: z.boolean() }),
);
const schema = z.record(z.string(), z.unknown());

/** What `list_tools` answers. */
export const catalogAnswer = z
  .object({
    tools: z.array(
      z.looseObject({
        name: z.string().min(1),
        description: z.string(),
        inputSchema: schema,
        outputSchema: schema,
        inputs: ports,
        outputs: ports,
      }),
    ),
    recipes: z.array(
      z.looseObject({
        name: z.string(),
        tool: z.string(),
        when: z.record(z.string(), z.unknown()).optional(),
        input: z.record(z.string(), z.unknown()).optional(),
        sources: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
      }),
    ),
  })
  .transform(as<Catalog>());

const run = z
  .looseObject({
    runId: id,
    name: z.string(),
    principal: z.string().optional(),
    spec: z.looseObject({ steps: z.record(z.string(), z.unknown()) }),
    status: runStatus,
    createdAt: time,
    lastSeq: z.number(),
  })
  .transform(as<RunRecord>());
const step = z
  .looseObject({ stepId: id, tool: z.string(), status: z.string(), attempt: z.number() })
  .transform(as<StepRecord>());

/** What `run_workflow` answers. */
export const handleAnswer = z.looseObject({
  run_id: id,
  task_id: id.optional(),
  status: runStatus.catch("running"),
  steps: z.array(z.string()),
});
/** What `check_workflow` answers. */
export const checkAnswer = z.looseObject({
  ok: z.boolean(),
  problems: z.array(
    z.looseObject({ stepId: z.string().optional(), path: z.string().optional(), message: z.string() }),
  ),
  preflight: z.array(
    z
      .looseObject({
        stepId: id,
        tool: z.string(),
        report: z.looseObject({
          resolved: schema,
          terms: z.array(z.looseObject({ name: z.string(), bytes: z.number() })),
          warnings: z.array(z.string()),
          shortfalls: z.array(z.looseObject({ message: z.string(), fix: z.string() })),
        }),
      })
      .transform(as<StepPreflight>()),
  ),
});
/** What `get_status` answers. */
export const statusAnswer = z.looseObject({ run, steps: z.array(step) });
/** What `get_result` answers. */
export const resultAnswer = z.looseObject({
  run_id: id,
  status: runStatus,
  outputs: z.record(z.string(), z.record(z.string(), z.unknown())),
  message: z.string().default(""),
  error: error.optional(),
});
/** What `cancel_task` answers. */
export const cancelAnswer = z.looseObject({ run_id: id, status: runStatus });
/** What `get_logs` answers. */
export const logsAnswer = z.looseObject({
  entries: z.array(
    z.looseObject({
      seq: z.number(),
      at: time,
      stepId: id,
      level: z.enum(["debug", "info", "warning", "error"]).catch("info"),
      message: z.string(),
    }),
  ),
  next_seq: z.number().int().min(0),
});
/** What `get_metrics` answers. */
export const metricsAnswer = z.looseObject({
  series: z.array(
    z.looseObject({ step_id: id, name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }),
  ),
});
/** What `list_runs` answers. */
export const runsAnswer = z.looseObject({ runs: z.array(run) });
/** What `list_models` answers. */
export const modelsAnswer = z.looseObject({
  models: z.array(
    z
      .looseObject({
        name: z.string(),
        version: z.number(),
        ref: z.looseObject({ kind: z.string(), digest: z.string(), sizeBytes: z.number() }),
        manifest: z.looseObject({}),
        aliases: z.array(z.string()),
        createdAt: time,
      })
      .transform(as<ModelVersion>()),
  ),
});

const envelope = { runId: id, seq: z.int().min(1), at: time };
const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.looseObject({ type: z.literal(type), ...envelope, ...shape });
const ofStep = { stepId: id };

/** One event of a run's stream; types that came later than this client are let through as `undefined`. */
export const eventAnswer = z.union([
  z
    .discriminatedUnion("type", [
      event("run-start", { spec: z.looseObject({ steps: z.record(z.string(), z.unknown()) }) }),
      event("run-cancel", { reason: z.string() }),
      event("run-end", { status: z.enum(["succeeded", "failed", "cancelled"]), error: error.optional() }),
      event("step-queue", { ...ofStep, tool: z.string() }),
      event("step-start", { ...ofStep, attempt: z.number(), input: z.record(z.string(), z.unknown()) }),
      event("step-job", { ...ofStep, attempt: z.number(), runtime: z.string(), jobId: z.string() }),
      event("step-progress", ofStep),
      event("step-metric", { ...ofStep, values: z.record(z.string(), z.number()) }),
      event("step-log", {
        ...ofStep,
        level: z.enum(["debug", "info", "warning", "error"]),
        message: z.string(),
      }),
      event("step-retry", { ...ofStep, attempt: z.number(), delayMs: z.number(), error }),
      event("step-end", {
        ...ofStep,
        status: z.enum(["succeeded", "failed", "cancelled", "skipped", "cached"]),
        attempt: z.number(),
        error: error.optional(),
      }),
    ])
    .transform(as<RunEvent>()),
  z.looseObject({
    type: z
      .string()
      .regex(/^(?!(run-(start|cancel|end)|step-(queue|start|job|progress|metric|log|retry|end))$)/),
    ...envelope,
  }),
]);
