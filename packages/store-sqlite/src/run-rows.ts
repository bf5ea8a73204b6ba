import type { RunEvent, RunEventBody, RunRecord } from "@trainyard/core";
import type { RunHead, StepState } from "./fold.ts";
import { fromText, toText } from "./json-text.ts";

/** A row of `runs`. */
export interface RunRow {
  readonly run_id: string;
  readonly name: string;
  readonly goal: string | null;
  readonly principal: string;
  readonly spec: string;
  readonly status: string;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly error: string | null;
  readonly last_seq: number;
}

/** The columns of `runs` that change. */
export type HeadRow = Pick<RunRow, "status" | "ended_at" | "error" | "last_seq">;

/** A row of `steps`. */
export interface StepRow {
  readonly run_id: string;
  readonly step_id: string;
  readonly tool: string;
  readonly status: string;
  readonly attempt: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly input: string | null;
  readonly outputs: string | null;
  readonly error: string | null;
  readonly cached_from: string | null;
  readonly cache_key: string | null;
  readonly job: string | null;
}

/** A row of `events`. */
export interface EventRow {
  readonly run_id: string;
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

/** Reads a run off its row. */
export function toRun(row: RunRow): RunRecord {
  return {
    runId: row.run_id,
    name: row.name,
    principal: row.principal,
    spec: fromText(row.spec) as RunRecord["spec"],
    createdAt: row.created_at,
    ...toHead(row),
    ...(row.goal !== null && { goal: row.goal }),
  };
}

/** Reads the changing part of a run off its row. */
export function toHead(row: HeadRow): RunHead {
  return {
    status: row.status as RunHead["status"],
    lastSeq: row.last_seq,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.error !== null && { error: fromText(row.error) }),
  };
}

/** Writes the changing part of a run. */
export function fromHead(run: RunHead): HeadRow & Record<string, string | number | null> {
  return {
    status: run.status,
    ended_at: run.endedAt ?? null,
    error: toText(run.error),
    last_seq: run.lastSeq,
  };
}

/** Writes a whole run. */
export function fromRun(run: RunRecord): RunRow & Record<string, string | number | null> {
  return {
    run_id: run.runId,
    name: run.name,
    goal: run.goal ?? null,
    principal: run.principal,
    spec: toText(run.spec) as string,
    created_at: run.createdAt,
    ...fromHead(run),
  };
}

/** Reads a step off its row. */
export function toStep(row: StepRow): StepState {
  return {
    stepId: row.step_id,
    tool: row.tool,
    status: row.status as StepState["status"],
    attempt: row.attempt,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.input !== null && { input: fromText(row.input) }),
    ...(row.outputs !== null && { outputs: fromText(row.outputs) }),
    ...(row.error !== null && { error: fromText(row.error) }),
    ...(row.cached_from !== null && { cachedFrom: row.cached_from }),
    ...(row.cache_key !== null && { cacheKey: row.cache_key }),
    ...(row.job !== null && { job: fromText(row.job) }),
  };
}

/** Writes a step. */
export function fromStep(runId: string, step: StepState): StepRow & Record<string, string | number | null> {
  return {
    run_id: runId,
    step_id: step.stepId,
    tool: step.tool,
    status: step.status,
    attempt: step.attempt,
    started_at: step.startedAt ?? null,
    ended_at: step.endedAt ?? null,
    input: toText(step.input),
    outputs: toText(step.outputs),
    error: toText(step.error),
    cached_from: step.cachedFrom ?? null,
    cache_key: step.cacheKey ?? null,
    job: toText(step.job),
  };
}

/** Reads an event off its row. */
export function toEvent(row: EventRow): RunEvent {
  return { ...(fromText(row.body) as RunEventBody), runId: row.run_id, seq: row.seq, at: row.at };
}
