import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { emptyFolder, projectFolder, runCli, writeWorkflow } from "./support/cli.ts";

async function refused(steps: object): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const cwd = await projectFolder();
  return runCli("trainyard", ["run", await writeWorkflow(cwd, steps), "--yes"], { cwd });
}

test("malformed JSON is refused with its line and column", async () => {
  const cwd = await projectFolder();
  await writeFile(join(cwd, "bad.json"), '{\n  "steps": {,}\n}');
  const { code, stderr } = await runCli("trainyard", ["run", "bad.json"], { cwd });
  expect(code).toBe(4);
  expect(stderr).toMatch(/`bad\.json` is not valid JSON: .*line 2, column 13/);
});

test("a missing file is refused by name", async () => {
  const { code, stderr } = await runCli("trainyard", ["run", "--plan", "nowhere.json"], {
    cwd: await projectFolder(),
  });
  expect(code).toBe(4);
  expect(stderr).toContain("`nowhere.json` does not exist");
});

test("JSON that is no workflow is refused with what it lacks", async () => {
  const cwd = await projectFolder();
  await writeFile(join(cwd, "odd.json"), '{"stepz": {}}');
  const { code, stderr } = await runCli("trainyard", ["run", "odd.json"], { cwd });
  expect(code).toBe(4);
  expect(stderr).toContain("stepz");
});

test("an unknown tool is refused with the nearest one", async () => {
  const { code, stderr } = await refused({ one: { tool: "count_pu", input: { steps: 1 } } });
  expect(code).toBe(4);
  expect(stderr).toContain("Did you mean `count_up`?");
});

test("a cycle is refused with its path", async () => {
  const steps = {
    a: { tool: "count_up", input: { steps: { $from: "b.last" } } },
    b: { tool: "count_up", input: { steps: { $from: "a.last" } } },
  };
  const { code, stderr } = await refused(steps);
  expect(code).toBe(4);
  expect(stderr).toContain("a → b → a");
});

test("a full disk fails the run, says so, and leaves no half-written artifact", async () => {
  const cwd = await projectFolder();
  const steps = {
    model: { tool: "make_model", input: { name: "kept", weights: "1" } },
    full: { tool: "fill_disk", needs: ["model"] },
  };
  const { code, stderr, stdout } = await runCli(
    "trainyard",
    ["run", await writeWorkflow(cwd, steps), "--yes"],
    { cwd },
  );
  expect(code).toBe(6);
  expect(stderr).toContain("The disk is full");
  expect(stdout).toMatch(/✗ full: The disk is full/);
  expect(await readdir(join(cwd, ".trainyard", "tmp"))).toEqual([]);
});

test("a dataset with the wrong columns fails with the columns it has", async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, "rows.jsonl"), '{"colour":"red","weight":3}\n');
  const file = await writeWorkflow(cwd, { data: { tool: "load_dataset", input: { path: "rows.jsonl" } } });
  const { code, stderr } = await runCli("trainyard", ["run", file, "--yes"], { cwd });
  expect(code).toBe(4);
  expect(stderr).toContain("colour");
});

test("a model that does not exist stops a run before anything is trained", async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, "rows.jsonl"), '{"prompt":"a","completion":"b"}\n');
  const steps = {
    data: { tool: "load_dataset", input: { path: "rows.jsonl" } },
    tune: { tool: "finetune", input: { model: "./no-such-model", dataset: { $from: "data.train" } } },
  };
  const { code, stderr } = await runCli("trainyard", ["run", await writeWorkflow(cwd, steps), "--yes"], {
    cwd,
  });
  expect([4, 5]).toContain(code);
  expect(stderr).toContain("no-such-model");
});

test("no Python is an error of the environment that names the fix", async () => {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, "empty-path"));
  const file = await writeWorkflow(cwd, { env: { tool: "create_env", input: {} } });
  const env = { PATH: join(cwd, "empty-path"), TRAINYARD_CACHE: join(cwd, "cache"), TRAINYARD_PYTHON: "" };
  const { code, stderr } = await runCli("trainyard", ["run", file, "--yes"], { cwd, env });
  expect(code).toBe(6);
  expect(stderr).toMatch(/Python/);
  const doctor = await runCli("trainyard", ["doctor"], { cwd, env });
  expect(doctor.code).toBe(6);
  expect(doctor.stdout).toMatch(/fail +python +not found/);
});

test("a busy port is refused by number", async () => {
  const busy = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void busy.close());
  await once(busy, "listening");
  const { port } = busy.address() as AddressInfo;
  const { code, stderr } = await runCli("mcp-server", ["--port", String(port)], {
    cwd: await projectFolder(),
  });
  expect(code).toBe(7);
  expect(stderr).toContain(String(port));
});

test("a configuration that cannot be used is refused by file and field", async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, "trainyard.config.mjs"), "export default { plugin: [] };\n");
  const { code, stderr } = await runCli("trainyard", ["status"], { cwd });
  expect(code).toBe(4);
  expect(stderr).toMatch(/trainyard\.config\.mjs` sets `plugin`.*plugins/);
});

test.each([
  ["lies under a file", "file/home", "file/home"],
  ["is a file", "file", "file"],
  ["has a file in place of a folder", "odd", "odd/gateways"],
  ["lies where no folder can be made", "/sys/home", "/sys/home"],
  ["lies where Node never returns from making one", "/proc/home", "/proc/home"],
])("a home that %s is an error of the environment that names it and the fix", async (_how, home, named) => {
  const cwd = await projectFolder();
  await writeFile(join(cwd, "file"), "");
  await mkdir(join(cwd, "odd"));
  await writeFile(join(cwd, "odd", "gateways"), "");
  const { code, stdout, stderr } = await runCli("trainyard", ["status", "--json"], {
    cwd,
    env: { TRAINYARD_HOME: resolve(cwd, home) },
  });
  expect(code).toBe(6);
  expect(JSON.parse(stdout).error.code).toBe("STORE_UNAVAILABLE");
  expect(stderr).toContain(`The state folder ${resolve(cwd, named)} cannot be written`);
  expect(stderr).toContain("Set TRAINYARD_HOME to a folder that can be written.");
});
