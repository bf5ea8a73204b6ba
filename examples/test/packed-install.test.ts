import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let project: string;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, command: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, TRAINYARD_HOME: join(project, ".trainyard") },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

async function mustRun(cwd: string, command: string, ...args: readonly string[]): Promise<Ended> {
  const ended = await run(cwd, command, ...args);
  if (ended.code !== 0) throw new Error(`${command} ${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

describe("what users install", { timeout: 240_000 }, () => {
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "trainyard-packed-"));
    await mustRun(root, "npm", "run", "--silent", "build");
    await mustRun(root, "npm", "pack", "--silent", "--pack-destination", project, ...published());
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ name: "user", private: true, type: "module" }),
    );
    const tarballs = (await readdir(project))
      .filter((file) => file.endsWith(".tgz"))
      .map((file) => `./${file}`);
    await mustRun(
      project,
      "npm",
      "install",
      "--prefer-offline",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      ...tarballs,
    );
  }, 240_000);

  afterAll(async () => {
    await rm(project, { recursive: true, force: true });
  });

  it("runs the gateway of the reference server", async () => {
    await cp(join(root, "examples/reference-server"), project, {
      recursive: true,
      filter: (path) => !path.endsWith("package.json"),
    });
    const { stdout } = await mustRun(project, process.execPath, "main.ts");
    expect(stdout).toContain("reference-server: ok");
  });

  it("has the commands of the quick start", async () => {
    const bin = join(project, "node_modules/.bin");
    const plan = await mustRun(
      project,
      join(bin, "mcp-agent"),
      "Finetune Llama-2-7b on SQuAD dataset",
      "--plan-only",
      "--json",
    );
    const { spec } = JSON.parse(plan.stdout);
    const tools = Object.values<{ tool: string }>(spec.steps).map((step) => step.tool);
    expect(tools).toEqual(["load_dataset", "load_config", "create_env", "finetune", "evaluate"]);
    expect((await mustRun(project, join(bin, "trainyard"), "--help")).stdout).toContain("trainyard");
    expect((await mustRun(project, join(bin, "mcp-server"), "--help")).stdout).toContain("--port");
  });

  it("runs a job from the packed supervisor", async () => {
    await writeFile(
      join(project, "job.mjs"),
      `import { processRuntime } from "@trainyard/runtime-process";
       const runtime = processRuntime({ stateDir: process.cwd() + "/state" });
       const handle = await runtime.start({ id: "one", command: ["/bin/echo", "hello"], workdir: process.cwd() });
       for await (const { line } of handle.lines()) console.log(line);
       console.log((await handle.wait()).code);
       await runtime.close();`,
    );
    expect((await mustRun(project, process.execPath, "job.mjs")).stdout).toBe("hello\n0\n");
  });

  it("ships the worker and the sample", async () => {
    const modules = join(project, "node_modules/@trainyard");
    expect(await readdir(join(modules, "tools-training/python/trainyard_worker"))).toContain("__main__.py");
    expect(await readdir(join(modules, "tools-utility/samples/qa"))).toContain("plain");
  });
});

function published(): string[] {
  return [
    "core",
    "store-sqlite",
    "store-fs",
    "runtime-process",
    "tools-utility",
    "tools-training",
    "server",
    "client",
    "trainyard",
  ].flatMap((name) => ["--workspace", `packages/${name}`]);
}
