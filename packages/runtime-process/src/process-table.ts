import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { ProcessIdentity } from "./job-record.ts";

/** One process of the system. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  readonly startTime: string;
  /** False for zombies, which only wait to be reaped. */
  readonly alive: boolean;
  /** Resident memory, where the listing has it at no cost. */
  readonly residentBytes?: number;
}

const onLinux = process.platform === "linux";

/** Every process that can be seen from here. */
export function listProcesses(): ProcessEntry[] {
  if (!onLinux) return listWithPs(["-ax"]);
  return readdirSync("/proc").flatMap((name) => {
    const entry = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
    return entry ? [entry] : [];
  });
}

/** One process; undefined when it is gone. */
export function findProcess(pid: number): ProcessEntry | undefined {
  return onLinux ? readStat(pid) : listWithPs(["-p", String(pid)])[0];
}

/** The lasting identity of a living process; undefined when it is gone. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = findProcess(pid);
  return entry && { pid, startTime: entry.startTime, machine: machineId() };
}

/** Whether exactly this process still runs: not a zombie, not a later one with its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  return lookUp(identity)?.alive === true;
}

/** Whether the pid still stands for this process, if only as a zombie. */
export function isKnown(identity: ProcessIdentity): boolean {
  return lookUp(identity) !== undefined;
}

function lookUp(identity: ProcessIdentity): ProcessEntry | undefined {
  if (identity.machine !== machineId()) return undefined;
  const entry = findProcess(identity.pid);
  return entry?.startTime === identity.startTime ? entry : undefined;
}

/**
 * Whether `setting` (`NAME=value`) stands in the environment a process was started with; false where that is not ours
 * to read, undefined where it is empty, as it is for a moment while a program is being started.
 */
export function hasEnvironment(pid: number, setting: string): boolean | undefined {
  if (!onLinux) return false;
  const environment = readProcFile(`/proc/${pid}/environ`);
  if (environment === "") return undefined;
  return environment !== undefined && `\0${environment}`.includes(`\0${setting}\0`);
}

/** Content of a `/proc` file; undefined when the process is gone or is not ours. */
export function readProcFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function machineId(): string {
  if (!onLinux) return process.platform;
  return `${readProcFile("/proc/sys/kernel/random/boot_id")?.trim()} ${readlinkSync("/proc/self/ns/pid")}`;
}

function readStat(pid: number): ProcessEntry | undefined {
  const stat = readProcFile(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command name stands in parentheses and may hold any character.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", parentPid, groupId, sessionId] = fields;
  const threads = Number(fields[17]);
  return {
    pid,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    startTime: fields[19] ?? "",
    // A process whose first thread has ended reads as a zombie while other threads go on.
    alive: !"ZXx".includes(state) || threads > 1,
  };
}

function listWithPs(selection: readonly string[]): ProcessEntry[] {
  const columns = "pid=,ppid=,pgid=,rss=,state=,lstart=";
  try {
    const table = execFileSync("ps", [...selection, "-o", columns], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
    });
    return table.split("\n").filter(Boolean).map(parsePsLine);
  } catch {
    return [];
  }
}

function parsePsLine(line: string): ProcessEntry {
  const [pid, parentPid, groupId, rss, state = "", ...started] = line.trim().split(/\s+/);
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(groupId),
    startTime: started.join(" "),
    alive: !state.startsWith("Z"),
    residentBytes: Number(rss) * 1024,
  };
}
