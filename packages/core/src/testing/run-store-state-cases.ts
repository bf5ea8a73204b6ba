import { expect } from "vitest";
import type { ErrorRecord } from "../errors.ts";
import type { RunEventBody } from "../events.ts";
import type { RunStore } from "../run-store.ts";
import { claimed, logLine, runStart, sampleSpec, started } from "./run-store-fixtures.ts";
import type { ConformanceCase } from "./suite.ts";

const failure: ErrorRecord = {
  code: "OUT_OF_MEMORY",
  message: "Too big.",
  retryable: true,
  data: { bytes: 5 },
};

/** Rules about the states the log implies. */
export const runStoreStateCases: readonly ConformanceCase<RunStore>[] = [
  {
    id: "run-store:run:unknown",
    run: async (store) => {
      await claimed(store, "run-1");
      expect(await store.run("run-1")).toBeUndefined();
      expect(await store.events("run-1")).toEqual([]);
      expect(await store.steps("run-1")).toEqual([]);
      expect(await store.cached("unknown")).toBeUndefined();
    },
  },
  {
    id: "run-store:run:starts",
    run: async (store) => {
      const lease = await claimed(store, "run-1");
      const [first] = await store.append(lease, [runStart("mallory", "train it"), logLine("a")]);
      expect(await store.run("run-1")).toEqual({
        runId: "run-1",
        name: sampleSpec.name,
        goal: "train it",
        principal: "mallory",
        spec: sampleSpec,
        status: "running",
        createdAt: first?.at,
        lastSeq: 2,
      });
    },
  },
  {
    id: "run-store:run:ends",
    run: async (store) => {
      const lease = await started(store, "run-1");
      await store.append(lease, [{ type: "run-cancel", reason: "enough" }]);
      expect(await store.run("run-1")).toMatchObject({ status: "cancelling", lastSeq: 2 });
      const [end] = await store.append(lease, [{ type: "run-end", status: "failed", error: failure }]);
      expect(await store.run("run-1")).toMatchObject({
        status: "failed",
        error: failure,
        endedAt: end?.at,
        lastSeq: 3,
      });
    },
  },
  {
    id: "run-store:steps:attempts",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const job = { runtime: "process", jobId: "job-1", handle: { pid: 7 } };
      await store.append(lease, [
        { type: "step-queue", stepId: "data", tool: "load_dataset" },
        { type: "step-start", stepId: "data", attempt: 1, input: { path: "squad" } },
        { type: "step-job", stepId: "data", attempt: 1, ...job },
      ]);
      expect(await store.steps("run-1")).toMatchObject([
        {
          stepId: "data",
          tool: "load_dataset",
          status: "running",
          attempt: 1,
          input: { path: "squad" },
          job,
        },
      ]);
      await store.append(lease, [
        { type: "step-retry", stepId: "data", attempt: 1, delayMs: 5, error: failure },
      ]);
      expect(await store.steps("run-1")).toMatchObject([{ status: "queued", error: failure }]);
      const [again] = await store.append(lease, [
        { type: "step-start", stepId: "data", attempt: 2, input: { path: "squad" } },
      ]);
      expect(await store.steps("run-1")).toMatchObject([
        { status: "running", attempt: 2, startedAt: again?.at },
      ]);
    },
  },
  {
    id: "run-store:steps:ends",
    run: async (store) => {
      const lease = await started(store, "run-1");
      await store.append(lease, [queued("data"), ended("data", { n: [1, null] })]);
      const failed: RunEventBody = {
        type: "step-end",
        stepId: "tune",
        status: "failed",
        attempt: 3,
        error: failure,
      };
      const [, end] = await store.append(lease, [queued("tune"), failed]);
      expect(await store.steps("run-1")).toMatchObject([
        { stepId: "data", status: "succeeded", attempt: 1, outputs: { n: [1, null] } },
        { stepId: "tune", status: "failed", attempt: 3, error: failure, endedAt: end?.at },
      ]);
    },
  },
  {
    id: "run-store:steps:order",
    run: async (store) => {
      const lease = await started(store, "run-1");
      await store.append(lease, [queued("tune"), queued("data")]);
      await store.append(lease, [ended("data", {}), queued("tune")]);
      expect((await store.steps("run-1")).map(({ stepId }) => stepId)).toEqual(["tune", "data"]);
    },
  },
  {
    id: "run-store:runs:newest-first",
    run: async (store) => {
      for (const runId of ["run-b", "run-c", "run-a"]) await started(store, runId);
      expect((await store.runs()).map(({ runId }) => runId)).toEqual(["run-a", "run-c", "run-b"]);
      expect((await store.runs({ limit: 2 })).map(({ runId }) => runId)).toEqual(["run-a", "run-c"]);
    },
  },
  {
    id: "run-store:runs:principal",
    run: async (store) => {
      await started(store, "run-1", "alice");
      await started(store, "run-2", "bob");
      expect((await store.runs({ principal: "alice" })).map(({ runId }) => runId)).toEqual(["run-1"]);
      expect(await store.runs({ principal: "carol" })).toEqual([]);
    },
  },
  {
    id: "run-store:cached:latest",
    run: async (store) => {
      for (const [runId, value] of Object.entries({ "run-1": "old", "run-2": "new" })) {
        const lease = await started(store, runId);
        await store.append(lease, [queued("data"), ended("data", { value }, "key-a")]);
      }
      expect(await store.cached("key-a")).toEqual({
        runId: "run-2",
        stepId: "data",
        outputs: { value: "new" },
      });
    },
  },
  {
    id: "run-store:cached:succeeded-only",
    run: async (store) => {
      const lease = await started(store, "run-1");
      const end = {
        type: "step-end",
        stepId: "data",
        attempt: 1,
        outputs: { value: 1 },
        cacheKey: "key-a",
      } as const;
      await store.append(lease, [queued("data"), { ...end, status: "failed" }]);
      expect(await store.cached("key-a")).toBeUndefined();
      await store.append(lease, [
        queued("tune"),
        { ...end, stepId: "tune", status: "cached", cachedFrom: "run-0" },
      ]);
      expect(await store.cached("key-a")).toBeUndefined();
    },
  },
];

function queued(stepId: string): RunEventBody {
  return { type: "step-queue", stepId, tool: stepId === "data" ? "load_dataset" : "finetune" };
}

function ended(
  stepId: string,
  outputs: Record<string, string | (number | null)[]>,
  cacheKey?: string,
): RunEventBody {
  return {
    type: "step-end",
    stepId,
    status: "succeeded",
    attempt: 1,
    outputs,
    ...(cacheKey !== undefined && { cacheKey }),
  };
}
