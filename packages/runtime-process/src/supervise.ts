import { openControl, type ControlServer } from "./control-server.ts";
import { startDeadline } from "./deadline.ts";
import { createEnding, type Ending } from "./ending.ts";
import { type JobProcess, makeTempFolder, removeTempFolder, spawnJob } from "./job-process.ts";
import { type ExitRecord, type JobFolder, type JobRecord, writeJsonFile } from "./job-record.ts";
import { watchMemory } from "./memory-watch.ts";
import { identify, readProcFile } from "./process-table.ts";
import { createProcessTree, type ProcessTree } from "./process-tree.ts";
import type { StartReport, Supervision } from "./supervision.ts";

/** Time that processes a job leaves behind have to end by themselves. */
const LEFTOVER_GRACE_MS = 2000;
/** Bound on waiting for output that something unreachable still holds open. */
const DRAIN_MS = 5000;
/** Time the gateway that started a job has to connect, even when it allows no orphans. */
const FIRST_CONNECTION_MS = 10_000;

/** Runs one job to its last process; resolves when nothing of it is alive and its exit is on disk. */
export async function supervise(
  folder: JobFolder,
  supervision: Supervision,
  report: (report: StartReport) => void,
): Promise<void> {
  let ending: Ending | undefined;
  const orphans = watchOrphan(supervision.orphanGraceMs, () =>
    ending?.request("orphaned", supervision.stopGraceMs),
  );
  const control = await openControl(folder.path, {
    onStop: (graceMs) => ending?.request("stopped", graceMs),
    onClients: orphans.clients,
  });
  process.on("SIGTERM", () => ending?.request("stopped", supervision.stopGraceMs));
  let tempFolder: string | undefined;
  try {
    tempFolder = makeTempFolder(supervision.workdir);
    const record = newRecord(supervision, control, tempFolder);
    // On disk before the job runs: a crash in between leaves processes that can be found by their token.
    writeJsonFile(folder.record, record);
    const job = await spawnJob(supervision, folder, tempFolder, control.announceOutput);
    // Last resort of a supervisor that fails: the gateway finds the rest.
    process.on("uncaughtExceptionMonitor", () => killGroup(job.pid));
    const identity = identify(job.pid);
    const tree = createProcessTree(supervision.token, identity);
    ending = createEnding(tree);
    writeJsonFile(folder.record, { ...record, job: identity });
    orphans.begin();
    report({ started: true });
    const exit = await watchJob(job, tree, ending, supervision);
    removeTempFolder(tempFolder);
    writeJsonFile(folder.exit, exit);
  } catch (error) {
    if (ending) throw error;
    report({
      started: false,
      code: (error as NodeJS.ErrnoException).code ?? "",
      message: (error as Error).message,
    });
  } finally {
    orphans.stop();
    await control.close();
    if (tempFolder !== undefined) removeTempFolder(tempFolder);
  }
}

function newRecord(supervision: Supervision, control: ControlServer, tempFolder: string): JobRecord {
  return {
    id: supervision.id,
    token: supervision.token,
    supervisor: identify(process.pid)!,
    socketPath: control.socketPath,
    tempFolder,
  };
}

async function watchJob(
  job: JobProcess,
  tree: ProcessTree,
  ending: Ending,
  supervision: Supervision,
): Promise<ExitRecord> {
  const { timeoutMs, stopGraceMs, memoryBytes } = supervision;
  const kernelKills = countKernelKills();
  const memory = watchMemory({
    members: tree.members,
    limitBytes: memoryBytes,
    pollMs: supervision.memoryPollMs,
    onLimit: () => ending.request("oomKilled", 0),
  });
  const cancelTimeout =
    timeoutMs === undefined
      ? () => {}
      : startDeadline(timeoutMs, () => ending.request("timedOut", stopGraceMs));
  const { code, signal } = await job.exited;
  cancelTimeout();
  await ending.finish(LEFTOVER_GRACE_MS);
  memory.stop();
  await job.drain(DRAIN_MS);
  const cause = ending.cause();
  const byKernel = cause === undefined && signal === "SIGKILL" && countKernelKills() > kernelKills;
  const peakMemoryBytes = memory.peakBytes();
  return {
    code,
    signal,
    ...(cause !== undefined && cause !== "stopped" && { [cause]: true }),
    ...(byKernel && { oomKilled: true }),
    ...(peakMemoryBytes !== undefined && { peakMemoryBytes }),
  };
}

interface OrphanWatch {
  /** Begins to count, with time for the first gateway to connect. */
  begin(): void;
  clients(count: number): void;
  stop(): void;
}

function watchOrphan(graceMs: number, onOrphan: () => void): OrphanWatch {
  let cancel = (): void => {};
  return {
    begin() {
      cancel = startDeadline(Math.max(graceMs, FIRST_CONNECTION_MS), onOrphan);
    },
    clients(count) {
      cancel();
      if (count === 0) cancel = startDeadline(graceMs, onOrphan);
    },
    stop: () => cancel(),
  };
}

function countKernelKills(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readProcFile("/proc/vmstat") ?? "")?.[1] ?? 0);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The job has ended already.
  }
}
