// Mounts a gateway beside the routes of an app that exists already.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@trainyard/client";
import { definePlugin, defineTool } from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { createGateway } from "@trainyard/server";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";
import * as z from "zod";

const home = await mkdtemp(join(tmpdir(), "trainyard-example-"));
const store = sqliteStore({ path: join(home, "state.db") });
const greet = defineTool({
  name: "greet",
  description: "Greet somebody.",
  input: z.object({ name: z.string() }),
  output: z.object({ greeting: z.string() }),
  run: ({ name }) => ({ greeting: `Hello, ${name}.` }),
});
const gateway = createGateway({
  plugins: [definePlugin({ name: "app", tools: [greet] })],
  store,
  artifacts: fsStore({ path: home }),
  runtime: processRuntime({ stateDir: home }),
  workRoot: join(home, "runs"),
});

const app = createServer((request, response) => {
  if (request.url === "/") return void response.end("the app");
  void gateway.handler(request, response).then((served) => {
    if (!served) response.writeHead(404).end("the app knows no such page");
  });
});
await once(app.listen(0, "127.0.0.1"), "listening");
const origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
const client = createClient({ url: `${origin}/mcp` });
try {
  assert.equal(await (await fetch(origin)).text(), "the app");
  assert.equal((await fetch(`${origin}/elsewhere`)).status, 404);
  assert.equal((await fetch(`${origin}/healthz`)).status, 200);
  assert.equal(
    (await fetch(`${origin}/healthz`, { headers: { origin: "http://evil.example" } })).status,
    403,
  );

  const { runId } = await client.runWorkflow({ steps: { hi: { tool: "greet", input: { name: "Ada" } } } });
  for await (const event of client.events(runId))
    if (event.type === "run-end") assert.equal(event.status, "succeeded");
  const { steps } = await client.status(runId);
  assert.deepEqual(steps[0]?.outputs, { greeting: "Hello, Ada." });
  console.log("embed-in-http-app: ok");
} finally {
  await client.close();
  await gateway.close();
  await new Promise((resolve) => app.close(resolve));
  await store.close();
  await rm(home, { recursive: true, force: true });
}
