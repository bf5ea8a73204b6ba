import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { jobFolder, readJobRecord } from "../src/job-record.ts";
import { isAlive } from "../src/process-table.ts";
import { appears, bench, collect, processesOf, until, untilLine } from "./fixtures/bench.ts";

const FOREVER = "while :; do sleep 0.05; done";

test("a job outlives its killed gateway and loses no line", async () => {
  await using it = await bench();
  const job = it.script(
    "survivor",
    "i=0; while [ ! -e go ]; do echo $i; i=$((i+1)); sleep 0.005; done; echo $i; exit 5",
  );
  const gateway = it.gateway(job);
  const seen: string[] = [];
  for await (const line of createInterface(gateway.stdout!))
    if (seen.push(line) === 20) gateway.kill("SIGKILL");
  const handle = await it.runtime.attach("survivor");
  const lines = handle!.lines()[Symbol.asyncIterator]();
  const found: string[] = [];
  while (found.length < seen.length + 20) found.push((await lines.next()).value!.line);
  writeFileSync(join(job.workdir, "go"), "");
  for (let next = await lines.next(); !next.done; next = await lines.next()) found.push(next.value.line);
  expect(found).toEqual(found.map((_, index) => String(index)));
  expect(found.slice(0, seen.length)).toEqual(seen);
  expect((await handle!.wait()).code).toBe(5);
});

test("stop after attach ends the job of an earlier gateway", async () => {
  await using it = await bench();
  const gateway = it.gateway(it.script("earlier", `trap 'exit 8' TERM; echo ready; ${FOREVER}`));
  await once(gateway.stdout!, "data");
  gateway.kill("SIGKILL");
  const handle = await it.runtime.attach("earlier");
  expect((await handle!.stop({ graceMs: 10_000 })).code).toBe(8);
});

test("a job without any gateway is ended after orphanGraceMs, with everything it started", async () => {
  await using it = await bench();
  const script = `trap '' TERM; (trap '' TERM; ${FOREVER}) & setsid sh -c "trap '' TERM; ${FOREVER}" & echo ready; ${FOREVER}`;
  const gateway = it.gateway(it.script("orphan", script), { orphanGraceMs: 300, stopGraceMs: 200 });
  await once(gateway.stdout!, "data");
  expect((await processesOf(it.root)).length).toBeGreaterThan(3);
  gateway.kill("SIGKILL");
  await appears(join(it.stateDir, "jobs/orphan/exit.json"));
  await until(
    async () => (await processesOf(it.root)).length === 0,
    async () => (await processesOf(it.root)).join("\n"),
  );
  const handle = await it.runtime.attach("orphan");
  expect(await handle!.wait()).toMatchObject({ signal: "SIGKILL", orphaned: true });
});

test("a job is no orphan while a gateway is connected", async () => {
  await using it = await bench({ orphanGraceMs: 0 });
  const handle = await it.runtime.start(it.script("watched", "sleep 0.6; exit 3"));
  expect(await handle.wait()).toMatchObject({ code: 3 });
});

test("a supervisor that is killed takes its job with it, and the gateway says how it ended", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(
    it.script("beheaded", `trap '' TERM PIPE; setsid sh -c '${FOREVER}' & echo ready; ${FOREVER}`),
  );
  await untilLine(handle, "ready");
  process.kill(handle.ref["supervisorPid"] as number, "SIGKILL");
  expect(await handle.wait()).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(await processesOf(it.root)).toEqual([]);
  expect(await collect(handle)).toEqual([{ stream: "stdout", line: "ready" }]);
});

test.each(["attach", "start"] as const)(
  "%s ends a job whose gateway and supervisor were both killed",
  async (how) => {
    await using it = await bench();
    const gateway = it.gateway(
      it.script("lost", `trap '' TERM PIPE; setsid sh -c '${FOREVER}' & echo ready; ${FOREVER}`),
    );
    await once(gateway.stdout!, "data");
    gateway.kill("SIGKILL");
    const { supervisor } = readJobRecord(jobFolder(join(it.stateDir, "jobs/lost")))!;
    process.kill(supervisor.pid, "SIGKILL");
    await until(
      () => !isAlive(supervisor),
      () => "the supervisor does not die",
    );
    const other =
      how === "attach" ? await it.runtime.attach("lost") : await it.runtime.start(it.script("next", "true"));
    await other!.wait();
    expect((await processesOf(it.root)).filter((line) => !line.includes("jobs/next"))).toEqual([]);
    expect(await (await it.again().attach("lost"))!.wait()).toMatchObject({ code: null, signal: "SIGKILL" });
  },
);

test("closing a runtime leaves the job running and says so to whoever waits", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("left", `trap 'exit 4' TERM; echo ready; ${FOREVER}`));
  await untilLine(handle, "ready");
  const waiting = expect(handle.wait()).rejects.toMatchObject({ code: "RUNTIME_UNAVAILABLE" });
  const reading = expect(collect(handle)).rejects.toMatchObject({ code: "RUNTIME_UNAVAILABLE" });
  await it.runtime.close();
  await Promise.all([waiting, reading]);
  const again = await it.again().attach("left");
  expect((await again!.stop({ graceMs: 10_000 })).code).toBe(4);
});
