import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "@trainyard/core";
import { expect, test } from "vitest";
import { emptyFolder, projectFolder, runCli, writeWorkflow } from "./support/cli.ts";

const MODEL_STEPS = {
  base: { tool: "make_model", input: { name: "base", weights: "0123456789" } },
  small: { tool: "make_model", input: { name: "small", weights: "01234" }, needs: ["base"] },
  eval_base: { tool: "score", input: { model: { $from: "base.model" } } },
  eval_small: { tool: "score", input: { model: { $from: "small.model" } } },
};

test("a goal is planned over the built-in tools and shown with where each parameter comes from", async () => {
  const cwd = await emptyFolder();
  const { code, stdout } = await runCli(
    "mcp-agent",
    ["Finetune Llama-2-7b on SQuAD dataset", "--plan-only"],
    { cwd },
  );
  expect(code).toBe(0);
  for (const tool of ["load_dataset", "load_config", "create_env", "finetune", "evaluate"])
    expect(stdout).toContain(tool);
  expect(stdout).toContain('goal "Llama-2-7b"');
  expect(stdout).toMatch(/side by side/);
});

test("a plan as JSON can be handed back as a file", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, MODEL_STEPS);
  const planned = await runCli("trainyard", ["plan", "--plan", file, "--json"], { cwd });
  expect(planned.code).toBe(0);
  const again = await runCli("trainyard", ["run", "--plan", "-", "--plan-only"], {
    cwd,
    input: planned.stdout,
  });
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain("eval_small  score       ← small.model → model");
});

test("a goal that leaves something open is refused, naming it", async () => {
  const cwd = await emptyFolder();
  const { code, stderr } = await runCli("mcp-agent", ["Finetune it"], { cwd });
  expect(code).toBe(3);
  expect(stderr).toMatch(/Which model .* For example: /);
});

test("nothing runs without consent", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, MODEL_STEPS);
  const { code, stderr } = await runCli("trainyard", ["run", file], { cwd });
  expect(code).toBe(8);
  expect(stderr).toContain("--yes");
  const runs = await runCli("trainyard", ["status", "--all", "--json"], { cwd });
  expect(JSON.parse(runs.stdout)).toEqual({ runs: [] });
});

test("a run ends with scores, models and the way to look again; the second run takes what is there", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, MODEL_STEPS);
  const first = await runCli("mcp-agent", [file, "--yes"], { cwd });
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/base +10\.0 +20\.0 +10 B +base/);
  expect(first.stdout).toMatch(/small +5\.0 +10\.0 +5 B +EM −5\.0, F1 −10\.0, size ×0\.50/);
  expect(first.stdout).toContain("note: base: tiny random-init demo model");
  expect(first.stdout).toMatch(/trainyard models export small@1 /);
  const [, look] = /trainyard (status [0-9a-f]{8})/.exec(first.stdout)!;
  const second = await runCli("mcp-agent", [file, "--yes", "--json"], { cwd });
  const report = JSON.parse(second.stdout);
  expect(report.run.status).toBe("succeeded");
  expect(report.steps.map((step: { status: string }) => step.status)).toEqual([
    "cached",
    "cached",
    "cached",
    "cached",
  ]);
  expect(report.evaluations[1]).toMatchObject({ model: "small", exactMatch: 5, f1: 10, sizeBytes: 5 });
  const fresh = await runCli("mcp-agent", [file, "--yes", "--json", "--no-cache"], { cwd });
  expect(JSON.parse(fresh.stdout).steps[0].status).toBe("succeeded");
  const looked = await runCli("trainyard", look!.split(" "), { cwd });
  expect(looked.stdout).toMatch(/base +make_model +succeeded/);
});

test("--json-stream prints exactly the events of the run", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, { count: { tool: "count_up", input: { steps: 20 } } });
  const { code, stdout } = await runCli("trainyard", ["run", file, "--yes", "--json-stream"], { cwd });
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]!.type).toBe("run-start");
  expect(events.at(-1)).toMatchObject({ type: "run-end", status: "succeeded" });
  expect(events.filter(({ type }) => type === "step-progress")).toHaveLength(20);
});

test("without a terminal progress is a few plain lines, free of control characters", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, { count: { tool: "count_up", input: { steps: 100 } } });
  const { stderr } = await runCli("trainyard", ["run", file, "--yes"], { cwd });
  const progress = stderr.split("\n").filter((line) => /^ {2}count {2}\d+%/.test(line));
  expect(progress.length).toBeGreaterThanOrEqual(9);
  expect(progress.length).toBeLessThanOrEqual(11);
  expect(progress[0]).toMatch(/\/100 steps .*loss 0\.\d+/);
  expect(stderr).toContain("warning: count: red alert");
  // oxlint-disable-next-line no-control-regex
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});

test("a step that needs more than there is stops a run before it starts", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, { big: { tool: "need_much", input: {} } });
  const dry = await runCli("trainyard", ["run", file, "--dry-run"], { cwd });
  expect(dry.code).toBe(5);
  expect(dry.stdout).toMatch(/rows +3/);
  expect(dry.stdout).toMatch(/big +7 B +28\.0 GB GPU +13\.5 GB +1m 00s – 2m 00s +lacks gpu-memory/);
  expect(dry.stdout).toContain("memory is weights 26.0 GB");
  expect(dry.stderr).toContain("Use qlora (6 GB).");
  const refused = await runCli("trainyard", ["run", file, "--yes", "--json"], { cwd });
  expect(refused.code).toBe(5);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: "RESOURCE_SHORTFALL",
    data: { shortfalls: [{ stepId: "big" }] },
  });
  const forced = await runCli("trainyard", ["run", file, "--yes", "--force"], { cwd });
  expect(forced.code).toBe(0);
  expect(forced.stderr).toContain("forced:");
});

test("a dry run that fits says so and runs nothing", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, MODEL_STEPS);
  expect(await runCli("trainyard", ["run", file, "--dry-run"], { cwd })).toMatchObject({ code: 0 });
  const models = await runCli("trainyard", ["models"], { cwd });
  expect(models.stdout).toContain("no models");
});

test("models are listed, told of, and exported whole", async () => {
  const cwd = await projectFolder();
  await runCli("trainyard", ["run", await writeWorkflow(cwd, MODEL_STEPS), "--yes"], { cwd });
  const list = await runCli("trainyard", ["models"], { cwd });
  expect(list.stdout).toMatch(/small@1 +latest +model +5 B +loss 0\.5/);
  const one = await runCli("trainyard", ["models", "base"], { cwd });
  expect(one.stdout).toMatch(/made by +make_model in run [0-9a-f]{8}, step base, seed 1/);
  const exported = await runCli("trainyard", ["models", "export", "small@1", "out"], { cwd });
  expect(exported.code).toBe(0);
  expect(await readFile(join(cwd, "out", "weights.txt"), "utf8")).toBe("01234");
  const missing = await runCli("trainyard", ["models", "export", "large", "out2"], { cwd });
  expect(missing.code).toBe(4);
  expect(missing.stderr).toContain("trainyard models");
});

test("runs are found by `latest` and by the beginning of their id, and their logs shown", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, { count: { tool: "count_up", input: { steps: 2 } } });
  const { stdout } = await runCli("trainyard", ["run", file, "--yes", "--json"], { cwd });
  const { runId } = JSON.parse(stdout).run as { readonly runId: string };
  const status = await runCli("trainyard", ["status", runId.slice(0, 6), "--json"], { cwd });
  expect(JSON.parse(status.stdout)).toMatchObject({ run: { runId }, steps: [{ stepId: "count" }] });
  const logs = await runCli("trainyard", ["logs", "latest", "count"], { cwd });
  expect(logs.stdout).toMatch(/^\d\d:\d\d:\d\d count warning red alert\n$/);
  const wrong = await runCli("trainyard", ["logs", "latest", "nope"], { cwd });
  expect(wrong).toMatchObject({ code: 2 });
  const unknown = await runCli("trainyard", ["status", "zzz"], { cwd });
  expect(unknown.code).toBe(4);
  expect(unknown.stderr).toContain(runId);
});
