import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord } from "@trainyard/core";
import { expect, test } from "vitest";
import { renderLeafOutputs } from "../src/summary/leaf-outputs.ts";
import { plain } from "../src/text/palette.ts";
import { emptyFolder, projectFolder, runCli, writeWorkflow } from "./support/cli.ts";

test("scores stand in the order of the workflow, the first being what the others are measured by", async () => {
  const cwd = await projectFolder();
  const model = (name: string, weights: string) => ({ tool: "make_model", input: { name, weights } });
  const score = (step: string) => ({ tool: "score", input: { model: { $from: `${step}.model` } } });
  const file = await writeWorkflow(cwd, {
    plain: model("plain", "0123456789"),
    adapted: model("adapted", "01234"),
    z_eval_plain: score("plain"),
    a_eval_adapted: score("adapted"),
  });
  const { code, stdout } = await runCli("mcp-agent", [file, "--yes"], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/plain +10\.0 +20\.0 +10 B +base\nadapted +5\.0 +10\.0 +5 B +EM −5\.0/);
  const looked = await runCli("trainyard", ["status"], { cwd });
  expect(looked.stdout).toMatch(/plain .* base\nadapted .* EM −5\.0/);
});

test("the step that failed first gives the exit status and comes first", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, {
    a_late: { tool: "fail", input: { afterMs: 1500, code: "TOOL_FAILED" } },
    z_soon: { tool: "fail", input: { afterMs: 10, code: "DATASET_INVALID" } },
  });
  const { code, stdout } = await runCli("mcp-agent", [file, "--yes"], { cwd });
  expect(code).toBe(4);
  expect(stdout).toMatch(/✗ z_soon: It broke after 10 ms\.[^✗]*✗ a_late/);
});

test("a failed run says where to look: the step, its logs, and the files it left", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, {
    broken: { tool: "fail", input: { afterMs: 1, code: "TOOL_FAILED" } },
  });
  const { code, stdout } = await runCli("mcp-agent", [file, "--yes"], { cwd });
  expect(code).toBe(1);
  const [, logs, folder] =
    /✗ broken: It broke after 1 ms\.\n {2}Logs: +trainyard (logs [0-9a-f]{8} broken)\n {2}Files: +(\S+)\n/.exec(
      stdout,
    )!;
  expect(await readFile(join(folder!, "trace.txt"), "utf8")).toBe("here");
  expect(await runCli("trainyard", logs!.split(" "), { cwd })).toMatchObject({ code: 0 });
  const [runId] = await readdir(join(cwd, ".trainyard", "runs"));
  expect(folder).toContain(runId);
  const looked = await runCli("trainyard", ["status"], { cwd });
  expect(looked.stdout).toContain(`Files:  ${folder}`);
});

test("what the last steps gave is shown, at the end and in the status", async () => {
  const cwd = await projectFolder();
  const file = await writeWorkflow(cwd, {
    first: { tool: "count_up", input: { steps: 7 } },
    second: { tool: "count_up", input: { steps: { $from: "first.last" } } },
    broken: { tool: "need_much", input: {} },
  });
  const { stdout } = await runCli("mcp-agent", [file, "--yes", "--force"], { cwd });
  const looked = await runCli("trainyard", ["status"], { cwd });
  for (const text of [stdout, looked.stdout]) {
    expect(text).toContain("\n\nsecond\n  last  7\n\n");
    expect(text).toContain("\n\nbroken\n  done  true\n\n");
    expect(text).not.toMatch(/^first\n/m);
  }
});

test("a dataset that is loaded alone is shown by its rows, its columns and its format", async () => {
  const cwd = await emptyFolder();
  const rows = [1, 2, 3].map((row) => JSON.stringify({ prompt: `ask ${row}`, completion: `say ${row}` }));
  await writeFile(join(cwd, "rows.jsonl"), rows.join("\n"));
  const file = await writeWorkflow(cwd, { data: { tool: "load_dataset", input: { path: "rows.jsonl" } } });
  const { stdout } = await runCli("mcp-agent", [file, "--yes"], { cwd });
  expect(stdout).toMatch(/\ndata\n {2}rows +train 2, validation 1\n {2}columns +prompt, completion\n/);
  expect(stdout).toMatch(/\n {2}format +\S+\n/);
});

test("fields are few, short and on one line; scored models are told of in their table alone", () => {
  const outputs = {
    text: `a\u001b[2J\n${"x".repeat(200)}`,
    deep: { deep: { deep: 1 } },
    nothing: null,
    ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, index])),
  };
  const steps = [{ stepId: "one", tool: "t", status: "succeeded", attempt: 1, outputs }] as const;
  const run = { spec: { steps: { one: { tool: "t", input: {} } } } } as unknown as RunRecord;
  const [block] = renderLeafOutputs(run, steps, new Set(), plain);
  const lines = block!.split("\n");
  expect(lines).toHaveLength(9);
  expect(lines[1]).toBe(`  text  a ${"x".repeat(77)}…`);
  expect(block).not.toMatch(/deep|nothing/);
  expect(renderLeafOutputs(run, steps, new Set(["one"]), plain)).toEqual([]);
});
