import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, test } from "vitest";
import { TrainyardError } from "../errors.ts";
import type { Job, JobExit, JobHandle, JobLine, Runtime, RuntimeCapabilities } from "../runtime.ts";

/** A runtime under test and what its cases need. */
export interface RuntimeHarness {
  readonly runtime: Runtime;
  /** Makes an empty directory that jobs can use, absolute. */
  workdir(): Promise<string>;
  /** Runs a POSIX shell script; further arguments are appended. Default `sh -c <script>`. */
  command?(script: string): Job["command"];
  /** Added to every job, such as the image of a container. */
  readonly job?: Partial<Job> | undefined;
  /** Removes what the harness made; called after each case. */
  dispose?(): Promise<void>;
}

/** What a case works with. */
export interface RuntimeCaseContext {
  readonly runtime: Runtime;
  /** A job of its own that runs `script` in a fresh directory. */
  job(script: string, extra?: Partial<Job>): Promise<Job>;
}

/** One thing every runtime must do. */
export interface RuntimeCase {
  /** Stable: skips and reports name it. */
  readonly id: string;
  readonly title: string;
  /** Why the case does not apply to a runtime with these capabilities. */
  skip?(capabilities: RuntimeCapabilities): string | undefined;
  /** Rejects when the runtime does not do it. */
  run(context: RuntimeCaseContext): Promise<void>;
}

/** How {@link describeRuntime} runs. */
export interface DescribeRuntimeOptions {
  /** Reasons by case id; a case without a reason runs. */
  readonly skip?: Readonly<Record<string, string>> | undefined;
  /** Limit of one case in ms, from 1 on. Default 30000. */
  readonly timeoutMs?: number | undefined;
}

const MEMORY_LIMIT_BYTES = 100 * 1024 ** 2;
/** Long enough for a beating process to show that it is alive. */
const BEAT_WATCH_MS = 400;
const WAIT_FOREVER = "while :; do sleep 0.05; done";

let lastJob = 0;

/** Checks a runtime against every case of the contract. */
export function describeRuntime(
  name: string,
  create: () => Promise<RuntimeHarness>,
  { skip = {}, timeoutMs = 30_000 }: DescribeRuntimeOptions = {},
): void {
  describe(`runtime: ${name}`, () => {
    for (const { id, title } of runtimeCases) {
      test(`${id}: ${title}`, { timeout: timeoutMs }, async ({ skip: skipTest }) => {
        const reason = skip[id] ?? (await runRuntimeCase(id, create));
        if (reason !== undefined) skipTest(reason);
      });
    }
  });
}

/** Runs one case against a fresh harness; resolves with the reason when it was skipped, rejects when it failed. */
export async function runRuntimeCase(id: string, create: () => Promise<RuntimeHarness>): Promise<string | undefined> {
  const runtimeCase = runtimeCases.find((entry) => entry.id === id);
  if (!runtimeCase) throw new TrainyardError("INPUT_INVALID", `There is no runtime case \`${id}\`.`);
  const harness = await create();
  const started: string[] = [];
  try {
    const reason = runtimeCase.skip?.(await harness.runtime.capabilities());
    if (reason === undefined) await runtimeCase.run(contextOf(harness, started));
    return reason;
  } finally {
    for (const jobId of started) await (await harness.runtime.attach(jobId))?.stop({ graceMs: 0 });
    await harness.runtime.close();
    await harness.dispose?.();
  }
}

function contextOf(harness: RuntimeHarness, started: string[]): RuntimeCaseContext {
  const { runtime, command = (script): Job["command"] => ["sh", "-c", script] } = harness;
  return {
    runtime,
    async job(script, extra = {}) {
      const id = `kit-${process.pid}-${++lastJob}`;
      started.push(id);
      return { id, command: command(script), workdir: await harness.workdir(), ...harness.job, ...extra };
    },
  };
}

/** Everything {@link describeRuntime} checks, as data. */
export const runtimeCases: readonly RuntimeCase[] = [
  {
    id: "lines/order",
    title: "gives the lines of a stream in order",
    async run(context) {
      const { lines } = await finish(context, "i=0; while [ $i -lt 500 ]; do echo line-$i; i=$((i+1)); done");
      assert.deepEqual(of("stdout", lines), Array.from({ length: 500 }, (_, index) => `line-${index}`));
    },
  },
  {
    id: "lines/streams",
    title: "tells stdout from stderr",
    async run(context) {
      const { lines } = await finish(context, "echo out; echo err >&2");
      assert.deepEqual([of("stdout", lines), of("stderr", lines)], [["out"], ["err"]]);
    },
  },
  {
    id: "lines/no-end",
    title: "gives a last line without line end, and empty lines",
    async run(context) {
      assert.deepEqual(of("stdout", (await finish(context, "printf 'a\\n\\nb'")).lines), ["a", "", "b"]);
    },
  },
  {
    id: "lines/crlf",
    title: "takes CRLF off a line",
    async run(context) {
      assert.deepEqual(of("stdout", (await finish(context, "printf 'a\\r\\nb\\r\\n'")).lines), ["a", "b"]);
    },
  },
  {
    id: "lines/unicode",
    title: "joins a character that was written in two parts",
    async run(context) {
      const { lines } = await finish(context, "printf '\\303'; sleep 0.2; printf '\\274 \\360\\237'; sleep 0.2; printf '\\232\\202\\n'");
      assert.deepEqual(of("stdout", lines), ["ü 🚂"]);
    },
  },
  {
    id: "lines/long",
    title: "gives long lines in pieces of at most 64 KiB without losing a byte",
    async run(context) {
      const { lines } = await finish(context, "head -c 200000 /dev/zero | tr '\\0' x; echo; echo end");
      const found = of("stdout", lines);
      assert.ok(found.every((line) => Buffer.byteLength(line) <= 65_536), "a piece is over 64 KiB");
      assert.equal(found.slice(0, -1).join(""), "x".repeat(200_000));
      assert.equal(found.at(-1), "end");
    },
  },
  {
    id: "lines/live",
    title: "gives lines while the job runs",
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
    id: "lines/slow-reader",
    title: "neither loses lines of a slow reader nor holds the job back for it",
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
    id: "lines/again",
    title: "starts at the first line each time it is asked",
    async run(context) {
      const { handle, lines } = await finish(context, "echo a; echo b");
      assert.deepEqual(of("stdout", lines), ["a", "b"]);
      assert.deepEqual(of("stdout", await collect(handle)), ["a", "b"]);
    },
  },
  {
    id: "exit/code",
    title: "reports the exit status",
    async run(context) {
      for (const code of [0, 42]) {
        const { exit } = await finish(context, `exit ${code}`);
        assert.deepEqual([exit.code, exit.signal], [code, null]);
      }
    },
  },
  {
    id: "exit/signal",
    title: "reports the signal that ended the job",
    async run(context) {
      const { exit } = await finish(context, "kill -9 $$");
      assert.deepEqual([exit.code, exit.signal], [null, "SIGKILL"]);
    },
  },
  {
    id: "stop/graceful",
    title: "sends SIGTERM and keeps what the job says and returns then",
    async run(context) {
      const handle = await startReady(context, `trap 'echo bye; exit 7' TERM; echo ready; ${WAIT_FOREVER}`);
      const exit = await handle.stop({ graceMs: 20_000 });
      assert.equal(exit.code, 7);
      assert.deepEqual(of("stdout", await collect(handle)), ["ready", "bye"]);
    },
  },
  {
    id: "stop/stubborn",
    title: "kills a job that ignores SIGTERM",
    async run(context) {
      const handle = await startReady(context, `trap '' TERM; echo ready; ${WAIT_FOREVER}`);
      const exit = await handle.stop({ graceMs: 100 });
      assert.notEqual(exit.code, 0);
    },
  },
  {
    id: "stop/descendants",
    title: "leaves nothing of the job alive, even what ignores SIGTERM in the background",
    async run(context) {
      const beating = await context.job(`(trap '' TERM; while :; do echo x >> beat; sleep 0.05; done) & while [ ! -s beat ]; do sleep 0.05; done; echo ready; ${WAIT_FOREVER}`);
      const handle = await context.runtime.start(beating);
      await untilReady(handle);
      await handle.stop({ graceMs: 100 });
      await assertStill(join(beating.workdir, "beat"));
    },
  },
  {
    id: "exit/descendants",
    title: "leaves nothing alive when the first process of the job ends by itself",
    async run(context) {
      const beating = await context.job("(trap '' TERM; while :; do echo x >> beat; sleep 0.05; done) & while [ ! -s beat ]; do sleep 0.05; done; exit 3");
      const handle = await context.runtime.start(beating);
      assert.equal((await handle.wait()).code, 3);
      await assertStill(join(beating.workdir, "beat"));
    },
  },
  {
    id: "stop/again",
    title: "can be stopped any number of times",
    async run(context) {
      const handle = await startReady(context, `echo ready; ${WAIT_FOREVER}`);
      const [first, second] = await Promise.all([handle.stop({ graceMs: 5000 }), handle.stop({ graceMs: 5000 })]);
      assert.deepEqual(second, first);
      assert.deepEqual(await handle.stop({ graceMs: 5000 }), first);
      assert.deepEqual(await handle.wait(), first);
    },
  },
  {
    id: "stop/abort",
    title: "stops the job when the signal is aborted",
    async run({ runtime, job }) {
      const controller = new AbortController();
      const handle = await runtime.start(await job(`trap 'exit 9' TERM; echo ready; ${WAIT_FOREVER}`), { signal: controller.signal });
      await untilReady(handle);
      controller.abort();
      assert.equal((await handle.wait()).code, 9);
    },
  },
  {
    id: "limits/timeout",
    title: "ends a job at its timeout and says so",
    async run(context) {
      const { exit } = await finish(context, WAIT_FOREVER, { timeoutMs: 300 });
      assert.equal(exit.timedOut, true);
    },
  },
  {
    id: "limits/memory",
    title: "ends a job over its memory limit and says so",
    skip: ({ memoryLimit }) => (memoryLimit ? undefined : "the runtime cannot limit memory here"),
    async run(context) {
      const { exit } = await finish(context, "cat /dev/zero | tail -c 400000000", { resources: { memoryBytes: MEMORY_LIMIT_BYTES } });
      assert.equal(exit.oomKilled, true);
    },
  },
  {
    id: "env/clean",
    title: "hands over the job's environment and nothing of the gateway's",
    async run(context) {
      const lines = await withVariable("TRAINYARD_KIT_LEAK", "leaked", async () => {
        return (await finish(context, "env", { env: { KIT_GIVEN: "a b=c" } })).lines;
      });
      const variables = of("stdout", lines);
      assert.ok(variables.includes("KIT_GIVEN=a b=c"), "the job's own variable is missing");
      assert.ok(!variables.join("\n").includes("leaked"), "a variable of the gateway reached the job");
    },
  },
  {
    id: "env/secret",
    title: "hands over a secret by name",
    async run(context) {
      await withVariable("TRAINYARD_KIT_SECRET", "s3cr3t", async () => {
        const { exit } = await finish(context, 'test "$TRAINYARD_KIT_SECRET" = s3cr3t', { secrets: ["TRAINYARD_KIT_SECRET"] });
        assert.equal(exit.code, 0);
      });
    },
  },
  {
    id: "env/missing-secret",
    title: "refuses a job whose secret is not there, naming it",
    async run({ runtime, job }) {
      await refuses(runtime, await job("true", { secrets: ["TRAINYARD_KIT_ABSENT"] }), "INPUT_INVALID", /TRAINYARD_KIT_ABSENT/);
    },
  },
  {
    id: "job/workdir",
    title: "runs the job in its directory",
    async run(context) {
      const writing = await context.job("echo here > out.txt");
      assert.equal((await (await context.runtime.start(writing)).wait()).code, 0);
      assert.equal(await readFile(join(writing.workdir, "out.txt"), "utf8"), "here\n");
    },
  },
  {
    id: "job/arguments",
    title: "hands arguments over as they are",
    async run({ runtime, job }) {
      const argument = `$(echo no) "a" 'b' \\ ; & *`;
      const plain = await job('printf "%s\\n" "$1"');
      const handle = await runtime.start({ ...plain, command: [...plain.command, "sh", argument] });
      assert.deepEqual(of("stdout", await collect(handle)), [argument]);
    },
  },
  {
    id: "job/missing-command",
    title: "refuses a command that does not exist, naming it",
    async run({ runtime, job }) {
      await refuses(runtime, await job("", { command: ["trainyard-no-such-command"] }), "RUNTIME_UNAVAILABLE", /trainyard-no-such-command/);
    },
  },
  {
    id: "job/invalid",
    title: "refuses ids, directories and variables that cannot be",
    async run({ runtime, job }) {
      const good = await job("true");
      for (const bad of [{ id: "../x" }, { id: "" }, { id: "a/b" }, { workdir: "relative" }, { env: { A: "x\0y" } }]) {
        await refuses(runtime, { ...good, ...bad }, "INPUT_INVALID", /./);
      }
    },
  },
  {
    id: "attach/running",
    title: "finds a running job, gives its output from the first line and can stop it",
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
    id: "attach/ended",
    title: "finds a job that has ended, with its exit and its output",
    async run(context) {
      const { handle, exit } = await finish(context, "echo a; exit 4");
      const attached = await context.runtime.attach(handle.id);
      assert.ok(attached, "the job was not found");
      assert.deepEqual(await attached.wait(), exit);
      assert.deepEqual(of("stdout", await collect(attached)), ["a"]);
    },
  },
  {
    id: "attach/unknown",
    title: "knows nothing of a job that never was",
    async run({ runtime }) {
      assert.equal(await runtime.attach("kit-never-was"), undefined);
    },
  },
];

interface Finished {
  readonly handle: JobHandle;
  readonly lines: readonly JobLine[];
  readonly exit: JobExit;
}

async function finish({ runtime, job }: RuntimeCaseContext, script: string, extra?: Partial<Job>): Promise<Finished> {
  const handle = await runtime.start(await job(script, extra));
  return { handle, lines: await collect(handle), exit: await handle.wait() };
}

async function startReady({ runtime, job }: RuntimeCaseContext, script: string): Promise<JobHandle> {
  const handle = await runtime.start(await job(script));
  await untilReady(handle);
  return handle;
}

async function untilReady(handle: JobHandle): Promise<void> {
  for await (const { line } of handle.lines()) if (line === "ready") return;
  assert.fail("the job ended before it was ready");
}

async function collect(handle: JobHandle): Promise<JobLine[]> {
  const lines: JobLine[] = [];
  for await (const line of handle.lines()) lines.push(line);
  return lines;
}

function of(stream: JobLine["stream"], lines: readonly JobLine[]): string[] {
  return lines.filter((entry) => entry.stream === stream).map(({ line }) => line);
}

async function assertStill(file: string): Promise<void> {
  const before = (await stat(file)).size;
  await sleep(BEAT_WATCH_MS);
  assert.equal((await stat(file)).size, before, "a process of the job is still alive");
}

async function refuses(runtime: Runtime, job: Job, code: string, message: RegExp): Promise<void> {
  await assert.rejects(runtime.start(job), (error) => TrainyardError.is(error) && error.code === code && message.test(error.message));
}

async function withVariable<T>(name: string, value: string, use: () => Promise<T>): Promise<T> {
  process.env[name] = value;
  try {
    return await use();
  } finally {
    delete process.env[name];
  }
}
