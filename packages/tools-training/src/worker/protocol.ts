import * as z from "zod";

const name = z.string().regex(/^[\w.-]{1,128}$/);

const progressEvent = z.object({
  type: z.literal("progress"),
  current: z.number().optional(),
  total: z.number().optional(),
  unit: z.string().max(64).optional(),
  message: z.string().optional(),
});

const metricEvent = z.object({
  type: z.literal("metric"),
  step: z.number().int().optional(),
  values: z.record(z.string().max(200), z.unknown()),
});

const logEvent = z.object({
  type: z.literal("log"),
  level: z.enum(["debug", "info", "warning", "error"]).catch("info"),
  message: z.string(),
});

const artifactEvent = z.object({
  type: z.literal("artifact"),
  port: name,
  kind: name,
  path: z.string().min(1).max(1024),
});

const resultEvent = z.object({ type: z.literal("result"), values: z.record(z.string().max(200), z.json()) });

const errorEvent = z.object({
  type: z.literal("error"),
  code: z.string().max(64),
  message: z.string(),
  hint: z.string().optional().catch(undefined),
  data: z.record(z.string(), z.json()).optional().catch(undefined),
});

const workerEvent = z.discriminatedUnion("type", [
  progressEvent,
  metricEvent,
  logEvent,
  artifactEvent,
  resultEvent,
  errorEvent,
]);

/** One line that the worker prints on stdout. */
export type WorkerEvent = z.output<typeof workerEvent>;
/** The worker's own account of why it failed. */
export type WorkerErrorEvent = z.output<typeof errorEvent>;
/** A file or folder that the worker has finished. */
export type WorkerArtifactEvent = z.output<typeof artifactEvent>;

/** Reads one line of the worker; undefined for anything that is no event. */
export function parseWorkerLine(line: string): WorkerEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return workerEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
