// Starts the service of service.ts, calls it as an MCP client would, and checks what comes back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@trainyard/client";
import { startService } from "./service.ts";

const home = await mkdtemp(join(tmpdir(), "trainyard-example-"));
const { server, gateway, store } = startService(home);
await once(server.listen(0, "127.0.0.1"), "listening");
const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` });
try {
  const catalog = await client.catalog();
  const names = catalog.tools.map((tool) => tool.name).toSorted();
  assert.deepEqual(names, [
    "create_env",
    "evaluate",
    "finetune",
    "load_config",
    "load_dataset",
    "quantize",
    "train",
  ]);

  const { runId } = await client.runWorkflow({
    steps: { data: { tool: "load_dataset", input: { path: "sample", max_samples: 20 } } },
  });
  for await (const event of client.events(runId)) console.log(event.seq, event.type);
  const { run, steps } = await client.status(runId);
  assert.equal(run.status, "succeeded");
  assert.equal(steps[0]?.outputs?.["format"], "squad");
  console.log("reference-server: ok");
} finally {
  await client.close();
  await gateway.close();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
  await rm(home, { recursive: true, force: true });
}
