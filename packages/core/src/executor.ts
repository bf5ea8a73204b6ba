import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import PQueue from "p-queue";
import { cancelAbandoned } from "./abandoned-run.ts";
import { compileOrThrow } from "./compile.ts";
import { driveRun, LEASE_TTL_MS } from "./drive-run.ts";
import { TrainyardError } from "./errors.ts";
import type { Executor, RunHandle, StartOptions } from "./execution.ts";
import type { ExecutorOptions } from "./executor-options.ts";
import { preflightWorkflow } from "./preflight-workflow.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import type { RunRecord } from "./run-store.ts";
import type { WorkflowSpecInput } from "./spec.ts";
import { createBell, type CommitBell, runNotFound, watchRun } from "./watch.ts";

interface ActiveRun {
  readonly handle: RunHandle;
  readonly bell: CommitBell;
  readonly cancel: AbortController;
  readonly log: RunLog;
}

/** Makes the executor of a gateway. Throws `CONFIG_INVALID` for a concurrency below 1. */
export function createExecutor(options: ExecutorOptions): Executor {
  const { registry, runs, random = Math.random } = options;
  const owner = `${process.pid}-${randomUUID()}`;
  const queue = new PQueue({ concurrency: checkConcurrency(options.concurrency) });
  const active = new Map<string, ActiveRun>();
  const starting = new Set<Promise<RunHandle>>();
  const abandoned = new Map<string, Promise<RunRecord>>();
  const closing = new AbortController();

  async function begin(spec: WorkflowSpecInput, startOptions: StartOptions): Promise<RunHandle> {
    const { goal, principal = "local", cache: useCache = true } = startOptions;
    const workflow = compileOrThrow(spec, registry);
    const runId = randomUUID();
    const lease = await runs.claim(runId, owner, LEASE_TTL_MS);
    if (!lease) throw new TrainyardError("STORE_CONFLICT", `Run \`${runId}\` belongs to another gateway.`);
    const bell = createBell();
    const log = openRunLog(runs, lease, () => bell.ring());
    const cancel = new AbortController();
    await log.append({
      type: "run-start",
      spec: workflow.spec,
      principal,
      ...(goal !== undefined && { goal }),
    });
    const driven = { workflow, lease, log, cancel, principal, useCache, random };
    const done = driveRun(driven, options, queue).finally(() => {
      active.delete(runId);
      bell.ring();
    });
    const handle = { runId, done };
    active.set(runId, { handle, bell, cancel, log });
    return handle;
  }

  async function start(spec: WorkflowSpecInput, startOptions: StartOptions = {}): Promise<RunHandle> {
    if (closing.signal.aborted)
      throw new TrainyardError("CANCELLED", "The gateway is shutting down and takes no new runs.");
    const beginning = begin(spec, startOptions);
    starting.add(beginning);
    return await beginning.finally(() => starting.delete(beginning));
  }

  async function cancelActive(run: ActiveRun, reason: string): Promise<RunRecord> {
    try {
      if (!run.cancel.signal.aborted) await run.log.append({ type: "run-cancel", reason });
    } catch {
      // The run ends by its broken log, which `done` tells.
    }
    run.cancel.abort(new TrainyardError("CANCELLED", reason));
    return await run.handle.done;
  }

  async function cancel(runId: string, reason = "cancelled by the user"): Promise<RunRecord> {
    const run = active.get(runId);
    if (run) return await cancelActive(run, reason);
    const record = await runs.run(runId);
    if (!record) throw runNotFound(runId);
    if (record.endedAt !== undefined) return record;
    const known = abandoned.get(runId);
    if (known) return await known;
    const ending = cancelAbandoned(record, reason, owner, LEASE_TTL_MS, options);
    abandoned.set(runId, ending);
    return await ending.finally(() => abandoned.delete(runId));
  }

  return {
    start,
    cancel,
    async preflight(spec, { signal, principal = "local" } = {}) {
      const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      return await preflightWorkflow(compileOrThrow(spec, registry), options, principal, either);
    },
    watch: (runId, watchOptions) => watchRun(runs, runId, () => active.get(runId)?.bell, watchOptions),
    async close() {
      closing.abort(new TrainyardError("CANCELLED", "The gateway is shutting down."));
      await Promise.allSettled(starting);
      await Promise.all([...active.values()].map((run) => cancelActive(run, "the gateway is shutting down")));
    },
  };
}

function checkConcurrency(concurrency = Math.max(2, availableParallelism())): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `Expected \`concurrency\` to be a whole number from 1 up, got \`${concurrency}\`.`,
  );
}
