import { TrainyardError } from "./errors.ts";
import type { Job, JobHandle, Runtime } from "./runtime.ts";

/** A runtime bound to one attempt: it names jobs, persists their handles, and ends them with the attempt. */
export interface JobTracker {
  readonly runtime: Runtime;
  /** Refuses new jobs and stops what still runs or starts; resolves when nothing of it is alive. */
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
  const starts: Promise<JobHandle>[] = [];
  let closed = false;

  async function begin(job: Job, given: AbortSignal | undefined): Promise<JobHandle> {
    const both = given ? AbortSignal.any([signal, given]) : signal;
    const handle = await runtime.start(job, { signal: both });
    await persist(handle).catch(async (error: unknown) => {
      await handle.stop({ graceMs: 0 });
      throw error;
    });
    return handle;
  }

  async function start(job: Job, options?: { readonly signal?: AbortSignal }): Promise<JobHandle> {
    signal.throwIfAborted();
    if (closed) throw new TrainyardError("CANCELLED", "The attempt has ended; it starts no more jobs.");
    const started = begin({ ...job, id: `${idPrefix}.${starts.length + 1}` }, options?.signal);
    starts.push(started);
    return await started;
  }

  return {
    // The runtime is shared: an attempt must not close it.
    runtime: { ...runtime, start, close: async () => undefined },
    async stopAll() {
      closed = true;
      const settled = await Promise.allSettled(starts);
      const handles = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      await Promise.all(handles.map((handle) => handle.stop({ graceMs: JOB_GRACE_MS })));
    },
  };
}
