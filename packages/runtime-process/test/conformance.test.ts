import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeRuntime } from "@trainyard/core/testing";
import { processRuntime } from "../src/index.ts";

describeRuntime("process runtime", {
  async create() {
    const root = await mkdtemp(join(tmpdir(), "trainyard-process-"));
    return {
      runtime: processRuntime({ stateDir: join(root, "state"), memoryPollMs: 50, orphanGraceMs: 2000 }),
      workdir: () => mkdtemp(join(root, "work-")),
      close: () => rm(root, { recursive: true }),
    };
  },
});
