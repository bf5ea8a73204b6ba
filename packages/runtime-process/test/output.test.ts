import { expect, test } from "vitest";
import { bench, collect } from "./fixtures/bench.ts";

test("a flood of 5 MB on both streams arrives whole and in order", async () => {
  await using it = await bench();
  const script =
    "i=0; while [ $i -lt 20 ]; do seq -f '%09.0f' $((i*12500)) $((i*12500+12499)); echo $i >&2; i=$((i+1)); done";
  const lines = await collect(await it.runtime.start(it.script("flood", script)));
  const out = lines.filter(({ stream }) => stream === "stdout").map(({ line }) => Number(line));
  expect(out.length).toBe(250_000);
  expect(out.every((value, index) => value === index)).toBe(true);
  expect(lines.filter(({ stream }) => stream === "stderr").map(({ line }) => Number(line))).toEqual([
    ...Array(20).keys(),
  ]);
});

test("output over the cap ends in a mark and the job goes on", async () => {
  await using it = await bench({ maxOutputBytes: 4096 });
  const handle = await it.runtime.start(
    it.script("cap", "yes 1234567 | head -c 1000000; echo kept >&2; exit 6"),
  );
  const lines = await collect(handle);
  expect((await handle.wait()).code).toBe(6);
  const out = lines.filter(({ stream }) => stream === "stdout").map(({ line }) => line);
  expect(out.slice(0, 512)).toEqual(Array(512).fill("1234567"));
  expect(out.at(-1)).toBe("[trainyard: stdout cut here: more than 4096 bytes; the job goes on]");
  expect(out.length).toBeLessThanOrEqual(514);
  expect(lines).toContainEqual({ stream: "stderr", line: "kept" });
});

test("two readers of one job both get everything", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("two", "seq 1 3000"));
  const [first, second] = await Promise.all([collect(handle), collect(handle)]);
  expect(first.length).toBe(3000);
  expect(second).toEqual(first);
});

test("a reader that leaves early keeps no file open", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("early", "seq 1 3000"));
  for await (const { line } of handle.lines()) if (line === "5") break;
  expect((await handle.wait()).code).toBe(0);
  const { readdirSync, readlinkSync } = await import("node:fs");
  const open = readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  expect(open.filter((path) => path.includes(it.root))).toEqual([]);
});
