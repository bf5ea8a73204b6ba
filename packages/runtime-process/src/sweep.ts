import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { jobFolder, readExitRecord, readJobRecord } from "./job-record.ts";
import { isAlive } from "./process-table.ts";
import { reapJob } from "./reap.ts";

/** A folder without a record belongs to a job that is being started, unless that was long ago. */
const START_LIMIT_MS = 600_000;

/** Tidies up after earlier processes: ends jobs without supervisor, removes jobs that ended long ago. */
export async function sweepJobs(jobsDir: string, keepEndedMs: number): Promise<void> {
  const names = await readdir(jobsDir).catch(() => []);
  for (const name of names) await sweepJob(join(jobsDir, name), keepEndedMs).catch(() => {});
}

async function sweepJob(path: string, keepEndedMs: number): Promise<void> {
  const folder = jobFolder(path);
  const record = readJobRecord(folder);
  const lost = record && !readExitRecord(folder) && !isAlive(record.supervisor);
  if (lost) await reapJob(folder, record);
  const endedAt = await stat(record ? folder.exit : path).then(
    (found) => found.mtimeMs,
    () => Infinity,
  );
  const keepMs = record ? keepEndedMs : Math.max(keepEndedMs, START_LIMIT_MS);
  if (endedAt < Date.now() - keepMs) await rm(path, { recursive: true, force: true });
}
