import type { DatabaseSync } from "node:sqlite";
import {
  type Lease,
  type RunEvent,
  type RunEventBody,
  TrainyardError,
  type WorkflowSpec,
} from "@trainyard/core";
import { advanceRun, advanceStep, type RunHead, startRun, type StepState } from "./fold.ts";
import { fromText, toText } from "./json-text.ts";
import { fromHead, fromRun, fromStep, type HeadRow, type StepRow, toHead, toStep } from "./run-rows.ts";

/** Writes events together with the run and steps they imply; the caller holds the transaction. */
export type AppendEvents = (lease: Lease, bodies: readonly RunEventBody[]) => readonly RunEvent[];

/** The tool that the run's spec names for a step. */
type ToolOf = (stepId: string) => string | undefined;

/** Prepares the statements once. */
export function createRunLog(db: DatabaseSync): AppendEvents {
  const sql = prepare(db);

  function loadHead(runId: string): RunHead | undefined {
    const row = sql.head.get(runId) as HeadRow | undefined;
    return row && toHead(row);
  }

  function loadStep(runId: string, stepId: string): StepState | undefined {
    const row = sql.step.get(runId, stepId) as StepRow | undefined;
    return row && toStep(row);
  }

  function stepsOf(runId: string): WorkflowSpec["steps"] {
    const row = sql.spec.get(runId) as { readonly spec: string } | undefined;
    return fromText<WorkflowSpec>(row?.spec ?? null)?.steps ?? {};
  }

  function applyRun(run: RunHead | undefined, event: RunEvent): RunHead {
    if (event.type !== "run-start") {
      if (!run) throw misplaced(event, "the run has not started; append `run-start` first");
      return advanceRun(run, event);
    }
    if (run) throw misplaced(event, "the run has started already; use a new run id");
    const started = startRun(event);
    sql.insertRun.run(fromRun(started));
    return started;
  }

  /** Steps that stay undefined get no place: `steps` is in the order of first mention. */
  function applyStep(steps: Map<string, StepState>, event: RunEvent, toolOf: ToolOf): void {
    if (!("stepId" in event)) return;
    const { runId, stepId } = event;
    const step = advanceStep(steps.get(stepId) ?? loadStep(runId, stepId), event, toolOf);
    if (step) steps.set(stepId, step);
  }

  return ({ runId }, bodies) => {
    const at = Date.now();
    const steps = new Map<string, StepState>();
    let planned: WorkflowSpec["steps"] | undefined;
    const toolOf: ToolOf = (stepId) => {
      planned ??= stepsOf(runId);
      return Object.hasOwn(planned, stepId) ? planned[stepId]?.tool : undefined;
    };
    let run = loadHead(runId);
    const events = bodies.map((body) => {
      const event: RunEvent = { ...body, runId, seq: (run?.lastSeq ?? 0) + 1, at };
      run = applyRun(run, event);
      applyStep(steps, event, toolOf);
      sql.insertEvent.run(runId, event.seq, at, toText(body));
      return event;
    });
    if (run) sql.updateRun.run({ run_id: runId, ...fromHead(run) });
    for (const step of steps.values()) sql.putStep.run(fromStep(runId, step));
    return events;
  };
}

function prepare(db: DatabaseSync) {
  return {
    head: db.prepare("SELECT status, ended_at, error, last_seq FROM runs WHERE run_id = ?"),
    spec: db.prepare("SELECT spec FROM runs WHERE run_id = ?"),
    step: db.prepare("SELECT * FROM steps WHERE run_id = ? AND step_id = ?"),
    insertEvent: db.prepare("INSERT INTO events (run_id, seq, at, body) VALUES (?, ?, ?, ?)"),
    insertRun: db.prepare(`
      INSERT INTO runs (run_id, name, goal, principal, spec, status, created_at, ended_at, error, last_seq)
      VALUES (:run_id, :name, :goal, :principal, :spec, :status, :created_at, :ended_at, :error, :last_seq)`),
    updateRun: db.prepare(`
      UPDATE runs SET status = :status, ended_at = :ended_at, error = :error, last_seq = :last_seq
      WHERE run_id = :run_id`),
    putStep: db.prepare(`
      INSERT INTO steps (run_id, step_id, tool, status, attempt, started_at, ended_at, input, outputs, error,
        cached_from, cache_key, job)
      VALUES (:run_id, :step_id, :tool, :status, :attempt, :started_at, :ended_at, :input, :outputs, :error,
        :cached_from, :cache_key, :job)
      ON CONFLICT (run_id, step_id) DO UPDATE SET tool = excluded.tool, status = excluded.status,
        attempt = excluded.attempt, started_at = excluded.started_at, ended_at = excluded.ended_at,
        input = excluded.input, outputs = excluded.outputs, error = excluded.error,
        cached_from = excluded.cached_from, cache_key = excluded.cache_key, job = excluded.job`),
  };
}

function misplaced(event: RunEvent, why: string): TrainyardError {
  return new TrainyardError(
    "INPUT_INVALID",
    `\`${event.type}\` cannot be appended to run \`${event.runId}\`: ${why}.`,
  );
}
