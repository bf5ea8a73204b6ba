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

  function sample(): void {
    const startedAt = performance.now();
    const use = measure(options.members(), Math.min(peak ?? 0, options.limitBytes ?? Infinity));
    if (use.now > 0) peak = Math.max(peak ?? 0, use.now, use.highest);
    if (options.limitBytes !== undefined && use.now > options.limitBytes) return options.onLimit();
    pauseMs = Math.min(pauseMs * 2, options.pollMs);
    timer = setTimeout(sample, Math.max(pauseMs, (performance.now() - startedAt) * DUTY));
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
  const resident = statuses.reduce((sum, use) => sum + use.now, 0);
  const highest = Math.max(0, ...statuses.map((use) => use.highest));
  // Forked workers share pages, which resident sizes count once for each; the proportional size is exact but slow.
  const shared = members.length > 1 && resident > exactAbove;
  return { now: shared ? members.reduce((sum, entry, index) => sum + (proportionalOf(entry) ?? statuses[index]!.now), 0) : resident, highest };
}

function residentOf(entry: ProcessEntry): Use {
  if (entry.residentBytes !== undefined) return { now: entry.residentBytes, highest: entry.residentBytes };
  const status = readProcFile(`/proc/${entry.pid}/status`) ?? "";
  const now = kibibytes(status, "VmRSS") ?? 0;
  return { now, highest: kibibytes(status, "VmHWM") ?? now };
}

function proportionalOf(entry: ProcessEntry): number | undefined {
  return kibibytes(readProcFile(`/proc/${entry.pid}/smaps_rollup`) ?? "", "Pss");
}

function kibibytes(text: string, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
