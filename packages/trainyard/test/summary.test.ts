import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder, runCli, writeWorkflow } from "./support/cli.ts";

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
