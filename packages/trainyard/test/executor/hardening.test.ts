import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type AnyTool, artifact, defineTool, type RunStore, TrainyardError } from "@trainyard/core";
import { benchWith, isAlive, type Workbench } from "./workbench.ts";

type Run = AnyTool["run"];

function tool(name: string, run: Run, more: Partial<AnyTool> = {}): AnyTool {
  return {
    ...defineTool({
      name,
      description: name,
      input: z.object({}),
      output: z.object({}),
      run: async () => ({}),
    }),
    run,
    ...more,
  };
}

const forever = [process.execPath, "-e", "setInterval(() => {}, 1000)"] as const;

/** A step that runs until its signal aborts. */
const wait = tool("wait", async (_input, { signal }) => {
  await once(signal, "abort");
  return {};
});

async function untilStarted({ executor }: Workbench, runId: string): Promise<void> {
  for await (const event of executor.watch(runId)) if (event.type === "step-start") return;
}

describe("jobs", () => {
  it("that are still starting when their attempt fails are stopped", async () => {
    let pid = 0;
    const hasty = tool("hasty", async (_input, { runtime, workdir }) => {
      void runtime
        .start({ id: "x", command: forever, workdir })
        .then(({ ref }) => (pid = Number(ref["pid"])));
      throw new Error("too late");
    });
    const { executor } = await benchWith([hasty]);
    await (
      await executor.start({ steps: { s: { tool: "hasty" } } })
    ).done;
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it("started side by side have ids of their own, and heed a signal of their own", async () => {
    const pair = tool("pair", async (_input, { runtime, workdir }) => {
      const stop = new AbortController();
      const command = [process.execPath, "-e", ""] as const;
      const handles = await Promise.all([
        runtime.start({ id: "x", command: forever, workdir }, { signal: stop.signal }),
        runtime.start({ id: "x", command, workdir }),
      ]);
      stop.abort();
      const exits = await Promise.all(handles.map((handle) => handle.wait()));
      if (exits[0]?.signal !== "SIGTERM" || exits[1]?.code !== 0) throw new Error(JSON.stringify(exits));
      return {};
    });
    const { executor } = await benchWith([pair]);
    expect((await (await executor.start({ steps: { s: { tool: "pair" } } })).done).error).toBeUndefined();
  });
});

describe("a store that fails for a moment", () => {
  function faulty(fails: (call: "append" | "renew", types: readonly string[]) => boolean) {
    const fault = () => new TrainyardError("STORE_UNAVAILABLE", "busy", { retryable: true });
    return (runs: RunStore): RunStore => ({
      ...runs,
      append: async (lease, events) => {
        if (
          fails(
            "append",
            events.map(({ type }) => type),
          )
        )
          throw fault();
        return await runs.append(lease, events);
      },
    });
  }

  it("does not leave the run running", async () => {
    let left = 1;
    const once = faulty((_call, types) => types.includes("step-start") && left-- > 0);
    const { executor, store } = await benchWith([wait], { runs: once });
    const run = await executor.start({ steps: { s: { tool: "wait" } } });
    expect(await run.done).toMatchObject({ status: "failed", error: { code: "STORE_UNAVAILABLE" } });
    expect(await store.runs.run(run.runId)).toMatchObject({ status: "failed" });
    expect((await store.runs.steps(run.runId))[0]).toMatchObject({ status: "failed" });
  });

  it("has stopped every job when the run is done", async () => {
    let pid = 0;
    let broken = false;
    const job = tool("job", async (_input, { runtime, workdir, log }) => {
      const handle = await runtime.start({ id: "x", command: forever, workdir });
      pid = Number(handle.ref["pid"]);
      broken = true;
      log("info", "this cannot be written");
      await handle.wait();
      return {};
    });
    const { executor } = await benchWith([job], { runs: faulty(() => broken) });
    const run = await executor.start({ steps: { s: { tool: "job" } } });
    await run.done;
    expect(isAlive(pid)).toBe(false);
  });

  it("closes all the same", async () => {
    let broken = false;
    const { executor } = await benchWith([wait], { runs: faulty(() => broken) });
    const runs = await Promise.all([1, 2].map(() => executor.start({ steps: { s: { tool: "wait" } } })));
    broken = true;
    await executor.close();
    expect((await Promise.all(runs.map(({ done }) => done))).map(({ status }) => status)).toEqual([
      "failed",
      "failed",
    ]);
  });
});

describe("cancel", () => {
  it("of a queued run does not wait for others", async () => {
    const bench = await benchWith([wait], { concurrency: 1 });
    const { executor } = bench;
    const first = await executor.start({ steps: { s: { tool: "wait" } } });
    await untilStarted(bench, first.runId);
    const second = await executor.start({ steps: { s: { tool: "wait" } } });
    expect((await executor.cancel(second.runId)).status).toBe("cancelled");
    expect((await bench.store.runs.run(first.runId))?.status).toBe("running");
  });

  it("tells what the tool said of its end", async () => {
    const polite = tool("polite", async (_input, { signal, log }) => {
      log("info", "up");
      await once(signal, "abort");
      throw new TrainyardError("CANCELLED", "stopped", { data: { checkpoint: "checkpoint-3" } });
    });
    const { executor, store } = await benchWith([polite]);
    const run = await executor.start({ steps: { s: { tool: "polite" } } });
    for await (const event of executor.watch(run.runId)) if (event.type === "step-log") break;
    await executor.cancel(run.runId);
    expect((await store.runs.steps(run.runId))[0]).toMatchObject({
      status: "cancelled",
      error: { data: { checkpoint: "checkpoint-3" } },
    });
  });

  it("of an abandoned run writes one end, whoever asks how often", async () => {
    const { executor, store } = await benchWith([wait]);
    const lease = await store.runs.claim("gone", "dead-gateway", 1);
    await store.runs.append(lease!, [
      { type: "run-start", principal: "local", spec: { name: "w", steps: {} } },
    ]);
    await expect
      .poll(() =>
        Promise.all(
          [1, 2, 3].map(() =>
            executor.cancel("gone").then(
              ({ status }) => status,
              () => "held",
            ),
          ),
        ),
      )
      .toEqual(["cancelled", "cancelled", "cancelled"]);
    const types = (await store.runs.events("gone")).map(({ type }) => type);
    expect(types).toEqual(["run-start", "run-cancel", "run-end"]);
  });
});

it("a retry that waits holds no slot", async () => {
  const failing = tool("failing", () => {
    throw new TrainyardError("JOB_FAILED", "again");
  });
  const { executor } = await benchWith([failing, tool("quick", async () => ({}))], { concurrency: 1 });
  const waiting = await executor.start({
    steps: { s: { tool: "failing", retry: { maxAttempts: 2, delayMs: 60_000 } } },
  });
  for await (const event of executor.watch(waiting.runId)) if (event.type === "step-retry") break;
  expect((await (await executor.start({ steps: { s: { tool: "quick" } } })).done).status).toBe("succeeded");
});

it("a start that meets the close is cancelled with it", async () => {
  const { executor } = await benchWith([wait]);
  const starting = executor.start({ steps: { s: { tool: "wait" } } });
  await executor.close();
  expect((await (await starting).done).status).toBe("cancelled");
  await expect(executor.start({ steps: { s: { tool: "wait" } } })).rejects.toMatchObject({
    code: "CANCELLED",
  });
});

it("a damaged artifact is a miss, and running the step again heals it", async () => {
  const make: AnyTool = defineTool({
    name: "make",
    description: "Make.",
    cache: true,
    input: z.object({}),
    output: z.object({ file: artifact("text") }),
    run: async (_input, { artifacts }) => ({
      file: await artifacts.put({ "a.txt": "content" }, { kind: "text" }),
    }),
  });
  const read: AnyTool = defineTool({
    name: "read",
    description: "Read.",
    input: z.object({ file: artifact("text") }),
    output: z.object({ size: z.number() }),
    run: async ({ file }, { artifacts }) => ({
      size: (await artifacts.read(file.digest, "a.txt")).byteLength,
    }),
  });
  const { executor, home } = await benchWith([make, read]);
  const spec = { steps: { m: { tool: "make" }, r: { tool: "read", input: { file: { $from: "m.file" } } } } };
  await (
    await executor.start(spec)
  ).done;
  const files = (await readdir(join(home, "blobs"), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  expect(files).toHaveLength(2);
  for (const { parentPath, name } of files) {
    await rm(join(parentPath, name));
    expect((await (await executor.start(spec)).done).status).toBe("succeeded");
  }
});

it("a tool for containers does not run without isolation", async () => {
  const { executor, store } = await benchWith([tool("boxed", async () => ({}), { isolation: "container" })]);
  const run = await executor.start({ steps: { s: { tool: "boxed" } } });
  await run.done;
  expect((await store.runs.steps(run.runId))[0]?.error).toMatchObject({ code: "RUNTIME_UNAVAILABLE" });
});

it("an output that is no JSON is refused, not lost", async () => {
  const big = tool("big", async () => ({ n: 1n }), { output: z.object({ n: z.any() }) });
  const { executor, store } = await benchWith([big]);
  const run = await executor.start({ steps: { s: { tool: "big" } } });
  await run.done;
  expect((await store.runs.steps(run.runId))[0]?.error).toMatchObject({ code: "OUTPUT_INVALID" });
});

it("metrics are what they were when they were given", async () => {
  const reuse = tool("reuse", async (_input, { metric }) => {
    const values = { loss: 1 };
    metric(values);
    values.loss = 2;
    metric(values);
    return {};
  });
  const { executor, events } = await benchWith([reuse]);
  const run = await executor.start({ steps: { s: { tool: "reuse" } } });
  await run.done;
  const losses = (await events(run.runId)).flatMap((event) =>
    event.type === "step-metric" ? [event.values["loss"]] : [],
  );
  expect(losses).toEqual([1, 2]);
});
