import type { Job } from "../runtime.ts";
import type { RuntimeCaseContext, RuntimeHarness } from "./runtime-case.ts";
import { runtimeEndingCases } from "./runtime-ending-cases.ts";
import { runtimeJobCases } from "./runtime-job-cases.ts";
import { runtimeOutputCases } from "./runtime-output-cases.ts";
import { type ConformanceCase, type ConformanceSkip, describeCases } from "./suite.ts";

export type { RuntimeCaseContext, RuntimeHarness };

/** How the kit gets runtimes to test. */
export interface RuntimeSetup {
  /** Makes a runtime that knows no jobs, once per case. */
  create(): Promise<RuntimeHarness>;
  /** Cases this runtime cannot pass. */
  readonly skip?: readonly ConformanceSkip[];
}

/** The rules of a runtime as data, for running them without vitest's `describe`. */
export const runtimeCases: readonly ConformanceCase<RuntimeCaseContext>[] = [
  ...runtimeOutputCases,
  ...runtimeEndingCases,
  ...runtimeJobCases,
];

let lastJob = 0;

/** Tests a runtime against its contract. */
export function describeRuntime(name: string, setup: RuntimeSetup): void {
  describeCases(name, runtimeCases, setup.skip ?? [], (one) => withRuntimeContext(setup, one.run));
}

/** Gives a case a runtime of its own and ends every job it leaves behind. */
export async function withRuntimeContext(
  setup: RuntimeSetup,
  run: (context: RuntimeCaseContext) => Promise<void>,
): Promise<void> {
  const harness = await setup.create();
  const started: string[] = [];
  try {
    await run(contextOf(harness, started));
  } finally {
    for (const jobId of started) await (await harness.runtime.attach(jobId))?.stop({ graceMs: 0 });
    await harness.runtime.close();
    await harness.close();
  }
}

function contextOf(harness: RuntimeHarness, started: string[]): RuntimeCaseContext {
  const { runtime, command = (script): Job["command"] => ["sh", "-c", script] } = harness;
  return {
    runtime,
    async job(script, extra = {}) {
      const id = `kit-${process.pid}-${++lastJob}`;
      started.push(id);
      return { id, command: command(script), workdir: await harness.workdir(), ...harness.job, ...extra };
    },
  };
}
