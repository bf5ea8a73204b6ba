import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../src/command-table.ts";
import { emptyFolder, runCli } from "./support/cli.ts";

const RECORDER = `
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => (appendFileSync(process.env.LOADED, url + "\\n"), next(url, context)) });
`;

test.each([
  ["trainyard", ["--help"]],
  ["trainyard", ["run", "--help"]],
  ["mcp-agent", ["--help"]],
  ["mcp-server", ["--version"]],
])("%s %j loads none of the packages", async (program, args) => {
  const cwd = await emptyFolder();
  const [recorder, list] = [join(cwd, "recorder.mjs"), join(cwd, "loaded.txt")];
  await writeFile(recorder, RECORDER);
  const { code, stdout } = await runCli(program, args, {
    cwd,
    env: { LOADED: list },
    nodeArgs: ["--import", recorder],
  });
  expect(code).toBe(0);
  expect(stdout).not.toBe("");
  const loaded = (await readFile(list, "utf8")).split("\n").filter((url) => url && !url.startsWith("node:"));
  const foreign = loaded.filter((url) => !/\/packages\/trainyard\/(bin|src)\//.test(url));
  expect(foreign).toEqual([]);
  expect(loaded.some((url) => url.endsWith("/src/cli.ts"))).toBe(true);
  expect(loaded.some((url) => url.includes("/src/commands/"))).toBe(false);
});

test("help names every command and each command's help every option", async () => {
  const cwd = await emptyFolder();
  const { stdout } = await runCli("trainyard", ["--help"], { cwd });
  for (const { name } of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
  const help = await runCli("trainyard", ["run", "--help"], { cwd });
  for (const { name } of COMMANDS[0]!.options) expect(help.stdout).toContain(`--${name}`);
});

test("a mistyped command or option is refused with the nearest one", async () => {
  const cwd = await emptyFolder();
  const command = await runCli("trainyard", ["statsu"], { cwd });
  expect(command).toMatchObject({ code: 2, stdout: "" });
  expect(command.stderr).toContain("Did you mean `status`?");
  const option = await runCli("mcp-agent", ["goal", "--dry-rum"], { cwd });
  expect(option.code).toBe(2);
  expect(option.stderr).toContain("Did you mean `--dry-run`?");
});

test.each([
  [["run"], /Give a goal/],
  [["run", "goal", "--plan", "x.json"], /not both/],
  [["run", "--plan"], /--plan/],
  [["run", "goal", "--json", "--json-stream"], /leave it out, or `--json`/],
  [["run", "goal", "--plan-only", "--json-stream"], /leave it out, or `--plan-only`/],
  [["run", "goal", "--dry-run", "--json-stream"], /leave it out, or `--dry-run`/],
  [["doctor", "extra"], /`extra` is one word too many for `trainyard doctor`/],
  [["status", "a", "b"], /`b` is one word too many/],
  [["status", "a", "--all"], /not both/],
  [["logs", "a", "b", "c"], /`c` is one word too many/],
  [["cancel", "a", "b"], /`b` is one word too many/],
  [["models", "a", "b"], /not `b`/],
  [["models", "export", "a", "b", "c"], /`c` is one word too many/],
  [["server", "extra"], /`extra` is one word too many/],
  [["logs"], /Which run\?/],
  [["cancel"], /Which run\?/],
  [["models", "export", "name"], /models export NAME/],
  [["server", "--port", "99999"], /no port/],
  [["status", "--server", "nonsense"], /no URL/],
])("%j is refused as wrong usage", async (args, message) => {
  const { code, stderr } = await runCli("trainyard", args, { cwd: await emptyFolder() });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain("    at ");
});

test("mcp-agent without a goal says how it is used, with examples", async () => {
  const { code, stdout, stderr } = await runCli("mcp-agent", [], { cwd: await emptyFolder() });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("Usage: mcp-agent GOAL");
  expect(stderr.match(/^ {2}mcp-agent ".+"/gm)).toHaveLength(2);
  expect(stderr).toContain("mcp-agent --help");
});

test.each(["--json", "--json=true"])("with %s an error is one JSON document on stdout too", async (flag) => {
  const { code, stdout } = await runCli("trainyard", ["run", flag], { cwd: await emptyFolder() });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "USAGE" } });
});

test("a named gateway that does not answer is an error of its own", async () => {
  const { code, stderr } = await runCli("trainyard", ["status", "--server", "http://127.0.0.1:9"], {
    cwd: await emptyFolder(),
  });
  expect(code).toBe(7);
  expect(stderr).toContain("mcp-server");
});
