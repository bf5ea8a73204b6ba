import { createServer } from "node:http";
import { processRuntime } from "@trainyard/runtime-process";
import { createGateway } from "@trainyard/server";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";
import { trainingTools } from "@trainyard/tools-training";
import { utilityTools } from "@trainyard/tools-utility";

/** A gateway inside a Node HTTP service, with its state under `home`. */
export function startService(home: string) {
  const store = sqliteStore({ path: `${home}/state.db` });
  const gateway = createGateway({
    plugins: [utilityTools(), trainingTools()],
    store,
    artifacts: fsStore({ path: home }),
    runtime: processRuntime({ stateDir: home }),
    workRoot: `${home}/runs`,
  });
  const server = createServer((request, response) => {
    void gateway.handler(request, response).then((served) => served || response.writeHead(404).end());
  });
  return { server, gateway, store };
}
