import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { emptyFolder, projectFolder, runCli, startCli, writeWorkflow } from "./support/cli.ts";

interface StartedJob {
  readonly cwd: string;
  readonly running: ReturnType<typeof startCli>;
  readonly pid: number;
}

async function startJob(input: object = {}): Promise<StartedJob> {
  const cwd = await projectFolder();
  const pidFile = join(cwd, "pid");
  const file = await writeWorkflow(cwd, { job: { tool: "run_job", input: { pidFile, ...input } } });
  const running = startCli("mcp-agent", [file, "--yes"], { cwd });
  await running.saw(/job is up/);
  const pid = Number(await readFile(pidFile, "utf8"));
  onTestFinished(() => void (isAlive(pid) && process.kill(pid, "SIGKILL")));
  return { cwd, running, pid };
}

/** A process that has ended may stay a zombie until its parent looks. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync("/proc/self/stat")) return true;
  const state = /^State:\s+(\w)/m.exec(readStatus(pid))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

function readStatus(pid: number): string {
  try {
    return String(process.getBuiltinModule("node:fs").readFileSync(`/proc/${pid}/status`));
  } catch {
    return "";
  }
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops a run gracefully and leaves no process",
  async (signal) => {
    const { cwd, running, pid } = await startJob();
    running.child.kill(signal);
    const { code, stderr, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping, writing a checkpoint; again to kill");
    expect(stdout).toContain("cancelled");
    expect(isAlive(pid)).toBe(false);
    const status = await runCli("trainyard", ["status", "--json"], { cwd });
    expect(JSON.parse(status.stdout)).toMatchObject({
      run: { status: "cancelled" },
      steps: [{ status: "cancelled" }],
    });
    expect(await readdir(join(cwd, ".trainyard", "gateways"))).toEqual([]);
  },
);

test("a second Ctrl-C ends a job that does not heed the first", async () => {
  const { running, pid } = await startJob({ ignoreTerm: true });
  running.child.kill("SIGINT");
  await running.saw(/again to kill/);
  // Signals within half a second count as one keypress.
  await new Promise((resolve) => void setTimeout(resolve, 700));
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(isAlive(pid)).toBe(false);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s while it is checked what a run needs ends at once",
  async (signal) => {
    const cwd = await projectFolder();
    const startedFile = join(cwd, "started");
    const file = await writeWorkflow(cwd, { slow: { tool: "ponder", input: { startedFile } } });
    const running = startCli("mcp-agent", [file, "--yes"], { cwd });
    await expect.poll(() => existsSync(startedFile), { timeout: 60_000 }).toBe(true);
    const stoppedAt = Date.now();
    running.child.kill(signal);
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Stopped");
    expect(Date.now() - stoppedAt).toBeLessThan(30_000);
    expect(await readdir(join(cwd, ".trainyard", "gateways"))).toEqual([]);
    expect(await readdir(join(cwd, ".trainyard", "runs")).catch(() => [])).toEqual([]);
  },
);

test("Ctrl-C while an environment is made leaves no process and no half of an environment", async () => {
  const cwd = await emptyFolder();
  const [python, pidFile, cache] = ["python", "pid", "cache"].map((name) => join(cwd, name)) as [
    string,
    string,
    string,
  ];
  // It answers what it is and then takes for ever.
  const facts = { executable: python, version: "3.12.1", platform: "test", packages: [] };
  const script = `case "$*" in *venv*) echo $$ > "${pidFile}"; echo up; exec sleep 600;; esac\n`;
  await writeFile(python, `#!/bin/sh\n${script}echo 'TRAINYARD${JSON.stringify(facts)}'\n`, { mode: 0o755 });
  const file = await writeWorkflow(cwd, { env: { tool: "create_env", input: { stack: "none" } } });
  const env = { PATH: "/usr/bin:/bin", TRAINYARD_PYTHON: python, TRAINYARD_CACHE: cache };
  const running = startCli("mcp-agent", [file, "--yes"], { cwd, env });
  await expect.poll(() => readFile(pidFile, "utf8").catch(() => ""), { timeout: 60_000 }).toMatch(/\d\n/);
  const pid = Number(await readFile(pidFile, "utf8"));
  expect(isAlive(pid)).toBe(true);
  running.child.kill("SIGINT");
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(isAlive(pid)).toBe(false);
  const left = (await readdir(join(cache, "envs"))).filter((name) => !name.endsWith(".lock"));
  expect(left).toEqual([]);
});

test("a run of another command is stopped with `cancel`", async () => {
  const { cwd, running, pid } = await startJob();
  const cancelled = await runCli("trainyard", ["cancel", "latest"], { cwd });
  expect(cancelled).toMatchObject({ code: 0 });
  expect(cancelled.stdout).toContain("is cancelled");
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(isAlive(pid)).toBe(false);
});

test("a server serves the commands of its folder and takes its address back when it stops", async () => {
  const cwd = await projectFolder();
  const server = startCli("mcp-server", ["--port", "0"], { cwd });
  await server.saw(/Ctrl-C stops it/);
  const file = join(cwd, ".trainyard", "server.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { url } = JSON.parse(await readFile(file, "utf8")) as { readonly url: string };
  const workflow = await writeWorkflow(cwd, { count: { tool: "count_up", input: { steps: 2 } } });
  expect(await runCli("mcp-agent", [workflow, "--yes"], { cwd })).toMatchObject({ code: 0 });
  const elsewhere = await projectFolder();
  const status = await runCli("trainyard", ["status", "--json", "--server", url], { cwd: elsewhere });
  expect(JSON.parse(status.stdout)).toMatchObject({ run: { status: "succeeded" } });
  expect(existsSync(join(elsewhere, ".trainyard"))).toBe(false);
  const second = await runCli("mcp-server", ["--port", "0"], { cwd });
  expect(second.code).toBe(6);
  expect(second.stderr).toContain(url);
  server.child.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0 });
  expect(existsSync(file)).toBe(false);
});

test("logs --follow ends with the run", async () => {
  const cwd = await projectFolder();
  const server = startCli("mcp-server", ["--port", "0"], { cwd });
  await server.saw(/Ctrl-C stops it/);
  const workflow = await writeWorkflow(cwd, {
    count: { tool: "count_up", input: { steps: 20, pauseMs: 100 } },
  });
  const run = startCli("mcp-agent", [workflow, "--yes"], { cwd });
  await run.saw(/red alert/);
  const logs = await runCli("trainyard", ["logs", "latest", "--follow"], { cwd });
  expect(logs).toMatchObject({ code: 0 });
  expect(logs.stdout).toContain("red alert");
  expect(await run.ended).toMatchObject({ code: 0 });
});
