// All tests that need no more than Node, npm and Python: the environment first, then TypeScript, then the worker.
import { ensurePython } from "./python-env.mjs";
import { run } from "./run.mjs";
import { testWorker } from "./test-worker.mjs";

const python = await ensurePython();
const unit = await run(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)],
  {
    env: { TRAINYARD_TEST_PYTHON: python },
  },
);
const worker = await testWorker(python);
process.exit(unit || worker);
