import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type AnyTool, artifact, defineTool, type RunEvent, TrainyardError } from "@trainyard/core";
import { benchWith, isAlive, typesOf } from "./workbench.ts";

const add = defineTool({
  name: "add",
  description: "Add numbers.",
  input: z.object({ terms: z.array(z.number()) }),
  output: z.object({ sum: z.number() }),
  run: ({ terms }) => ({ sum: terms.reduce((a, b) => a + b, 0) }),
});

const write = defineTool({
  name: "write",
  description: "Store a text.",
  cache: true,
  input: z.object({ text: z.string() }),
  output: z.object({ file: artifact("text") }),
  run: async ({ text }, { artifacts }) => ({
    file: await artifacts.put({ "text.txt": text }, { kind: "text" }),
  }),
});

const read = defineTool({
  name: "read",
  description: "Read a text.",
  input: z.object({ file: artifact("text") }),
  output: z.object({ text: z.string() }),
  run: async ({ file }, { artifacts }) => ({
    text: new TextDecoder().decode(await artifacts.read(file.digest, "text.txt")),
  }),
});

const fail = defineTool({
  name: "fail",
  description: "Fail.",
  input: z.object({ code: z.string().default("TOOL_FAILED") }),
  output: z.object({ never: z.number().optional() }),
  run: () => {
    throw new TrainyardError("JOB_FAILED", "it broke");
  },
});

describe("executor", () => {
  it("lets outputs and artifacts flow along references", async () => {
    const { executor, store } = await benchWith([add, write, read]);
    const run = await executor.start({
      steps: {
        total: { tool: "add", input: { terms: [{ $from: "first.sum" }, 10] } },
        first: { tool: "add", input: { terms: [1, 2] } },
        kept: { tool: "write", input: { text: "héllo" } },
        back: { tool: "read", input: { file: { $from: "kept.file" } } },
      },
    });
    expect((await run.done).status).toBe("succeeded");
    const steps = await store.runs.steps(run.runId);
    expect(steps.find((step) => step.stepId === "total")?.outputs).toEqual({ sum: 13 });
    expect(steps.find((step) => step.stepId === "back")?.outputs).toEqual({ text: "héllo" });
  });

  it("writes each start before it acts and numbers events without gaps", async () => {
    const { executor, events, store } = await benchWith([
      defineTool({
        name: "peek",
        description: "Look at the log from inside a step.",
        input: z.object({}),
        output: z.object({ started: z.boolean() }),
        run: async (_input, { runId, stepId }) => ({
          started: typesOf(await store.runs.events(runId), stepId).includes("step-start"),
        }),
      }),
    ]);
    const run = await executor.start({ steps: { look: { tool: "peek" } } });
    await run.done;
    const log = await events(run.runId);
    expect(log.find((event) => event.type === "step-end")).toMatchObject({ outputs: { started: true } });
    expect(log.map((event) => event.seq)).toEqual(log.map((_event, index) => index + 1));
    expect(log.map((event) => event.type)).toEqual([
      "run-start",
      "step-queue",
      "step-start",
      "step-end",
      "run-end",
    ]);
  });

  it("runs independent steps at the same time, never more than `concurrency`", async () => {
    let running = 0;
    let most = 0;
    const meet = Promise.withResolvers<void>();
    const crowd = defineTool({
      name: "crowd",
      description: "Wait until two are here.",
      input: z.object({}),
      output: z.object({}),
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        if (running === 2) meet.resolve();
        await meet.promise;
        running -= 1;
        return {};
      },
    });
    const { executor } = await benchWith([crowd], { concurrency: 2 });
    const steps = Object.fromEntries(
      Array.from({ length: 5 }, (_, index) => [`s${index}`, { tool: "crowd" }]),
    );
    const run = await executor.start({ steps });
    expect((await run.done).status).toBe("succeeded");
    expect(most).toBe(2);
  });

  it("skips what depends on a failed step and goes on with the rest", async () => {
    const { executor, store } = await benchWith([add, fail]);
    const run = await executor.start({
      steps: {
        broken: { tool: "fail" },
        below: { tool: "add", input: { terms: [1] }, needs: ["broken"] },
        far: { tool: "add", input: { terms: [{ $from: "below.sum" }] } },
        beside: { tool: "add", input: { terms: [1] } },
      },
    });
    expect((await run.done).status).toBe("failed");
    const steps = new Map((await store.runs.steps(run.runId)).map((step) => [step.stepId, step]));
    expect(steps.get("broken")).toMatchObject({
      status: "failed",
      error: { code: "JOB_FAILED", message: "it broke" },
    });
    expect([steps.get("below")?.status, steps.get("far")?.status, steps.get("beside")?.status]).toEqual([
      "skipped",
      "skipped",
      "succeeded",
    ]);
  });

  it("tries again as its policy says, with an empty working directory each time", async () => {
    const { readdir, writeFile } = await import("node:fs/promises");
    const seen: string[][] = [];
    const flaky = defineTool({
      name: "flaky",
      description: "Fail twice.",
      input: z.object({}),
      output: z.object({ attempt: z.number() }),
      run: async (_input, { attempt, workdir }) => {
        seen.push(await readdir(workdir));
        await writeFile(`${workdir}/left.txt`, "x");
        if (attempt < 3) throw new Error(`try ${attempt}`);
        return { attempt };
      },
    });
    const { executor, events } = await benchWith([flaky]);
    const run = await executor.start({
      steps: { s: { tool: "flaky", retry: { maxAttempts: 3, delayMs: 1 } } },
    });
    expect((await run.done).status).toBe("succeeded");
    expect(typesOf(await events(run.runId), "s")).toEqual([
      "step-queue",
      "step-start",
      "step-retry",
      "step-start",
      "step-retry",
      "step-start",
      "step-end",
    ]);
    expect(seen).toEqual([[], [], []]);
  });

  it("ends a step that takes too long, with its process", async () => {
    const { executor, store, runtime } = await benchWith([jobTool("setInterval(() => {}, 1000)")]);
    const run = await executor.start({ steps: { slow: { tool: "job", timeoutMs: 700 } } });
    expect((await run.done).status).toBe("failed");
    const [step] = await store.runs.steps(run.runId);
    expect(step?.error?.code).toBe("TIMEOUT");
    const handle = await runtime.attach(step!.job!.jobId);
    expect(await handle!.wait()).toMatchObject({ signal: "SIGTERM" });
  });

  it("cancels down to the child process, persists the handle, and calls nothing cancelled that lives", async () => {
    const { executor, store, events } = await benchWith([
      jobTool("console.log('up'); setInterval(() => {}, 1000)"),
    ]);
    const run = await executor.start({
      steps: { long: { tool: "job" }, next: { tool: "job", needs: ["long"] } },
    });
    for await (const event of executor.watch(run.runId)) if (event.type === "step-log") break;
    const pid = Number((await store.runs.steps(run.runId))[0]!.job!.handle["pid"]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    const record = await executor.cancel(run.runId, "enough");
    expect(record.status).toBe("cancelled");
    expect(isAlive(pid)).toBe(false);
    const log = await events(run.runId);
    expect(log.find((event) => event.type === "run-cancel")).toMatchObject({ reason: "enough" });
    expect((await store.runs.steps(run.runId)).map((step) => step.status)).toEqual([
      "cancelled",
      "cancelled",
    ]);
  });

  it("takes a cached result only while its artifacts are there and only for equal input", async () => {
    let calls = 0;
    const counted: AnyTool = { ...write, run: (input, context) => ((calls += 1), write.run(input, context)) };
    const { executor, store, home } = await benchWith([counted]);
    const spec = { steps: { kept: { tool: "write", input: { text: "same" } } } };
    const first = await executor.start(spec);
    await first.done;
    const again = await executor.start(spec);
    await again.done;
    expect(calls).toBe(1);
    const [step] = await store.runs.steps(again.runId);
    expect(step).toMatchObject({ status: "cached", cachedFrom: first.runId });
    await (
      await executor.start(spec, { cache: false })
    ).done;
    await (
      await executor.start(spec, { principal: "somebody" })
    ).done;
    expect(calls).toBe(3);
    const { rm } = await import("node:fs/promises");
    await rm(`${home}/blobs`, { recursive: true });
    await (
      await executor.start(spec)
    ).done;
    expect(calls).toBe(4);
  });

  it("refuses an output the schema does not know", async () => {
    const liar: AnyTool = { ...add, run: () => ({ sum: "many" }) as never };
    const { executor, store } = await benchWith([liar]);
    const run = await executor.start({ steps: { s: { tool: "add", input: { terms: [] } } } });
    await run.done;
    expect((await store.runs.steps(run.runId))[0]?.error).toMatchObject({
      code: "OUTPUT_INVALID",
      message: expect.stringContaining("`sum`"),
    });
  });

  it("says which output was missing when a reference leads nowhere", async () => {
    const { executor, store } = await benchWith([add, fail, { ...fail, name: "quiet", run: () => ({}) }]);
    const run = await executor.start({
      steps: { a: { tool: "quiet" }, b: { tool: "add", input: { terms: [{ $from: "a.never" }] } } },
    });
    await run.done;
    expect((await store.runs.steps(run.runId))[1]?.error?.message).toContain("needs `a.never`");
  });

  it("lets a watcher start anywhere and see each event once, before and after the end", async () => {
    const { executor } = await benchWith([add]);
    const run = await executor.start({
      steps: {
        a: { tool: "add", input: { terms: [] } },
        b: { tool: "add", input: { terms: [] }, needs: ["a"] },
      },
    });
    const live: RunEvent[] = [];
    for await (const event of executor.watch(run.runId)) live.push(event);
    const late: RunEvent[] = [];
    for await (const event of executor.watch(run.runId, { afterSeq: 3 })) late.push(event);
    expect(live.at(-1)?.type).toBe("run-end");
    expect(late).toEqual(live.slice(3));
    for await (const event of executor.watch(run.runId, { afterSeq: 10_000 })) expect.unreachable(event.type);
    await expect(executor.watch("nobody")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
    });
  });

  it("ends a run whose log cannot be written, and stops its process", async () => {
    let pid = 0;
    let broken = false;
    const { executor } = await benchWith(
      [jobTool("console.log('up'); setInterval(() => {}, 1000)", (value) => (pid = value))],
      {
        runs: (runs) => ({
          ...runs,
          append: async (lease, events) => {
            if (broken) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
            return await runs.append(lease, events);
          },
        }),
      },
    );
    const run = await executor.start({ steps: { s: { tool: "job" } } });
    for await (const event of executor.watch(run.runId)) {
      if (event.type !== "step-log") continue;
      broken = true;
      break;
    }
    expect(await executor.cancel(run.runId).catch((error: unknown) => error)).toBeTruthy();
    const record = await run.done;
    expect(record).toMatchObject({ status: "failed", error: { code: "DISK_FULL" } });
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it("refuses a workflow that does not compile with every problem, before anything is written", async () => {
    const { executor, store } = await benchWith([add]);
    const refused = executor.start({
      steps: { a: { tool: "ad" }, b: { tool: "add", input: { terms: "no" } } },
    });
    await expect(refused).rejects.toMatchObject({
      code: "WORKFLOW_INVALID",
      data: { problems: { length: 2 } },
    });
    expect(await store.runs.runs()).toEqual([]);
  });

  it("cancels a run whose gateway is gone, and its orphaned job", async () => {
    const { executor, store, runtime, home } = await benchWith([jobTool("")]);
    const job = {
      id: "gone.s.1.1",
      command: [process.execPath, "-e", "setInterval(() => {}, 1000)"],
      workdir: home,
    } as const;
    const handle = await runtime.start(job);
    const lease = await store.runs.claim("gone", "dead-gateway", 1);
    await store.runs.append(lease!, [
      {
        type: "run-start",
        principal: "local",
        spec: { name: "w", steps: { s: { tool: "job", input: {}, needs: [] } } },
      },
      { type: "step-queue", stepId: "s", tool: "job" },
      { type: "step-start", stepId: "s", attempt: 1, input: {} },
      { type: "step-job", stepId: "s", attempt: 1, runtime: "process", jobId: job.id, handle: handle.ref },
    ]);
    await expect
      .poll(() =>
        executor.cancel("gone").then(
          ({ status }) => status,
          () => "held",
        ),
      )
      .toBe("cancelled");
    expect(isAlive(Number(handle.ref["pid"]))).toBe(false);
  });
});

function jobTool(code: string, onPid: (pid: number) => void = () => undefined): AnyTool {
  return defineTool({
    name: "job",
    description: "Run JavaScript in a process.",
    input: z.object({}),
    output: z.object({ code: z.number() }),
    run: async (_input, { runtime, workdir, log }) => {
      const handle = await runtime.start({ id: "x", command: [process.execPath, "-e", code], workdir });
      onPid(Number(handle.ref["pid"]));
      for await (const { line } of handle.lines()) log("info", line);
      return { code: (await handle.wait()).code ?? -1 };
    },
  });
}
