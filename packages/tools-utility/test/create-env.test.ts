import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRegistry, type Job } from "@trainyard/core";
import { trainingStack, utilityTools } from "@trainyard/tools-utility";
import { describe, expect, onTestFinished, test } from "vitest";
import { acquireLock } from "../src/env/build-lock.ts";
import { onPath } from "../src/env/find-python.ts";
import { chooseInstaller } from "../src/env/installer.ts";
import { hasNvidiaGpu } from "../src/env/install.ts";
import { jobEnvironment, withoutCredentials } from "../src/env/job-environment.ts";
import { createStep, runTool, temporaryFolder } from "./tool-context.ts";

const python = await findUsablePython();
const withPython = test.skipIf(python === undefined);
/** Building an environment takes seconds, or a minute on a busy machine. */
const PATIENCE_MS = 300_000;

async function findUsablePython(): Promise<string | undefined> {
  for (const name of ["python3.11", "python3.12", "python3.13", "python3"]) {
    const path = await onPath(name, process.env);
    try {
      const code = "import sys, venv, ensurepip; assert sys.version_info >= (3, 11); print(sys.executable)";
      if (path)
        return execFileSync(path, ["-c", code], { stdio: ["ignore", "pipe", "ignore"] })
          .toString()
          .trim();
    } catch {
      // Another may do.
    }
  }
  return undefined;
}

/** No index is reachable: packages come from `wheels` alone. */
async function setUp(extra: NodeJS.ProcessEnv = {}) {
  const folder = await temporaryFolder();
  const wheels = join(folder, "wheels");
  await mkdir(wheels);
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: `${wheels} ${join(folder, "nowhere")}`,
    PIP_CONFIG_FILE: "/dev/null",
    TRAINYARD_PYTHON: python,
    ...extra,
  };
  const cacheDir = join(folder, "cache");
  const tool = createRegistry([utilityTools({ env, cacheDir, allowedRoots: [folder] })]).get("create_env");
  const create = async (input: object) => {
    const step = await createStep(folder);
    const output = runTool(tool, { stack: "none", ...input }, step.context);
    return { step, output };
  };
  return { folder, wheels, cacheDir, tool, create };
}

/** Writes a wheel with one empty module. */
function makeWheel(folder: string, name: string, version: string): string {
  const path = join(folder, `${name}-${version}-py3-none-any.whl`);
  const code = `
import sys, zipfile
path, name, version = sys.argv[1:]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(path, "w") as wheel:
    wheel.writestr(f"{name}/__init__.py", "")
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;
  execFileSync(python!, ["-c", code, path, name, version]);
  return path;
}

async function script(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const labels = (jobs: readonly Job[]): readonly string[] => jobs.map(({ id }) => id.split("-").at(-1)!);

describe("environments", () => {
  withPython(
    "are built once, reused, and built again once they are broken",
    async () => {
      const { folder, create, tool, cacheDir } = await setUp();
      const wheel = makeWheel(folder, "tiny_package", "1.2.3");
      const first = await create({ requirements: [wheel] });
      const built = await first.output;
      expect(built).toMatchObject({ reused: false, warnings: [], packages: { "tiny-package": "1.2.3" } });
      expect(built["env"]).toMatchObject({ kind: "env", meta: { python: built["python"] } });
      const stored = JSON.parse(
        Buffer.from(await first.step.artifacts.read(built["env"].digest, "env.json")).toString(),
      );
      expect(stored.freeze).toContain("tiny-package==1.2.3");
      expect(first.step.jobs.find(({ id }) => id.endsWith("install"))).toMatchObject({
        network: "hub",
        env: { PIP_NO_INDEX: "1" },
      });
      expect(await tool.validate!(built, {})).toBe(true);
      const again = await create({ requirements: [wheel] });
      expect(await again.output).toMatchObject({ reused: true, python: built["python"], env: built["env"] });
      expect(labels(again.step.jobs)).toEqual(["python0", "reuse"]);
      await rm(join(dirname(dirname(built["python"])), ".complete"));
      expect(await tool.validate!(built, {})).toBe(false);
      const rebuilt = await (await create({ requirements: [wheel] })).output;
      expect(rebuilt["reused"]).toBe(false);
      const key = built["env"].meta.hash as string;
      expect(await readdir(join(cacheDir, "envs", key))).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  withPython(
    "are built once by two steps at the same time",
    async () => {
      const { create } = await setUp();
      const both = await Promise.all([create({}), create({})]);
      const outputs = await Promise.all(both.map(({ output }) => output));
      expect(
        outputs.map(({ reused }) => reused as boolean).toSorted((a, b) => Number(a) - Number(b)),
      ).toEqual([false, true]);
      expect(outputs[0]!["python"]).toBe(outputs[1]!["python"]);
    },
    PATIENCE_MS,
  );

  withPython(
    "of the user's own are used as they are when nothing is missing",
    async () => {
      const { folder, create, wheels, tool } = await setUp();
      makeWheel(wheels, "tiny_package", "1.2.3");
      const built = await (await create({ requirements: ["tiny-package==1.2.3"] })).output;
      const own = built["python"] as string;
      await rm(join(dirname(dirname(own)), ".complete"));
      const other = await create({ python: own, requirements: ["Tiny.Package==1.2.3"] });
      const used = await other.output;
      expect(used).toMatchObject({ reused: true, python: own });
      expect(labels(other.step.jobs)).toEqual(["python0"]);
      expect(await tool.validate!(used, {})).toBe(false);
      const lacking = await create({ python: own, requirements: ["tiny-package==9"] });
      await expect(lacking.output).rejects.toMatchObject({ code: "ENV_FAILED" });
      expect(existsSync(join(folder, "cache", "envs"))).toBe(true);
    },
    PATIENCE_MS,
  );

  withPython(
    "that fail leave nothing behind and say why",
    async () => {
      const { create, cacheDir } = await setUp();
      const { output } = await create({ requirements: ["no-such-package==1.0"] });
      await expect(output).rejects.toMatchObject({
        code: "ENV_FAILED",
        message: expect.stringMatching(
          /ERROR: No matching distribution found for no-such-package==1\.0.*Check the name and version/,
        ),
        data: { log_tail: expect.stringContaining("no-such-package") },
      });
      expect((await readdir(join(cacheDir, "envs"))).filter((name) => !name.endsWith(".lock"))).toEqual([]);
    },
    PATIENCE_MS,
  );

  withPython(
    "are given up on cancel, so that the next one can be built",
    async () => {
      const bin = await temporaryFolder();
      await script(join(bin, "uv"), "echo Resolved 1 package; sleep 300");
      const { create, cacheDir } = await setUp({ PATH: `${bin}:${process.env["PATH"]}`, UV_NO_INDEX: "1" });
      const { step, output } = await create({});
      const failed = expect(output).rejects.toMatchObject({ code: "CANCELLED" });
      await expect.poll(() => labels(step.jobs), { timeout: PATIENCE_MS }).toContain("venv");
      expect(step.jobs.at(-1)!.command.slice(0, 2)).toEqual([join(bin, "uv"), "venv"]);
      step.controller.abort();
      await failed;
      expect((await readdir(join(cacheDir, "envs"))).filter((name) => !name.endsWith(".lock"))).toEqual([]);
      await rm(join(bin, "uv"));
      expect(await (await create({})).output).toMatchObject({ reused: false });
    },
    PATIENCE_MS,
  );
});

describe.skipIf(python === undefined || process.platform !== "linux" || hasNvidiaGpu())(
  "torch on Linux without a GPU",
  () => {
    test(
      "comes as the CPU build where that can be had",
      async () => {
        const { create, wheels } = await setUp();
        makeWheel(wheels, "torch", "2.13.0");
        makeWheel(wheels, "torch", "2.13.0+cpu");
        const { step, output } = await create({ requirements: ["torch==2.13.0"] });
        expect(await output).toMatchObject({
          packages: { torch: "2.13.0+cpu" },
          env: { meta: { torch: "2.13.0+cpu" } },
          warnings: [],
        });
        expect(labels(step.jobs)).toEqual(["python0", "venv", "torch0", "install", "freeze"]);
      },
      PATIENCE_MS,
    );

    test(
      "falls back to the plain one with a warning",
      async () => {
        const { create, wheels } = await setUp();
        makeWheel(wheels, "torch", "2.13.0");
        const { step, output } = await create({ requirements: ["torch==2.13.0"] });
        const { packages, warnings } = await output;
        expect(packages).toMatchObject({ torch: "2.13.0" });
        expect(warnings).toEqual([expect.stringContaining("torch==2.13.0+cpu could not be had")]);
        expect(step.logged.filter((line) => line.startsWith("warning: "))).toEqual([
          `warning: ${warnings[0]}`,
        ]);
        expect(step.logged).toContainEqual(
          expect.stringMatching(/^info: WARNING: Location .*nowhere' is ignored/),
        );
        expect(step.logged).toContainEqual(
          expect.stringMatching(/^debug: Successfully installed torch-2\.13\.0/),
        );
        expect(labels(step.jobs)).toEqual(["python0", "venv", "torch0", "torch1", "install", "freeze"]);
        expect(step.jobs[3]!.command).toContain("https://download.pytorch.org/whl/cpu");
      },
      PATIENCE_MS,
    );
  },
);

describe("Python", () => {
  test("that is not there is reported with what was tried", async () => {
    const bin = await temporaryFolder();
    await script(
      join(bin, "python3"),
      `echo 'TRAINYARD{"executable":"/x","version":"3.8.1","platform":"p","packages":[]}'`,
    );
    await script(join(bin, "python3.12"), "echo shim: not installed >&2; exit 127");
    const { create } = await setUp({ PATH: bin, TRAINYARD_PYTHON: "/nowhere/python" });
    await expect((await create({})).output).rejects.toMatchObject({
      code: "PYTHON_NOT_FOUND",
      message: expect.stringMatching(
        /\/nowhere\/python \(not found\).*python3\.12 \(does not run\), .*python3 \(is 3\.8\.1\).*TRAINYARD_PYTHON/,
      ),
    });
    await expect((await create({ python: "3.10" })).output).rejects.toMatchObject({
      code: "PYTHON_NOT_FOUND",
    });
  });
});

describe("requirements", () => {
  test.each([
    ["-r /etc/passwd", "INPUT_INVALID"],
    ["--index-url=http:evil", "INPUT_INVALID"],
    ["-e .", "INPUT_INVALID"],
    ["a b", "INPUT_INVALID"],
    ["../up", "INPUT_INVALID"],
    ["x; os.system('a') \n--pre", "INPUT_INVALID"],
    ["--find-links=x.whl", "INPUT_INVALID"],
    ["name @ https://evil/x.whl", "URL_NOT_ALLOWED"],
    ["git+https://evil/x", "URL_NOT_ALLOWED"],
    ["/etc/evil.whl", "PATH_NOT_ALLOWED"],
    ["absent.whl", "FILE_NOT_FOUND"],
  ])("%j is refused before anything runs", async (requirement, code) => {
    const { create } = await setUp();
    const { step, output } = await create({ requirements: [requirement] });
    await expect(output).rejects.toMatchObject({ code });
    expect(step.jobs).toEqual([]);
  });

  test("pin the training stack", () => {
    expect(trainingStack.every((text) => /^[a-z_]+==\d+\.\d+\.\d+$/.test(text))).toBe(true);
  });
});

test("a lock is exclusive, and free once its holder is killed", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a.lock");
  const code = `
    const { DatabaseSync } = require("node:sqlite");
    new DatabaseSync(process.argv[1]).exec("BEGIN EXCLUSIVE");
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["-e", code, path], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  const impatient = new AbortController();
  await expect(acquireLock(path, impatient.signal, () => impatient.abort())).rejects.toMatchObject({
    code: "CANCELLED",
  });
  const lock = await acquireLock(path, new AbortController().signal, () => holder.kill("SIGKILL"));
  lock.release();
});

test("uv is chosen where it is, unless pip alone knows where packages come from", async () => {
  const home = await temporaryFolder();
  const uv = await script(join(home, "bin", "uv"), "exit 0");
  const env = { PATH: dirname(uv), HOME: home };
  const chosen = async (extra: NodeJS.ProcessEnv): Promise<string> =>
    (await chooseInstaller({ python: "py", folder: "/e", env: { ...env, ...extra } })).venv[0];
  expect(await chosen({ PIP_INDEX_URL: "https://i/" })).toBe("py");
  expect(await chosen({ PIP_INDEX_URL: "https://i/", UV_INDEX_URL: "https://i/" })).toBe(uv);
  await mkdir(join(home, ".config/pip"), { recursive: true });
  await writeFile(join(home, ".config/pip/pip.conf"), "[global]\nindex-url = https://i/\n");
  expect(await chosen({})).toBe("py");
  await mkdir(join(home, ".config/uv"), { recursive: true });
  await writeFile(join(home, ".config/uv/uv.toml"), 'index-url = "https://i/"');
  expect(await chosen({})).toBe(uv);
  expect(await chosen({ PATH: "/nowhere" })).toBe("py");
});

test("hands installers their configuration, secrets by name, and nothing else", () => {
  const env = {
    PATH: "/bin",
    HOME: "/h",
    PIP_INDEX_URL: "https://u:p@i/",
    HTTPS_PROXY: "x",
    AWS_SECRET_ACCESS_KEY: "k",
    HF_TOKEN: "t",
    PYTHONPATH: "/p",
  };
  const { PIP_INDEX_URL: _, ...gateway } = env;
  const given = jobEnvironment(env, gateway);
  expect(given.secrets).toEqual(["HTTPS_PROXY"]);
  expect(Object.keys(given.env).toSorted()).toEqual([
    "HOME",
    "PATH",
    "PIP_INDEX_URL",
    "PYTHONNOUSERSITE",
    "PYTHONUTF8",
  ]);
  expect(withoutCredentials("Looking in https://user:pa55@host/simple, http://a/b")).toBe(
    "Looking in https://***@host/simple, http://a/b",
  );
});
