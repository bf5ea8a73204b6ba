import type { RunEventBody, RunStore } from "@trainyard/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldLog, publicStep } from "./fold-log.ts";
import { tempStore } from "./temp-store.ts";

const spec = {
  name: "property",
  steps: {
    a: { tool: "tool_a", input: {}, needs: [] },
    b: { tool: "tool_b", input: {}, needs: [] },
    c: { tool: "tool_c", input: {}, needs: [] },
  },
};

const text = fc.string({ unit: "binary", maxLength: 8 });
// Through JSON once: it has no -0.
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as never);
const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), json, { maxKeys: 3 });
const attempt = fc.integer({ min: 0, max: 5 });
const error = fc.record({
  code: fc.constant("TOOL_FAILED" as const),
  message: text,
  retryable: fc.boolean(),
  data: object,
});
const step = { stepId: fc.constantFrom("a", "b", "c") };
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const is = <T extends string>(type: T) => ({ type: fc.constant(type) });

const body: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.record({ ...is("run-cancel"), reason: text }),
  fc.record({
    ...is("run-end"),
    status: fc.constantFrom("succeeded", "failed", "cancelled"),
    error: maybe(error),
  }),
  fc.record({ ...is("step-queue"), ...step, tool: text }),
  fc.record({ ...is("step-start"), ...step, attempt, input: object }),
  fc.record({ ...is("step-job"), ...step, attempt, runtime: text, jobId: text, handle: object }),
  fc.record({
    ...is("step-metric"),
    ...step,
    values: fc.dictionary(
      fc.stringMatching(/^[a-z]$/),
      fc.double().map((n) => n || 0),
    ),
  }),
  fc.record({ ...is("step-log"), ...step, level: fc.constant("info" as const), message: text }),
  fc.record({ ...is("step-retry"), ...step, attempt, delayMs: attempt, error }),
  fc.record({
    ...is("step-end"),
    ...step,
    attempt,
    status: fc.constantFrom("succeeded", "failed", "cancelled", "skipped", "cached"),
    outputs: maybe(object),
    error: maybe(error),
    cacheKey: maybe(fc.constantFrom("key-1", "key-2")),
    cachedFrom: maybe(text),
    reason: maybe(text),
  }),
);

const log = fc.record({
  goal: maybe(text),
  principal: text,
  batches: fc.array(fc.array(body, { maxLength: 6 }), { maxLength: 6 }),
});

test("folding the log again gives the tables, however the log was cut into batches", async () => {
  const { runs, close } = await tempStore();
  let count = 0;
  try {
    await fc.assert(
      fc.asyncProperty(log, async ({ goal, principal, batches }) => {
        count += 1;
        await checkRun(runs, `run-${count}`, [{ type: "run-start", spec, goal, principal }], ...batches);
      }),
      { seed: 20_261_122, numRuns: 150 },
    );
  } finally {
    await close();
  }
  expect(count).toBeGreaterThanOrEqual(150);
});

async function checkRun(runs: RunStore, runId: string, ...batches: RunEventBody[][]): Promise<void> {
  const lease = await runs.claim(runId, "owner", 60_000);
  const appended = await Promise.all(
    batches.map((batch) =>
      runs.append(
        lease!,
        batch.map((event) => keyed(event, runId)),
      ),
    ),
  );
  const events = await runs.events(runId);
  expect(events).toEqual(appended.flat());
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const folded = foldLog(events);
  expect(await runs.run(runId)).toEqual(folded.run);
  expect(await runs.steps(runId)).toEqual(folded.steps.map(publicStep));
  for (const key of ["key-1", "key-2"]) await checkCached(runs, `${runId}-${key}`, folded);
}

/** Keys of one run must not meet those of another. */
function keyed(event: RunEventBody, runId: string): RunEventBody {
  return event.type === "step-end" && event.cacheKey !== undefined
    ? { ...event, cacheKey: `${runId}-${event.cacheKey}` }
    : event;
}

async function checkCached(
  runs: RunStore,
  key: string,
  { steps }: ReturnType<typeof foldLog>,
): Promise<void> {
  const latest = steps
    .filter(({ cacheKey, status }) => cacheKey === key && status === "succeeded")
    .reduce(
      (best, next) => (best && (best.endedAt ?? 0) > (next.endedAt ?? 0) ? best : next),
      undefined as (typeof steps)[number] | undefined,
    );
  const cached = await runs.cached(key);
  expect(cached?.stepId).toBe(latest?.stepId);
  if (latest) expect(cached?.outputs).toEqual(latest.outputs ?? {});
}
