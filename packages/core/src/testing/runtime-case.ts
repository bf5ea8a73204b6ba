import assert from "node:assert/strict";
import type { Job, JobExit, JobHandle, JobLine, Runtime } from "../runtime.ts";

/** A runtime under test and what its cases need. */
export interface RuntimeHarness {
  readonly runtime: Runtime;
  /** Makes an empty directory that jobs can use, absolute. */
  workdir(): Promise<string>;
  /** Runs a POSIX shell script; further arguments are appended. Default `sh -c <script>`. */
  command?(script: string): Job["command"];
  /** Added to every job, such as the image of a container. */
  readonly job?: Partial<Job> | undefined;
  /** Removes what the harness made; called after each case, when the runtime was closed. */
  close(): Promise<void>;
}

/** What a case works with. */
export interface RuntimeCaseContext {
  readonly runtime: Runtime;
  /** A job of its own that runs `script` in a fresh directory. */
  job(script: string, extra?: Partial<Job>): Promise<Job>;
}

/** A job that has ended, with everything it said. */
export interface Finished {
  readonly handle: JobHandle;
  readonly lines: readonly JobLine[];
  readonly exit: JobExit;
}

/** Runs `script` to its end. */
export async function finish(
  { runtime, job }: RuntimeCaseContext,
  script: string,
  extra?: Partial<Job>,
): Promise<Finished> {
  const handle = await runtime.start(await job(script, extra));
  return { handle, lines: await collect(handle), exit: await handle.wait() };
}

/** Starts `script` and waits until it has said `ready`. */
export async function startReady({ runtime, job }: RuntimeCaseContext, script: string): Promise<JobHandle> {
  const handle = await runtime.start(await job(script));
  await untilReady(handle);
  return handle;
}

/** Reads on until the job says `ready`. */
export async function untilReady(handle: JobHandle): Promise<void> {
  for await (const { line } of handle.lines()) if (line === "ready") return;
  assert.fail("the job ended before it was ready");
}

/** All lines of a job, to its end. */
export async function collect(handle: JobHandle): Promise<JobLine[]> {
  const lines: JobLine[] = [];
  for await (const line of handle.lines()) lines.push(line);
  return lines;
}

/** The text of one stream. */
export function of(stream: JobLine["stream"], lines: readonly JobLine[]): string[] {
  return lines.filter((entry) => entry.stream === stream).map(({ line }) => line);
}
