import { readProcFile, type ProcessEntry } from "./process-table.ts";

/** Follows the resident memory of a job. */
export interface MemoryWatch {
  /** Highest use seen, in bytes; undefined before the first sample. */
  peakBytes(): number | undefined;
  stop(): void;
}

/** What a {@link MemoryWatch} looks at. */
export interface MemoryWatchOptions {
  members(): readonly ProcessEntry[];
  readonly limitBytes?: number | undefined;
  /** Longest pause between two samples. */
  readonly pollMs: number;
  onLimit(): void;
}

const FIRST_PAUSE_MS = 20;
/** Sampling takes at most one part in this many of a core. */
const DUTY = 20;

/** Samples a job's memory, often at first, so that short jobs are seen too; calls `onLimit` once. */
export function watchMemory(options: MemoryWatchOptions): MemoryWatch {
  let peak: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  const { limitBytes = Infinity } = options;

  function sample(): void {
    const before = process.cpuUsage();
    const exactAbove = Math.min(peak ?? 0, limitBytes);
    let use = measure(options.members(), exactAbove);
    // Processes are read one after the other, and what ends in between can be counted twice, but not twice in a row.
    if (use.now > limitBytes) use = measure(options.members(), exactAbove);
    if (use.now > 0) peak = Math.max(peak ?? 0, use.now, use.highest);
    if (use.now > limitBytes) return options.onLimit();
    pauseMs = Math.min(pauseMs * 2, options.pollMs);
    // Time on the processor, not on the clock: a busy machine must not thin out the samples.
    const { user, system } = process.cpuUsage(before);
    timer = setTimeout(sample, Math.max(pauseMs, ((user + system) / 1000) * DUTY));
  }

  timer = setTimeout(sample, 0);
  return { peakBytes: () => peak, stop: () => clearTimeout(timer) };
}

interface Use {
  readonly now: number;
  /** Highest that one process alone has had, which catches peaks between samples. */
  readonly highest: number;
}

function measure(members: readonly ProcessEntry[], exactAbove: number): Use {
  const statuses = members.map(residentOf);
  const resident = statuses.reduce((sum, { now }) => sum + now, 0);
  const highest = Math.max(0, ...statuses.map((use) => use.highest));
  // Forked workers share pages, which resident sizes count once for each; the proportional size is exact but slow.
  const shared = members.length > 1 && resident > exactAbove;
  return { now: shared ? sumOf(members, proportionalOf) : resident, highest };
}

function sumOf(members: readonly ProcessEntry[], size: (entry: ProcessEntry) => number): number {
  return members.reduce((sum, entry) => sum + size(entry), 0);
}

function residentOf(entry: ProcessEntry): Use {
  if (entry.residentBytes !== undefined) return { now: entry.residentBytes, highest: entry.residentBytes };
  const status = readProcFile(`/proc/${entry.pid}/status`) ?? "";
  const now = kibibytes(status, "VmRSS") ?? 0;
  return { now, highest: kibibytes(status, "VmHWM") ?? now };
}

function proportionalOf(entry: ProcessEntry): number {
  const rollup = readProcFile(`/proc/${entry.pid}/smaps_rollup`) ?? "";
  // Unreadable: it has ended, and has no resident size now, or it belongs to another user.
  return kibibytes(rollup, "Pss") ?? residentOf(entry).now;
}

function kibibytes(text: string, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
