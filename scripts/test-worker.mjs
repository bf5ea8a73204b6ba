// The worker's own tests, in the environment the tools use; pytest lies beside it, so that it stays as users have it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePython } from "./python-env.mjs";
import { root, run } from "./run.mjs";

const PYTEST = "pytest==8.4.2";

export async function testWorker(python) {
  const tools = join(dirname(dirname(python)), "test-tools");
  if (!existsSync(join(tools, "pytest"))) {
    const status = await run(python, ["-m", "pip", "install", "--quiet", "--target", tools, PYTEST]);
    if (status !== 0) return status;
  }
  return run(python, ["-m", "pytest", "-q", "tests"], {
    cwd: join(root, "packages/tools-training/python"),
    env: { PYTHONPATH: tools, HF_HUB_OFFLINE: "1" },
  });
}

if (process.argv[1] === import.meta.filename) process.exit(await testWorker(await ensurePython()));
