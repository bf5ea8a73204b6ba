import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TrainyardError } from "../errors.ts";
import type { Job, Runtime } from "../runtime.ts";
import { collect, finish, of, type RuntimeCaseContext } from "./runtime-case.ts";
import type { ConformanceCase } from "./suite.ts";

/** What a job gets and which jobs are refused. */
export const runtimeJobCases: readonly ConformanceCase<RuntimeCaseContext>[] = [
  {
    // Hands over the job's environment and nothing of the gateway's.
    id: "runtime:env:clean",
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
    // Hands over a secret by name.
    id: "runtime:env:secret",
    async run(context) {
      await withVariable("TRAINYARD_KIT_SECRET", "s3cr3t", async () => {
        const { exit } = await finish(context, 'test "$TRAINYARD_KIT_SECRET" = s3cr3t', {
          secrets: ["TRAINYARD_KIT_SECRET"],
        });
        assert.equal(exit.code, 0);
      });
    },
  },
  {
    // Refuses a job whose secret is not there, naming it.
    id: "runtime:env:missing-secret",
    async run({ runtime, job }) {
      await refuses(
        runtime,
        await job("true", { secrets: ["TRAINYARD_KIT_ABSENT"] }),
        "INPUT_INVALID",
        /TRAINYARD_KIT_ABSENT/,
      );
    },
  },
  {
    // Runs the job in its directory.
    id: "runtime:job:workdir",
    async run(context) {
      const writing = await context.job("echo here > out.txt");
      assert.equal((await (await context.runtime.start(writing)).wait()).code, 0);
      assert.equal(await readFile(join(writing.workdir, "out.txt"), "utf8"), "here\n");
    },
  },
  {
    // Hands arguments over as they are.
    id: "runtime:job:arguments",
    async run({ runtime, job }) {
      const argument = `$(echo no) "a" 'b' \\ ; & *`;
      const plain = await job('printf "%s\\n" "$1"');
      const handle = await runtime.start({ ...plain, command: [...plain.command, "sh", argument] });
      assert.deepEqual(of("stdout", await collect(handle)), [argument]);
    },
  },
  {
    // Refuses a command that does not exist, naming it.
    id: "runtime:job:missing-command",
    async run({ runtime, job }) {
      await refuses(
        runtime,
        await job("", { command: ["trainyard-no-such-command"] }),
        "RUNTIME_UNAVAILABLE",
        /trainyard-no-such-command/,
      );
    },
  },
  {
    // Refuses ids, directories and variables that cannot be.
    id: "runtime:job:invalid",
    async run({ runtime, job }) {
      const good = await job("true");
      for (const bad of [
        { id: "../x" },
        { id: "" },
        { id: "a/b" },
        { workdir: "relative" },
        { env: { A: "x\0y" } },
      ]) {
        await refuses(runtime, { ...good, ...bad }, "INPUT_INVALID", /./);
      }
    },
  },
];

async function refuses(runtime: Runtime, job: Job, code: string, message: RegExp): Promise<void> {
  await assert.rejects(
    runtime.start(job),
    (error) => TrainyardError.is(error) && error.code === code && message.test(error.message),
  );
}

async function withVariable<T>(name: string, value: string, use: () => Promise<T>): Promise<T> {
  process.env[name] = value;
  try {
    return await use();
  } finally {
    delete process.env[name];
  }
}
