import { setImmediate } from "node:timers/promises";
import type { CachedStep, Lease, RunEventBody, RunStore } from "@trainyard/core";
import { runStoreCases } from "@trainyard/core/testing";
import { describe, expect, test } from "vitest";
import { failingCases } from "./failing-cases.ts";

interface Break {
  readonly name: string;
  /** Ids without `run-store:`; exactly these must fail. */
  readonly fails: readonly string[];
  readonly break_: (sound: RunStore) => Partial<RunStore>;
}

const HOUR_MS = 3_600_000;

const breaks: readonly Break[] = [
  {
    name: "lets anybody take a held lease",
    fails: ["claim:exclusive", "renew:extends"],
    break_: (sound) => ({ claim: (runId, _owner, ttlMs) => sound.claim(runId, "everybody", ttlMs) }),
  },
  {
    name: "locks an owner out of its own run",
    fails: ["claim:same-owner"],
    break_: (sound) => {
      const holders = new Map<string, string>();
      return {
        claim: async (runId, owner, ttlMs) => {
          if (holders.get(runId) === owner) return undefined;
          const lease = await sound.claim(runId, owner, ttlMs);
          if (lease) holders.set(runId, owner);
          return lease;
        },
      };
    },
  },
  {
    name: "never lets a lease run out",
    fails: ["claim:expired", "renew:lost", "append:lost-lease"],
    break_: (sound) => ({ claim: (runId, owner) => sound.claim(runId, owner, HOUR_MS) }),
  },
  {
    name: "renews nothing",
    fails: ["renew:extends", "renew:lost"],
    break_: () => ({ renew: async () => {} }),
  },
  {
    name: "takes a lost lease for renewed",
    fails: ["renew:lost"],
    break_: (sound) => ({ renew: (lease, ttlMs) => sound.renew(lease, ttlMs).catch(() => {}) }),
  },
  {
    name: "looks at the run of a lease and not at its epoch",
    fails: ["append:lost-lease", "append:isolated"],
    break_: (sound) => {
      const latest = new Map<string, Lease>();
      return {
        claim: async (runId, owner, ttlMs) => {
          const lease = await sound.claim(runId, owner, ttlMs);
          if (lease) latest.set(runId, lease);
          return lease;
        },
        append: (lease, events) => sound.append(latest.get(lease.runId) ?? lease, events),
      };
    },
  },
  {
    name: "writes without a claim",
    fails: ["append:unclaimed"],
    break_: (sound) => {
      const claimed = new Set<string>();
      return {
        claim: (runId, owner, ttlMs) => {
          claimed.add(runId);
          return sound.claim(runId, owner, ttlMs);
        },
        append: async (lease, events) => {
          const own = claimed.has(lease.runId) ? lease : await sound.claim(lease.runId, "anybody", HOUR_MS);
          return sound.append(own ?? lease, events);
        },
      };
    },
  },
  {
    name: "numbers all runs together",
    fails: ["append:numbering"],
    break_: (sound) => {
      let others = 0;
      return {
        append: async (lease, events) => {
          const written = await sound.append(lease, events);
          if (lease.runId === "run-1") others += events.length;
          return lease.runId === "run-1"
            ? written
            : written.map((event) => ({ ...event, seq: event.seq + others }));
        },
      };
    },
  },
  {
    name: "returns the events without what is optional",
    fails: ["append:returns-log"],
    break_: (sound) => ({
      append: async (lease, events) =>
        (await sound.append(lease, events)).map((event) =>
          event.type === "run-start" ? { ...event, goal: undefined } : event,
        ),
    }),
  },
  {
    name: "writes a batch event by event",
    fails: ["append:atomic"],
    break_: (sound) => ({
      append: async (lease, events) =>
        (await Promise.all(events.map((event) => sound.append(lease, [event])))).flat(),
    }),
  },
  {
    name: "drops an event when many come at once",
    fails: ["append:concurrent"],
    break_: (sound) => ({
      append: async (lease, events) =>
        sound.append(
          lease,
          events.filter((event) => !isLine(event, "line 7")),
        ),
    }),
  },
  {
    name: "fails every append of a turn when one fails",
    fails: ["append:isolated"],
    break_: (sound) => {
      let turn: Promise<unknown>[] = [];
      return {
        append: async (lease, events) => {
          const written = sound.append(lease, events);
          turn.push(written);
          const all = turn;
          await written.catch(() => {});
          await setImmediate();
          turn = [];
          await Promise.all(all);
          return written;
        },
      };
    },
  },
  {
    name: "gives whole logs where no limit is asked for",
    fails: ["events:paging"],
    break_: (sound) => ({
      events: (runId, options) => sound.events(runId, { limit: 1_000_000, ...options }),
    }),
  },
  {
    name: "ends text at NUL",
    fails: ["events:fidelity"],
    break_: (sound) => ({
      events: async (runId, options) =>
        (await sound.events(runId, options)).map((event) =>
          event.type === "step-log" ? { ...event, message: event.message.split("\0")[0] ?? "" } : event,
        ),
    }),
  },
  {
    name: "writes plain JSON",
    fails: ["events:non-finite"],
    break_: (sound) => ({
      events: async (runId, options) =>
        JSON.parse(JSON.stringify(await sound.events(runId, options))) as never,
    }),
  },
  {
    name: "throws for what it does not know",
    fails: ["run:unknown"],
    break_: (sound) => ({
      events: async (runId, options) => {
        if (await sound.run(runId)) return sound.events(runId, options);
        throw new Error("unknown");
      },
    }),
  },
  {
    name: "does not count later events of a batch",
    fails: ["run:starts"],
    break_: (sound) => ({
      run: async (runId) => {
        const run = await sound.run(runId);
        return run?.lastSeq === 2 && run.status === "running" ? { ...run, lastSeq: 1 } : run;
      },
    }),
  },
  {
    name: "forgets when a run ended",
    fails: ["run:ends"],
    break_: (sound) => ({
      run: async (runId) => {
        const run = await sound.run(runId);
        return run && { ...run, endedAt: undefined };
      },
    }),
  },
  {
    name: "forgets the job of a step",
    fails: ["steps:attempts"],
    break_: (sound) => ({
      steps: async (runId) => (await sound.steps(runId)).map((step) => ({ ...step, job: undefined })),
    }),
  },
  {
    name: "forgets the error of a step that failed",
    fails: ["steps:ends"],
    break_: (sound) => ({
      steps: async (runId) =>
        (await sound.steps(runId)).map((step) =>
          step.status === "failed" ? { ...step, error: undefined } : step,
        ),
    }),
  },
  {
    name: "sorts steps by name",
    fails: ["steps:order"],
    break_: (sound) => ({
      steps: async (runId) => (await sound.steps(runId)).toSorted((a, b) => (a.stepId < b.stepId ? -1 : 1)),
    }),
  },
  {
    name: "lists the oldest run first",
    fails: ["runs:newest-first"],
    break_: (sound) => ({ runs: async (options) => (await sound.runs(options)).toReversed() }),
  },
  {
    name: "shows everybody the runs of all",
    fails: ["runs:principal"],
    break_: (sound) => ({ runs: ({ limit } = {}) => sound.runs(limit === undefined ? {} : { limit }) }),
  },
  {
    name: "keeps the first result of a key",
    fails: ["cached:latest"],
    break_: (sound) => withCache(sound, "succeeded", (kept, hit) => kept ?? hit),
  },
  {
    name: "takes a failure for a result",
    fails: ["cached:succeeded-only"],
    break_: (sound) => withCache(sound, "failed", (kept, hit) => hit ?? kept),
  },
];

/** Remembers the first step that ended so and had a cache key. */
function withCache(
  sound: RunStore,
  status: "succeeded" | "failed",
  choose: (kept: CachedStep | undefined, hit: CachedStep | undefined) => CachedStep | undefined,
): Partial<RunStore> {
  const kept = new Map<string, CachedStep>();
  return {
    append: (lease, events) => {
      for (const event of events) {
        if (event.type !== "step-end" || event.status !== status || event.cacheKey === undefined) continue;
        const found = { runId: lease.runId, stepId: event.stepId, outputs: event.outputs ?? {} };
        if (!kept.has(event.cacheKey)) kept.set(event.cacheKey, found);
      }
      return sound.append(lease, events);
    },
    cached: async (key) => choose(kept.get(key), await sound.cached(key)),
  };
}

function isLine(event: RunEventBody, message: string): boolean {
  return event.type === "step-log" && event.message === message;
}

describe("the run store kit", () => {
  test("passes a store that is wrapped and sound", async () => {
    expect(
      await failingCases(
        runStoreCases,
        ({ runs }) => runs,
        () => ({}),
      ),
    ).toEqual([]);
  });

  test.each(breaks)("finds a store that $name", async ({ fails, break_ }) => {
    const failed = await failingCases(runStoreCases, ({ runs }) => runs, break_);
    expect(failed.toSorted()).toEqual(fails.map((id) => `run-store:${id}`).toSorted());
  });

  test("has no case that nothing can fail", () => {
    const reached = new Set(breaks.flatMap(({ fails }) => fails.map((id) => `run-store:${id}`)));
    expect(runStoreCases.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
  });
});
