import { type JobHandle, TrainyardError } from "@trainyard/core";
import { createBell } from "./bell.ts";
import { followOutput } from "./follow-output.ts";
import type { JobFolder, JobRecord } from "./job-record.ts";
import { type JobWatch, watchJob } from "./job-watch.ts";

/** A handle together with what closes it. */
export interface OpenJob {
  readonly handle: JobHandle;
  readonly watch: JobWatch;
}

/** Opens the handle of a job that was started. */
export async function openJob(folder: JobFolder, record: JobRecord): Promise<OpenJob> {
  const bell = createBell();
  const watch = await watchJob(folder, record, bell);
  const handle: JobHandle = {
    id: record.id,
    ref: {
      pid: record.job?.pid ?? null,
      startTime: record.job?.startTime ?? null,
      supervisorPid: record.supervisor.pid,
    },
    lines: () => followOutput({ folder, bell, ended: () => watch.current() !== undefined }),
    async stop({ graceMs }) {
      watch.stop(checkGrace(graceMs));
      return watch.exit;
    },
    wait: () => watch.exit,
  };
  return { handle, watch };
}

/** What a timer can hold, in ms. */
const MAX_GRACE_MS = 2_147_483_647;

function checkGrace(graceMs: number): number {
  if (Number.isFinite(graceMs) && graceMs >= 0) return Math.min(Math.round(graceMs), MAX_GRACE_MS);
  throw new TrainyardError(
    "INPUT_INVALID",
    `\`graceMs\` must be a number of milliseconds from 0 on, not ${graceMs}.`,
  );
}
