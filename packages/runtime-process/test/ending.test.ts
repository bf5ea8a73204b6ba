import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { bench, processesOf, untilLine } from "./fixtures/bench.ts";

const FOREVER = "while :; do sleep 0.05; done";
const pidsOf = async (root: string): Promise<string[]> =>
  (await processesOf(root)).filter((line) => !line.includes("supervisor."));

test("stop reaches a daemon that left its group, its session and its parent", async () => {
  await using it = await bench();
  const daemon = `setsid sh -c '(trap "" TERM HUP; ${FOREVER}) & exec true'`;
  const handle = await it.runtime.start(it.script("daemon", `${daemon}; echo ready; ${FOREVER}`));
  await untilLine(handle, "ready");
  expect((await pidsOf(it.root)).length).toBeGreaterThanOrEqual(2);
  await handle.stop({ graceMs: 200 });
  expect(await pidsOf(it.root)).toEqual([]);
});

test("stop reaches a child that cleared its environment", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(
    it.script(
      "bare",
      `env -i PATH="$PATH" setsid sh -c 'trap "" TERM; ${FOREVER}' "$PWD" & echo ready; ${FOREVER}`,
    ),
  );
  await untilLine(handle, "ready");
  await handle.stop({ graceMs: 200 });
  expect(await pidsOf(it.root)).toEqual([]);
});

test("a second stop with less grace brings the end forward", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("hurry", `trap '' TERM; echo ready; ${FOREVER}`));
  await untilLine(handle, "ready");
  const startedAt = performance.now();
  const [first, second] = await Promise.all([handle.stop({ graceMs: 600_000 }), handle.stop({ graceMs: 0 })]);
  expect(first).toEqual(second);
  expect(first).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test("stop of a stopped process works", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("frozen", "echo ready; kill -STOP $$"));
  await untilLine(handle, "ready");
  expect(await handle.stop({ graceMs: 100 })).toMatchObject({ code: null, signal: "SIGKILL" });
});

test("a timeout kills a job that ignores SIGTERM", async () => {
  await using it = await bench({ stopGraceMs: 100 });
  const handle = await it.runtime.start(it.script("late", `trap '' TERM; ${FOREVER}`, { timeoutMs: 200 }));
  expect(await handle.wait()).toMatchObject({ signal: "SIGKILL", timedOut: true });
});

test("a job that ends in time is not marked as late", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("timely", "true", { timeoutMs: 60_000 }));
  const exit = await handle.wait();
  expect(exit.timedOut).toBeUndefined();
  expect(exit.code).toBe(0);
});

test("an aborted signal starts nothing", async () => {
  await using it = await bench();
  await expect(
    it.runtime.start(it.script("never", "true"), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await it.runtime.attach("never")).toBeUndefined();
});

test("many jobs at once each end with their own status and leave no temporary folder", async () => {
  await using it = await bench();
  const handles = await Promise.all(
    Array.from({ length: 8 }, (_, index) => it.runtime.start(it.script(`job-${index}`, `exit ${index}`))),
  );
  expect(await Promise.all(handles.map(async (handle) => (await handle.wait()).code))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
  for (let index = 0; index < 8; index++) expect(readdirSync(`${it.root}/work/job-${index}`)).toEqual([]);
});
