import { expect, test } from "vitest";
import { projectFolder, runCli, writeWorkflow } from "./support/cli.ts";

test("where nothing was logged the logs say so, and where to look instead", async () => {
  const cwd = await projectFolder();
  const model = { tool: "make_model", input: { name: "kept", weights: "1" } };
  const first = await writeWorkflow(cwd, { made: model });
  const { stdout } = await runCli("mcp-agent", [first, "--yes"], { cwd });
  const [, origin] = /trainyard status ([0-9a-f]{8})/.exec(stdout)!;
  const second = await writeWorkflow(cwd, {
    taken: model,
    broken: { tool: "fail", input: { afterMs: 1, code: "TOOL_FAILED" } },
  });
  await runCli("mcp-agent", [second, "--yes"], { cwd });
  const all = await runCli("trainyard", ["logs", "latest"], { cwd });
  expect(all).toMatchObject({ code: 0, stdout: "" });
  expect(all.stderr).toContain("nothing was logged\n");
  expect(all.stderr).toContain(`taken cached from run ${origin}: trainyard logs ${origin} made\n`);
  expect(all.stderr).toContain("broken failed: It broke after 1 ms.\n");
  const one = await runCli("trainyard", ["logs", "latest", "taken"], { cwd });
  expect(one.stderr).not.toContain("broken");
  const plain = await runCli("trainyard", ["logs", origin!], { cwd });
  expect(plain).toEqual({ code: 0, stdout: "", stderr: "nothing was logged\n" });
});
