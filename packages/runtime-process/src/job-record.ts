import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A process told apart from later ones with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it, in the system's own notation. */
  readonly startTime: string;
  /** Boot and pid namespace in which `pid` means something. */
  readonly machine: string;
}

/** What is known of a job besides its output: enough to find and to end it from another process. */
export interface JobRecord {
  readonly id: string;
  /** Stands in the environment of every process of the job. */
  readonly token: string;
  readonly supervisor: ProcessIdentity;
  readonly socketPath: string;
  readonly tempFolder: string;
  /** The job's first process, leader of its own session and group; absent until it was spawned. */
  readonly job?: ProcessIdentity;
}

/** How a job ended, as `exit.json` keeps it. */
export interface ExitRecord {
  readonly code: number | null;
  readonly signal: string | null;
  readonly oomKilled?: boolean;
  readonly timedOut?: boolean;
  readonly orphaned?: boolean;
  readonly supervisorLost?: boolean;
  readonly peakMemoryBytes?: number;
}

/** The files of one job. */
export interface JobFolder {
  readonly path: string;
  readonly record: string;
  readonly exit: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly log: string;
}

/** Names the files of the job kept in `path`. */
export function jobFolder(path: string): JobFolder {
  return {
    path,
    record: join(path, "job.json"),
    exit: join(path, "exit.json"),
    stdout: join(path, "stdout.log"),
    stderr: join(path, "stderr.log"),
    log: join(path, "supervisor.log"),
  };
}

/** Replaces a JSON file so that a reader, or a crash, sees the old or the new content and nothing between. */
export function writeJsonFile(path: string, value: unknown): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, "w", 0o600);
  try {
    writeSync(fd, JSON.stringify(value));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
}

/** Reads the record of a job; undefined when there is none. */
export function readJobRecord(folder: JobFolder): JobRecord | undefined {
  return readJsonFile(folder.record) as JobRecord | undefined;
}

/** Reads how a job ended; undefined when it has not. */
export function readExitRecord(folder: JobFolder): ExitRecord | undefined {
  return readJsonFile(folder.exit) as ExitRecord | undefined;
}

function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
