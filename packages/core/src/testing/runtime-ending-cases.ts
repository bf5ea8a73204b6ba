import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collect, finish, of, type RuntimeCaseContext, startReady, untilReady } from "./runtime-case.ts";
import type { ConformanceCase } from "./suite.ts";

const MEMORY_LIMIT_BYTES = 100 * 1024 ** 2;
/** Long enough for a beating process to show that it is alive. */
const BEAT_WATCH_MS = 400;
const WAIT_FOREVER = "while :; do sleep 0.05; done";
/** Starts a process in the background that ignores SIGTERM and shows that it lives by writing on. */
const BEAT =
  "(trap '' TERM; while :; do echo x >> beat; sleep 0.05; done) & while [ ! -s beat ]; do sleep 0.05; done";

/** How jobs end, are ended, and are found again. */
export const runtimeEndingCases: readonly ConformanceCase<RuntimeCaseContext>[] = [
  {
    // Reports the exit status.
    id: "runtime:exit:code",
    async run(context) {
      for (const code of [0, 42]) {
        const { exit } = await finish(context, `exit ${code}`);
        assert.deepEqual([exit.code, exit.signal], [code, null]);
      }
    },
  },
  {
    // Reports the signal that ended the job.
    id: "runtime:exit:signal",
    async run(context) {
      const { exit } = await finish(context, "kill -9 $$");
      assert.deepEqual([exit.code, exit.signal], [null, "SIGKILL"]);
    },
  },
  {
    // Sends SIGTERM and keeps what the job says and returns then.
    id: "runtime:stop:graceful",
    async run(context) {
      const handle = await startReady(context, `trap 'echo bye; exit 7' TERM; echo ready; ${WAIT_FOREVER}`);
      const exit = await handle.stop({ graceMs: 20_000 });
      assert.equal(exit.code, 7);
      assert.deepEqual(of("stdout", await collect(handle)), ["ready", "bye"]);
    },
  },
  {
    // Kills a job that ignores SIGTERM.
    id: "runtime:stop:stubborn",
    async run(context) {
      const handle = await startReady(context, `trap '' TERM; echo ready; ${WAIT_FOREVER}`);
      const exit = await handle.stop({ graceMs: 100 });
      assert.notEqual(exit.code, 0);
    },
  },
  {
    // Leaves nothing of the job alive, even what ignores SIGTERM in the background.
    id: "runtime:stop:descendants",
    async run(context) {
      const beating = await context.job(`${BEAT}; echo ready; ${WAIT_FOREVER}`);
      const handle = await context.runtime.start(beating);
      await untilReady(handle);
      await handle.stop({ graceMs: 100 });
      await assertStill(join(beating.workdir, "beat"));
    },
  },
  {
    // Leaves nothing alive when the first process of the job ends by itself.
    id: "runtime:exit:descendants",
    async run(context) {
      const beating = await context.job(`${BEAT}; exit 3`);
      const handle = await context.runtime.start(beating);
      assert.equal((await handle.wait()).code, 3);
      await assertStill(join(beating.workdir, "beat"));
    },
  },
  {
    // Can be stopped any number of times.
    id: "runtime:stop:again",
    async run(context) {
      const handle = await startReady(context, `echo ready; ${WAIT_FOREVER}`);
      const [first, second] = await Promise.all([
        handle.stop({ graceMs: 5000 }),
        handle.stop({ graceMs: 5000 }),
      ]);
      assert.deepEqual(second, first);
      assert.deepEqual(await handle.stop({ graceMs: 5000 }), first);
      assert.deepEqual(await handle.wait(), first);
    },
  },
  {
    // Stops the job when the signal is aborted.
    id: "runtime:stop:abort",
    async run({ runtime, job }) {
      const controller = new AbortController();
      const handle = await runtime.start(await job(`trap 'exit 9' TERM; echo ready; ${WAIT_FOREVER}`), {
        signal: controller.signal,
      });
      await untilReady(handle);
      controller.abort();
      assert.equal((await handle.wait()).code, 9);
    },
  },
  {
    // Ends a job at its timeout and says so.
    id: "runtime:limits:timeout",
    async run(context) {
      const { exit } = await finish(context, WAIT_FOREVER, { timeoutMs: 300 });
      assert.equal(exit.timedOut, true);
    },
  },
  {
    // Ends a job over its memory limit and says so.
    id: "runtime:limits:memory",
    async run(context) {
      assert.ok(
        (await context.runtime.capabilities()).memoryLimit,
        "skip this case where memory cannot be limited",
      );
      const { exit } = await finish(context, "cat /dev/zero | tail -c 400000000", {
        resources: { memoryBytes: MEMORY_LIMIT_BYTES },
      });
      assert.equal(exit.oomKilled, true);
    },
  },
  {
    // Finds a running job, gives its output from the first line and can stop it.
    id: "runtime:attach:running",
    async run({ runtime, job }) {
      const running = await job(`trap 'exit 5' TERM; echo first; echo ready; ${WAIT_FOREVER}`);
      await untilReady(await runtime.start(running));
      const attached = await runtime.attach(running.id);
      assert.ok(attached, "the job was not found");
      await untilReady(attached);
      assert.equal((await attached.stop({ graceMs: 20_000 })).code, 5);
      assert.deepEqual(of("stdout", await collect(attached)), ["first", "ready"]);
    },
  },
  {
    // Finds a job that has ended, with its exit and its output.
    id: "runtime:attach:ended",
    async run(context) {
      const { handle, exit } = await finish(context, "echo a; exit 4");
      const attached = await context.runtime.attach(handle.id);
      assert.ok(attached, "the job was not found");
      assert.deepEqual(await attached.wait(), exit);
      assert.deepEqual(of("stdout", await collect(attached)), ["a"]);
    },
  },
  {
    // Knows nothing of a job that never was.
    id: "runtime:attach:unknown",
    async run({ runtime }) {
      assert.equal(await runtime.attach("kit-never-was"), undefined);
    },
  },
];

async function assertStill(file: string): Promise<void> {
  const before = (await stat(file)).size;
  await sleep(BEAT_WATCH_MS);
  assert.equal((await stat(file)).size, before, "a process of the job is still alive");
}
