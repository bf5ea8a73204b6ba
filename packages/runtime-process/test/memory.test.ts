import { expect, test } from "vitest";
import { bench } from "./fixtures/bench.ts";

const MIB = 1024 ** 2;
const HOLD = (mebibytes: number): string => `Buffer.alloc(${mebibytes} * 1024 ** 2, 1)`;
const node = (script: string): readonly [string, ...string[]] => [process.execPath, "-e", script];

test("the peak of a job is reported", async () => {
  await using it = await bench();
  const handle = await it.runtime.start({
    ...it.script("peak", ""),
    command: node(`const b = ${HOLD(200)}; setTimeout(() => b, 1500)`),
  });
  const { peakMemoryBytes = 0 } = await handle.wait();
  expect(peakMemoryBytes).toBeGreaterThan(200 * MIB);
  expect(peakMemoryBytes).toBeLessThan(400 * MIB);
});

test("the limit holds for the job with its children together", async () => {
  await using it = await bench();
  const child = `${JSON.stringify(process.execPath)} -e "const b = ${HOLD(120)}; setInterval(() => b, 1000)"`;
  const job = it.script("family", `${child} & ${child} & ${child} & wait`, {
    resources: { memoryBytes: 330 * MIB },
  });
  const exit = await (await it.runtime.start(job)).wait();
  expect(exit).toMatchObject({ signal: "SIGKILL", oomKilled: true });
  expect(exit.peakMemoryBytes).toBeGreaterThan(330 * MIB);
});

test("pages that forked workers share count once", async () => {
  await using it = await bench();
  const script =
    "import os,time\nb=bytearray(b'x')*(80<<20)\nfor _ in range(6):\n  if os.fork()==0: time.sleep(2); os._exit(0)\ntime.sleep(2)";
  const job = it.script("forks", "", { resources: { memoryBytes: 250 * MIB } });
  const exit = await (await it.runtime.start({ ...job, command: ["python3", "-c", script] })).wait();
  expect(exit).toMatchObject({ code: 0 });
  expect(exit.peakMemoryBytes).toBeGreaterThan(80 * MIB);
  expect(exit.peakMemoryBytes).toBeLessThan(250 * MIB);
});
