import type { ProcessIdentity } from "./job-record.ts";
import { hasEnvironment, isKnown, listProcesses, type ProcessEntry } from "./process-table.ts";

/** Variable whose value every process of one job inherits. */
export const TOKEN_VARIABLE = "TRAINYARD_JOB_TOKEN";

/** All processes of a job, wherever they have moved. */
export interface ProcessTree {
  /** The living ones. */
  members(): ProcessEntry[];
  /** Sends a signal to every member. */
  signal(name: NodeJS.Signals): void;
}

/**
 * Follows a job's processes: its group and session, descendants of any known member, members seen earlier, and
 * whoever carries the token (so that a daemon which left group, session and parent is still found).
 */
export function createProcessTree(token: string, leader?: ProcessIdentity): ProcessTree {
  const seen = new Map<number, string>();
  const strangers = new Map<number, string>();
  // A group id is only ours while the group has had members without a gap; afterwards the pid can be anybody's.
  let groupId = leader && isKnown(leader) ? leader.pid : undefined;

  function belongs(entry: ProcessEntry): boolean {
    if (seen.get(entry.pid) === entry.startTime) return true;
    if (groupId !== undefined && (entry.groupId === groupId || entry.sessionId === groupId)) return true;
    if (strangers.get(entry.pid) === entry.startTime) return false;
    const marked = hasEnvironment(entry.pid, `${TOKEN_VARIABLE}=${token}`);
    if (marked === false) strangers.set(entry.pid, entry.startTime);
    return marked === true;
  }

  function members(): ProcessEntry[] {
    const entries = listProcesses().filter((entry) => entry.pid !== process.pid && entry.pid > 1);
    const found = withDescendants(entries, entries.filter(belongs));
    seen.clear();
    for (const entry of found) seen.set(entry.pid, entry.startTime);
    forgetGone(strangers, entries);
    if (!found.some((entry) => entry.groupId === groupId || entry.sessionId === groupId)) groupId = undefined;
    return found.filter((entry) => entry.alive);
  }

  return {
    members,
    signal(name) {
      const targets = members();
      if (groupId !== undefined && targets.some((entry) => entry.groupId === groupId)) send(-groupId, name);
      for (const entry of targets) if (entry.groupId !== groupId) send(entry.pid, name);
    },
  };
}

/** Ends a tree: SIGTERM, then from `deadline` on SIGKILL, until nothing of it is alive. */
export async function endTree(tree: ProcessTree, deadline: () => number): Promise<void> {
  if (tree.members().length === 0) return;
  if (deadline() > performance.now()) tree.signal("SIGTERM");
  // A process that forks and ends while it is being looked for can be missed once, not twice.
  for (let pauseMs = 5, quiet = 0; quiet < 2; pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() >= deadline()) tree.signal("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    quiet = tree.members().length === 0 ? quiet + 1 : 0;
  }
}

function withDescendants(entries: readonly ProcessEntry[], roots: readonly ProcessEntry[]): ProcessEntry[] {
  const children = Map.groupBy(entries, (entry) => entry.parentPid);
  const found = new Set(roots);
  for (const entry of found) for (const child of children.get(entry.pid) ?? []) found.add(child);
  return [...found];
}

function forgetGone(known: Map<number, string>, entries: readonly ProcessEntry[]): void {
  const living = new Set(entries.map((entry) => entry.pid));
  for (const pid of known.keys()) if (!living.has(pid)) known.delete(pid);
}

function send(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // EPERM: macOS reports it for zombies; on Linux for members that changed their user, which no signal can reach.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
