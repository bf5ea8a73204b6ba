import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cancelled } from "../cancel.ts";

/** A held lock. */
export interface BuildLock {
  release(): void;
}

const POLL_MS = 200;
const BUSY = 5;

/**
 * Waits until no other process and no other step holds `path`, and takes it. The operating system gives it back when its
 * holder dies, so that it is never stale. Throws `CANCELLED`.
 */
export async function acquireLock(path: string, signal: AbortSignal, onWait: () => void): Promise<BuildLock> {
  await mkdir(dirname(path), { recursive: true });
  const { DatabaseSync } = await import("node:sqlite");
  let isWaiting = false;
  for (;;) {
    const database = new DatabaseSync(path);
    try {
      database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      return { release: () => database.close() };
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode !== BUSY) throw error;
    }
    if (!isWaiting) onWait();
    isWaiting = true;
    await delay(POLL_MS, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
}
