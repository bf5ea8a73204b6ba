import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { collect, finish, of, type RuntimeCaseContext } from "./runtime-case.ts";
import type { ConformanceCase } from "./suite.ts";

/** What a runtime does with the output of a job. */
export const runtimeOutputCases: readonly ConformanceCase<RuntimeCaseContext>[] = [
  {
    // Gives the lines of a stream in order.
    id: "runtime:lines:order",
    async run(context) {
      const { lines } = await finish(context, "i=0; while [ $i -lt 500 ]; do echo line-$i; i=$((i+1)); done");
      assert.deepEqual(
        of("stdout", lines),
        Array.from({ length: 500 }, (_, index) => `line-${index}`),
      );
    },
  },
  {
    // Tells stdout from stderr.
    id: "runtime:lines:streams",
    async run(context) {
      const { lines } = await finish(context, "echo out; echo err >&2");
      assert.deepEqual([of("stdout", lines), of("stderr", lines)], [["out"], ["err"]]);
    },
  },
  {
    // Gives a last line without line end, and empty lines.
    id: "runtime:lines:no-end",
    async run(context) {
      assert.deepEqual(of("stdout", (await finish(context, "printf 'a\\n\\nb'")).lines), ["a", "", "b"]);
    },
  },
  {
    // Takes CRLF off a line.
    id: "runtime:lines:crlf",
    async run(context) {
      assert.deepEqual(of("stdout", (await finish(context, "printf 'a\\r\\nb\\r\\n'")).lines), ["a", "b"]);
    },
  },
  {
    // Joins a character that was written in two parts.
    id: "runtime:lines:unicode",
    async run(context) {
      const { lines } = await finish(
        context,
        "printf '\\303'; sleep 0.2; printf '\\274 \\360\\237'; sleep 0.2; printf '\\232\\202\\n'",
      );
      assert.deepEqual(of("stdout", lines), ["ü 🚂"]);
    },
  },
  {
    // Gives long lines in pieces of at most 64 KiB without losing a byte.
    id: "runtime:lines:long",
    async run(context) {
      const { lines } = await finish(context, "head -c 200000 /dev/zero | tr '\\0' x; echo; echo end");
      const found = of("stdout", lines);
      assert.ok(
        found.every((line) => Buffer.byteLength(line) <= 65_536),
        "a piece is over 64 KiB",
      );
      assert.equal(found.slice(0, -1).join(""), "x".repeat(200_000));
      assert.equal(found.at(-1), "end");
    },
  },
  {
    // Gives lines while the job runs.
    id: "runtime:lines:live",
    async run({ runtime, job }) {
      const waiting = await job("echo ready; while [ ! -e go ]; do sleep 0.05; done; echo done");
      const handle = await runtime.start(waiting);
      for await (const { line } of handle.lines()) {
        if (line === "ready") await writeFile(join(waiting.workdir, "go"), "");
        if (line === "done") return;
      }
      assert.fail("the job ended without saying `done`");
    },
  },
  {
    // Neither loses lines of a slow reader nor holds the job back for it.
    id: "runtime:lines:slow-reader",
    async run({ runtime, job }) {
      const handle = await runtime.start(await job("head -c 2000000 /dev/zero | tr '\\0' '\\n'; echo end"));
      const reader = handle.lines()[Symbol.asyncIterator]();
      await reader.next();
      assert.equal((await handle.wait()).code, 0);
      let count = 1;
      for (let next = await reader.next(); !next.done; next = await reader.next()) count++;
      assert.equal(count, 2_000_001);
    },
  },
  {
    // Starts at the first line each time it is asked.
    id: "runtime:lines:again",
    async run(context) {
      const { handle, lines } = await finish(context, "echo a; echo b");
      assert.deepEqual(of("stdout", lines), ["a", "b"]);
      assert.deepEqual(of("stdout", await collect(handle)), ["a", "b"]);
    },
  },
];
