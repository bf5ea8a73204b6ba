import type { Job, JobHandle, Runtime } from "./runtime.ts";

/** A runtime bound to one attempt: it names jobs, persists their handles, and ends them with the attempt. */
export interface JobTracker {
  readonly runtime: Runtime;
  /** Stops what still runs; resolves when nothing of it is alive. */
  stopAll(): Promise<void>;
}

/** How long a job may take to write a checkpoint after SIGTERM, in ms. */
export const JOB_GRACE_MS = 10_000;

/** Binds `runtime` to an attempt; `persist` must resolve before anybody waits on the job. */
export function trackJobs(
  runtime: Runtime,
  idPrefix: string,
  signal: AbortSignal,
  persist: (handle: JobHandle) => Promise<void>,
): JobTracker {
  const handles: JobHandle[] = [];
  const bound: Runtime = {
    ...runtime,
    async start(job: Job) {
      signal.throwIfAborted();
      const handle = await runtime.start({ ...job, id: `${idPrefix}.${handles.length + 1}` }, { signal });
      handles.push(handle);
      await persist(handle).catch(async (error: unknown) => {
        await handle.stop({ graceMs: 0 });
        throw error;
      });
      return handle;
    },
  };
  return {
    runtime: bound,
    async stopAll() {
      await Promise.all(handles.map((handle) => handle.stop({ graceMs: JOB_GRACE_MS })));
    },
  };
}
