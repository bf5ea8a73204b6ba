import { expect } from "vitest";
import type { Lease, RunStore } from "../run-store.ts";
import { claimed, HOUR_MS, logged, logLine, runStart } from "./run-store-fixtures.ts";
import type { ConformanceCase } from "./suite.ts";

/** Rules about who may write. */
export const runStoreLeaseCases: readonly ConformanceCase<RunStore>[] = [
  {
    id: "run-store:claim:exclusive",
    run: async (store) => {
      const lease = await claimed(store, "run-1", "owner-a");
      expect(lease.runId).toBe("run-1");
      expect(await store.claim("run-1", "owner-b", HOUR_MS)).toBeUndefined();
      expect(await store.claim("run-2", "owner-b", HOUR_MS)).toBeDefined();
    },
  },
  {
    id: "run-store:claim:same-owner",
    run: async (store) => {
      const first = await claimed(store, "run-1");
      const second = await claimed(store, "run-1");
      expect(second.epoch).toBeGreaterThan(first.epoch);
    },
  },
  {
    id: "run-store:claim:expired",
    run: async (store) => {
      const first = (await store.claim("run-1", "owner-a", 1)) as Lease;
      const second = await takeOver(store, "owner-b");
      expect(second.epoch).toBeGreaterThan(first.epoch);
    },
  },
  {
    id: "run-store:renew:extends",
    run: async (store) => {
      const lease = (await store.claim("run-1", "owner-a", 1)) as Lease;
      await store.renew(lease, HOUR_MS);
      expect(await store.claim("run-1", "owner-b", HOUR_MS)).toBeUndefined();
    },
  },
  {
    id: "run-store:renew:lost",
    run: async (store) => {
      const lost = (await store.claim("run-1", "owner-a", 1)) as Lease;
      await takeOver(store, "owner-b");
      await expect(store.renew(lost, HOUR_MS)).rejects.toMatchObject({ code: "STORE_CONFLICT" });
    },
  },
  {
    id: "run-store:append:lost-lease",
    run: async (store) => {
      const lost = (await store.claim("run-1", "owner-a", 1)) as Lease;
      await store.append(lost, [runStart()]);
      const current = await takeOver(store, "owner-b");
      await expect(store.append(lost, [logLine("from the past")])).rejects.toMatchObject({
        code: "STORE_CONFLICT",
      });
      await store.append(current, [logLine("from the owner")]);
      expect(await logged(store, "run-1")).toEqual(["from the owner"]);
    },
  },
  {
    id: "run-store:append:unclaimed",
    run: async (store) => {
      const forged = { runId: "run-1", epoch: 1 };
      await expect(store.append(forged, [runStart()])).rejects.toMatchObject({ code: "STORE_CONFLICT" });
      expect(await store.run("run-1")).toBeUndefined();
    },
  },
];

/** Waits for the lease to run out, which is a matter of a millisecond or so. */
async function takeOver(store: RunStore, owner: string): Promise<Lease> {
  let lease: Lease | undefined;
  const claim = async () => (lease = await store.claim("run-1", owner, HOUR_MS));
  await expect.poll(claim, { interval: 2, timeout: 3000 }).toBeDefined();
  return lease as unknown as Lease;
}
