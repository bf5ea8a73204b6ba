import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { bench, collect, untilLine } from "./fixtures/bench.ts";

const SECRET = "s3cr3t-value-that-must-not-be-found";

afterEach(() => vi.unstubAllEnvs());

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => join(root, path))
    .filter((path) => statSync(path).isFile());
}

function procFiles(name: string): Map<string, string> {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return new Map(
    pids.flatMap((pid) => {
      try {
        return [[pid, readFileSync(`/proc/${pid}/${name}`, "utf8")]];
      } catch {
        return [];
      }
    }),
  );
}

test("a secret is in the job's environment and in no file and on no command line", async () => {
  vi.stubEnv("KIT_TOKEN", SECRET);
  await using it = await bench();
  const job = it.script("secret", 'test "$KIT_TOKEN" && echo ready; while :; do sleep 0.05; done', {
    secrets: ["KIT_TOKEN"],
    env: { PLAIN: "p" },
  });
  const handle = await it.runtime.start(job);
  await untilLine(handle, "ready");
  expect(filesUnder(it.stateDir).length).toBeGreaterThanOrEqual(4);
  for (const file of filesUnder(it.root)) expect(readFileSync(file, "utf8"), file).not.toContain(SECRET);
  for (const [pid, command] of procFiles("cmdline")) expect(command, pid).not.toContain(SECRET);
  expect(procFiles("environ").get(String(handle.ref["pid"]))).toContain(SECRET);
  expect(procFiles("environ").get(String(handle.ref["supervisorPid"]))).not.toContain(SECRET);
  expect(JSON.stringify(handle.ref)).not.toContain(SECRET);
  await handle.stop({ graceMs: 1000 });
  for (const file of filesUnder(it.root)) expect(readFileSync(file, "utf8"), file).not.toContain(SECRET);
});

test("the environment is exactly what is documented", async () => {
  vi.stubEnv("NODE_OPTIONS", "");
  vi.stubEnv("LD_LIBRARY_PATH_OF_GATEWAY", "x");
  await using it = await bench();
  const job = it.script("env", "", { env: { A: "1" }, resources: { cpus: 2.5 } });
  const lines = await collect(await it.runtime.start({ ...job, command: ["env"] }));
  const names = lines.map(({ line }) => line.slice(0, line.indexOf("=")));
  const threads = ["OMP", "MKL", "OPENBLAS", "NUMEXPR", "RAYON"].map((name) => `${name}_NUM_THREADS`);
  const wanted = [
    "A",
    "LANG",
    "TMPDIR",
    "TRAINYARD_JOB_ID",
    "TRAINYARD_JOB_TOKEN",
    "VECLIB_MAXIMUM_THREADS",
    ...threads,
  ];
  const inherited = ["PATH", "HOME", "USER"].filter((name) => process.env[name] !== undefined);
  expect(names.toSorted()).toEqual([...wanted, ...inherited].toSorted());
  expect(lines.map(({ line }) => line)).toEqual(
    expect.arrayContaining(["A=1", "OMP_NUM_THREADS=2", "TRAINYARD_JOB_ID=env"]),
  );
});

test("the temporary folder is writable, short enough for sockets, and gone afterwards", async () => {
  await using it = await bench();
  const near = it.script("near", 'test -w "$TMPDIR" && echo "$TMPDIR"');
  const far = {
    ...it.script("far", 'test -w "$TMPDIR" && echo "$TMPDIR"'),
    workdir: join(it.root, "d".repeat(100)),
  };
  for (const job of [near, far]) {
    const [line] = await collect(await it.runtime.start(job));
    expect(line!.line.length).toBeLessThanOrEqual(60);
    expect(() => statSync(line!.line)).toThrow("ENOENT");
  }
});

test("a state folder with a very long path works", async () => {
  await using it = await bench();
  const runtime = it.again({ stateDir: join(it.stateDir, "s".repeat(120)) });
  const handle = await runtime.start(it.script("long", "echo hi; while :; do sleep 0.05; done"));
  await untilLine(handle, "hi");
  expect(await handle.stop({ graceMs: 1000 })).toMatchObject({ signal: "SIGTERM" });
});
