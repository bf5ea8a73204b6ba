import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { machineLine, machineMemory } from "../src/preflight/machine-line.ts";
import { bytesText } from "../src/text/units.ts";
import { emptyFolder, runCli } from "./support/cli.ts";

/** Stands in for an interpreter; what it is asked it answers with its version. */
async function writePython(path: string, version: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\necho ${path}\necho ${version}\n`);
  await chmod(path, 0o755);
}

test("a Python that is too old gives way to one on PATH, as create_env does", async () => {
  const cwd = await emptyFolder();
  const bin = join(cwd, "bin");
  await mkdir(bin);
  const [old, recent] = [join(cwd, "old-python"), join(bin, "python3.12")];
  await writePython(old, "3.9.1");
  await writePython(recent, "3.12.4");
  const checks = async (env: NodeJS.ProcessEnv) => {
    const { stdout } = await runCli("trainyard", ["doctor", "--json"], { cwd, env: { PATH: bin, ...env } });
    return Object.fromEntries(
      (JSON.parse(stdout).checks as readonly { readonly name: string }[]).map((check) => [check.name, check]),
    );
  };
  const mixed = await checks({ TRAINYARD_PYTHON: old });
  expect(mixed["python"]).toMatchObject({ verdict: "warn" });
  expect(mixed["python"]).toHaveProperty(
    "detail",
    `3.12.4 at ${recent}, not TRAINYARD_PYTHON (${old} is 3.9.1)`,
  );
  expect(mixed["venv"]).toMatchObject({ verdict: "ok" });
  const gone = await checks({ TRAINYARD_PYTHON: join(cwd, "no-python") });
  expect(gone["python"]).toHaveProperty("detail", expect.stringContaining("no-python does not run"));
  const only = await checks({ TRAINYARD_PYTHON: old, PATH: join(cwd, "empty") });
  expect(only["python"]).toMatchObject({ verdict: "fail", detail: `only 3.9.1 at ${old}` });
});

test("memory is that of the control group where it allows less than the machine has", async () => {
  const limit = vi.spyOn(process, "constrainedMemory");
  onTestFinished(() => limit.mockRestore());
  limit.mockReturnValue(64e6);
  expect(machineMemory().totalBytes).toBe(64e6);
  expect(machineMemory().freeBytes).toBeLessThanOrEqual(64e6);
  expect(await machineLine("/")).toContain(`of ${bytesText(64e6)} memory free`);
  limit.mockReturnValue(2 ** 63);
  expect(machineMemory().totalBytes).toBeLessThan(2 ** 63);
  limit.mockReturnValue(0);
  expect(machineMemory().totalBytes).toBeGreaterThan(64e6);
});
