import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobExit } from "@trainyard/core";
import { afterEach, describe, expect, test } from "vitest";
import { type Bench, createBench, ROWS, TRAINS } from "./support/bench.ts";

let bench: Bench;
afterEach(() => bench.remove());

async function train(body: string, exit?: Partial<JobExit>, signal?: AbortSignal) {
  bench = await createBench(exit ? { exit } : {});
  return bench.run(
    "train",
    { dataset: await bench.dataset(ROWS), env: await bench.fakePython(body) },
    signal,
  );
}

describe("what the worker reports", () => {
  test("its code, its words, its hint and the end of its log", async () => {
    const failing = train(`
      for (let line = 1; line <= 60; line++) console.error("line " + line);
      emit({ type: "error", code: "NON_FINITE_LOSS", message: "The loss became nan at step 3.", hint: "Lower learning_rate.", data: { step: 3 } });
      process.exit(1);`);
    await expect(failing).rejects.toMatchObject({
      code: "NON_FINITE_LOSS",
      message: "The loss became nan at step 3. Lower learning_rate.",
      retryable: false,
      data: {
        step: 3,
        exitCode: 1,
        hint: "Lower learning_rate.",
        tail: Array.from({ length: 40 }, (_, index) => `line ${index + 21}`),
      },
    });
    expect(bench.seen.logs).toContain("debug: line 1");
  });

  test("a code of its own invention becomes WORKER_FAILED", async () => {
    await expect(
      train(`emit({ type: "error", code: "STORE_TOO_NEW", message: "m" }); process.exit(1);`),
    ).rejects.toMatchObject({ code: "WORKER_FAILED", message: "m" });
  });

  test("an error counts even when the process says that all is well", async () => {
    await expect(
      train(`${TRAINS} emit({ type: "error", code: "DISK_FULL", message: "full" });`),
    ).rejects.toMatchObject({ code: "DISK_FULL", retryable: true });
  });

  test("out of memory, with the peak", async () => {
    const failing = train(
      `emit({ type: "error", code: "OUT_OF_MEMORY", message: "Out of memory." }); process.exit(1);`,
      { peakMemoryBytes: 3e9 },
    );
    await expect(failing).rejects.toMatchObject({ code: "OUT_OF_MEMORY", data: { peakMemoryBytes: 3e9 } });
  });
});

describe("how its process ends", () => {
  test("an exit code without a word: JOB_FAILED with the code and the last line", async () => {
    const failing = train(`console.error("Fatal Python error: broken"); console.error(""); process.exit(7);`);
    await expect(failing).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: "The worker of `train` ended with exit code 7: Fatal Python error: broken",
      data: { exitCode: 7 },
    });
  });

  test("a signal: JOB_FAILED with its name and where to look", async () => {
    await expect(
      train(`process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`),
    ).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: expect.stringMatching(/SIGKILL.*memory/),
      data: { signal: "SIGKILL" },
    });
  });

  test("killed for memory: OUT_OF_MEMORY with the figures", async () => {
    const failing = train(`process.exit(137);`, { oomKilled: true, peakMemoryBytes: 8.1e9 });
    await expect(failing).rejects.toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringContaining("8.1 GB"),
      data: { peakMemoryBytes: 8.1e9 },
    });
  });

  test("a memory limit goes to the job, and into the error when it was reached", async () => {
    bench = await createBench({ memoryBytes: 8e9, exit: { oomKilled: true, code: null, signal: "SIGKILL" } });
    const input = { dataset: await bench.dataset(ROWS), env: await bench.fakePython("process.exit(1);") };
    await expect(bench.run("train", input)).rejects.toMatchObject({
      code: "OUT_OF_MEMORY",
      message: expect.stringContaining("the limit is 8.0 GB"),
      data: { memoryLimitBytes: 8e9 },
    });
    expect(bench.runtime.jobs[0]!.resources).toEqual({ cpus: 2, memoryBytes: 8e9 });
  });

  test("the job's own timeout: TIMEOUT", async () => {
    await expect(train(`process.exit(143);`, { timedOut: true })).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("an end without a result, or with half of one: WORKER_FAILED, and nothing is registered", async () => {
    await expect(train(`process.exit(0);`)).rejects.toMatchObject({
      code: "WORKER_FAILED",
      message: expect.stringContaining("without a result"),
    });
    await bench.remove();
    await expect(train(`emit({ type: "result", values: { train_loss: "low" } });`)).rejects.toMatchObject({
      code: "WORKER_FAILED",
    });
    expect(bench.models.versions).toEqual([]);
  });

  test("a failure after the result is a failure", async () => {
    await expect(train(`${TRAINS} process.exit(139);`)).rejects.toMatchObject({
      code: "JOB_FAILED",
      data: { exitCode: 139 },
    });
    expect(bench.models.versions).toEqual([]);
  });

  test("cancelled: the checkpoint is kept and named", async () => {
    const stop = new AbortController();
    const running = train(
      `process.on("SIGTERM", () => {
        write("checkpoints/checkpoint-2/trainer_state.json", "{}");
        emit({ type: "artifact", port: "checkpoint", kind: "checkpoint", path: "checkpoints/checkpoint-2" });
        emit({ type: "error", code: "CANCELLED", message: "Stopped after step 2." });
        process.exit(143);
      });
      write("ready", ""); setInterval(() => {}, 1000);`,
      undefined,
      stop.signal,
    );
    const outcome = running.then(
      () => undefined,
      (error: unknown) => error,
    );
    const ready = () =>
      bench.runtime.jobs.some(({ workdir }) => existsSync(join(workdir, "output", "ready")));
    await expect.poll(() => bench !== undefined && ready(), { timeout: 10_000 }).toBe(true);
    stop.abort();
    expect(await outcome).toMatchObject({ code: "CANCELLED" });
    expect(bench.seen.logs.join()).toMatch(
      /info: The checkpoint is kept as sha256:[0-9a-f]{64}; give it as resume_from_checkpoint/,
    );
  });
});

describe("hostile output", () => {
  test("noise on stdout is logged, events of no known shape too, and the run goes on", async () => {
    const trained = await train(`
      console.log("Downloading shards: 10%"); console.log("{not json"); console.log("[1]"); console.log("null"); console.log('{"type":"result"}');
      console.log('{"type":"progress","current":"many"}'); console.log('{"type":"exec","command":"rm"}');
      ${TRAINS}`);
    expect(trained["steps"]).toBe(2);
    expect(bench.seen.logs.filter((line) => line.startsWith("warning: "))).toHaveLength(7);
  });

  test("numbers that are none never become metrics", async () => {
    await train(`
      emit({ type: "metric", step: 1, values: { loss: 1, text: "x", deep: { a: 1 }, nothing: null } });
      console.log('{"type":"metric","step":2,"values":{"loss":1e999}}');
      console.log('{"type":"metric","step":3,"values":{"loss":NaN}}');
      ${TRAINS}`);
    expect(bench.seen.metrics).toEqual([{ loss: 1 }, { loss: 2.5 }]);
  });

  test("a flood is cut: lines in length, logs in number", async () => {
    await train(
      `console.error("x".repeat(50000)); for (let line = 0; line < 7000; line++) console.error("noise"); ${TRAINS}`,
    );
    expect(bench.seen.logs.length).toBe(5001);
    expect(Math.max(...bench.seen.logs.map((line) => line.length))).toBeLessThan(2100);
    expect(bench.seen.logs.at(-1)).toContain("the rest is not kept");
  });

  test.each(["../../escape", "/etc", ".", "missing", "link"])("an output at %j is refused", async (path) => {
    const failing = train(`
      write("model/model.safetensors", "w");
      fs.symlinkSync("/etc", spec.output_dir + "/link");
      emit({ type: "artifact", port: "model", kind: "model", path: ${JSON.stringify(path)} });
      emit({ type: "result", values: { train_loss: 1, steps: 1, parameters: 1 } });`);
    await expect(failing).rejects.toMatchObject({
      code: "WORKER_FAILED",
      message: expect.stringContaining("not in its output folder"),
    });
    expect(bench.models.versions).toEqual([]);
  });

  test("an output of another kind, or none at all, is refused", async () => {
    const result = `emit({ type: "result", values: { train_loss: 1, steps: 1, parameters: 1 } });`;
    await expect(
      train(
        `write("m/x", ""); emit({ type: "artifact", port: "model", kind: "model.adapter", path: "m" }); ${result}`,
      ),
    ).rejects.toMatchObject({ code: "WORKER_FAILED", message: expect.stringContaining("`model.adapter`") });
    await bench.remove();
    await expect(train(result)).rejects.toMatchObject({
      code: "WORKER_FAILED",
      message: "The worker gave no `model`.",
    });
  });
});

describe("the environment", () => {
  const input = async () => ({ dataset: await bench.dataset(ROWS) });

  test("an env artifact that names no Python, or one that is gone, says how to make it again", async () => {
    bench = await createBench();
    const empty = await bench.artifacts.put({ "env.json": "{}" }, { kind: "env" });
    await expect(bench.run("train", { ...(await input()), env: empty })).rejects.toMatchObject({
      code: "ENV_FAILED",
      message: expect.stringContaining("create_env"),
    });
    const gone = await bench.fakePython(TRAINS);
    const { python } = JSON.parse(
      new TextDecoder().decode(await bench.artifacts.read(gone.digest, "env.json")),
    );
    await rm(python);
    await expect(bench.run("train", { ...(await input()), env: gone })).rejects.toMatchObject({
      code: "ENV_FAILED",
      message: expect.stringContaining("lost its Python"),
    });
  });

  test("without env, a Python that is not there or lacks libraries says to add a create_env step", async () => {
    bench = await createBench({ python: "/nonexistent/python3" });
    await expect(bench.run("train", await input())).rejects.toMatchObject({
      code: "PYTHON_NOT_FOUND",
      message: expect.stringMatching(/TRAINYARD_PYTHON.*create_env/),
    });
    const bare = join(bench.folder, "bare-python");
    await writeFile(bare, `#!/bin/sh\necho '{"python":"3.11.2","torch":"2.13.0"}'\n`, { mode: 0o755 });
    const lacking = await createBench({ python: bare, environment: { PATH: "/usr/bin:/bin" } });
    await expect(lacking.run("train", { dataset: await lacking.dataset(ROWS) })).rejects.toMatchObject({
      code: "LIBRARY_MISSING",
      message: expect.stringContaining("Add a create_env step"),
      data: {
        packages: ["transformers", "trl", "peft", "datasets", "accelerate", "tokenizers", "safetensors"],
      },
    });
    await lacking.remove();
  });
});
