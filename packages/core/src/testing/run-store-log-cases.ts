import { expect } from "vitest";
import type { RunEventBody } from "../events.ts";
import type { RunStore } from "../run-store.ts";
import { claimed, logged, logLine, runStart, started } from "./run-store-fixtures.ts";
import type { ConformanceCase } from "./suite.ts";

const DEFAULT_LIMIT = 1000;

/** Rules about the log itself. */
export const runStoreLogCases: readonly ConformanceCase<RunStore>[] = [
  {
    id: "run-store:append:numbering",
    run: async (store) => {
      const before = Date.now();
      const one = await claimed(store, "run-1");
      const two = await claimed(store, "run-2");
      const first = await store.append(one, [runStart(), logLine("a")]);
      const other = await store.append(two, [runStart()]);
      const second = await store.append(one, [logLine("b")]);
      expect([...first, ...second].map(({ runId, seq }) => [runId, seq])).toEqual([
        ["run-1", 1],
        ["run-1", 2],
        ["run-1", 3],
      ]);
      expect(other.map(({ runId, seq }) => [runId, seq])).toEqual([["run-2", 1]]);
      for (const { at } of [...first, ...other, ...second]) {
        expect(at).toBeGreaterThanOrEqual(before);
        expect(at).toBeLessThanOrEqual(Date.now());
      }
    },
  },
  {
    id: "run-store:append:returns-log",
    run: async (store) => {
      const lease = await claimed(store, "run-1");
      const returned = await store.append(lease, [runStart("local", "a goal"), logLine("a")]);
      expect(returned).toMatchObject([runStart("local", "a goal"), logLine("a")]);
      expect(await store.events("run-1", { limit: 2 })).toEqual(returned);
    },
  },
  {
    id: "run-store:append:atomic",
    run: async (store) => {
      const lease = await started(store, "run-1");
      // What JSON cannot carry, so every store has to give up in the middle of the batch.
      const unstorable = { type: "step-start", stepId: "data", attempt: 1, input: { n: 1n } };
      const batch = [
        { type: "step-queue", stepId: "data", tool: "load_dataset" },
        unstorable,
      ] as unknown as RunEventBody[];
      await expect(store.append(lease, batch)).rejects.toBeDefined();
      expect(await store.events("run-1")).toHaveLength(1);
      expect(await store.steps("run-1")).toEqual([]);
      const [next] = await store.append(lease, [logLine("after")]);
      expect(next?.seq).toBe(2);
    },
  },
  {
    id: "run-store:append:concurrent",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const messages = Array.from({ length: 50 }, (_, index) => `line ${index}`);
      await Promise.all(messages.map((message) => store.append(lease, [logLine(message)])));
      expect(await logged(store, "run-1")).toEqual(messages);
      const seqs = (await store.events("run-1")).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    },
  },
  {
    id: "run-store:append:isolated",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const lost = { ...lease, epoch: lease.epoch + 1 };
      const [good, bad] = await Promise.allSettled([
        store.append(lease, [logLine("good")]),
        store.append(lost, [logLine("bad")]),
      ]);
      expect([good.status, bad.status]).toEqual(["fulfilled", "rejected"]);
      expect(await logged(store, "run-1")).toEqual(["good"]);
    },
  },
  {
    id: "run-store:events:paging",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const lines = Array.from({ length: DEFAULT_LIMIT + 5 }, (_, index) => logLine(String(index)));
      await store.append(lease, lines);
      expect(await store.events("run-1")).toHaveLength(DEFAULT_LIMIT);
      const page = await store.events("run-1", { afterSeq: DEFAULT_LIMIT, limit: 3 });
      expect(page.map(({ seq }) => seq)).toEqual([1, 2, 3].map((offset) => DEFAULT_LIMIT + offset));
      expect(await store.events("run-1", { afterSeq: lines.length + 1 })).toEqual([]);
    },
  },
  {
    id: "run-store:events:fidelity",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const bodies: RunEventBody[] = [
        logLine("\0 line\nbreak \u2028 'quote\" \u{1F680} \uD800"),
        { type: "step-start", stepId: "data", attempt: 1, input: { nested: [{ a: null }, 1.5e-300, true] } },
      ];
      await store.append(lease, bodies);
      expect(await store.events("run-1", { afterSeq: 1 })).toMatchObject(bodies);
    },
  },
  {
    // A diverging training reports them, and they must not read as numbers or vanish.
    id: "run-store:events:non-finite",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const values = { loss: Number.NaN, norm: Number.POSITIVE_INFINITY, low: Number.NEGATIVE_INFINITY };
      await store.append(lease, [{ type: "step-metric", stepId: "data", values }]);
      expect(await store.events("run-1", { afterSeq: 1 })).toMatchObject([{ values }]);
    },
  },
];
