import { onTestFinished } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnyTool,
  createExecutor,
  createRegistry,
  definePlugin,
  type Executor,
  type RunEvent,
  type RunStore,
} from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";

/** An executor over real stores and real processes in a folder of its own. */
async function createWorkbench(
  tools: readonly AnyTool[],
  options: { readonly concurrency?: number; readonly runs?: (runs: RunStore) => RunStore } = {},
) {
  const home = await mkdtemp(join(tmpdir(), "trainyard-test-"));
  const store = sqliteStore({ path: join(home, "state.db") });
  const artifacts = fsStore({ path: join(home, "blobs") });
  const runtime = processRuntime({ stateDir: join(home, "jobs") });
  const executor: Executor = createExecutor({
    registry: createRegistry([definePlugin({ name: "test", tools })]),
    runs: options.runs?.(store.runs) ?? store.runs,
    models: store.models,
    artifacts,
    runtime,
    workRoot: join(home, "runs"),
    concurrency: options.concurrency ?? 4,
    random: () => 0.5,
  });
  return {
    home,
    store,
    artifacts,
    runtime,
    executor,
    async events(runId: string): Promise<readonly RunEvent[]> {
      return await store.runs.events(runId);
    },
    async close() {
      await executor.close();
      await runtime.close();
      await store.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type Workbench = Awaited<ReturnType<typeof createWorkbench>>;

/** Types of the events of a step, in order. */
export function typesOf(events: readonly RunEvent[], stepId: string): string[] {
  return events.filter((event) => "stepId" in event && event.stepId === stepId).map((event) => event.type);
}

/** Makes workbenches that are closed after the test. */
export async function benchWith(
  tools: readonly AnyTool[],
  options?: Parameters<typeof createWorkbench>[1],
): Promise<Workbench> {
  const bench = await createWorkbench(tools, options);
  onTestFinished(bench.close);
  return bench;
}

/** Whether a process is there; a zombie is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
