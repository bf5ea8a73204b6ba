import type { ArtifactStore, Plugin, Runtime } from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { createGateway, type Gateway, type GatewayOptions } from "@trainyard/server";
import { fsStore } from "@trainyard/store-fs";
import { type SqliteStore, sqliteStore } from "@trainyard/store-sqlite";
import { trainingTools } from "@trainyard/tools-training";
import { utilityTools } from "@trainyard/tools-utility";
import type { TrainyardConfig } from "./config.ts";
import { findHome, type Home } from "./home.ts";
import { prepareHome } from "./prepare-home.ts";

/** Where a local gateway keeps its state and what it offers. */
export interface LocalGatewayOptions {
  /** Default: `TRAINYARD_HOME`, else `.trainyard` in the working directory. */
  readonly home?: Home;
  /** Default: the built-in tools only. */
  readonly config?: TrainyardConfig;
  /** Hears of failures that clients only see as `INTERNAL`. */
  readonly onError?: GatewayOptions["onError"];
}

/** A gateway over the defaults: SQLite, files on disk, child processes. */
export interface LocalGateway extends Gateway {
  readonly store: SqliteStore;
  readonly artifacts: ArtifactStore;
  readonly runtime: Runtime;
}

/**
 * Composes a gateway from the defaults; nothing listens yet. Its `close` closes the stores too.
 * Throws `STORE_UNAVAILABLE` when the home cannot be written, and what `createGateway` throws.
 */
export function createLocalGateway(options: LocalGatewayOptions = {}): LocalGateway {
  const { home = findHome(process.env, process.cwd()), config = {}, onError } = options;
  prepareHome(home);
  const store = sqliteStore({ path: home.database });
  const artifacts = fsStore({ path: home.path });
  const runtime = processRuntime({ stateDir: home.path });
  const gateway = createGateway({
    plugins: pluginsOf(config, home),
    store,
    artifacts,
    runtime,
    workRoot: home.runs,
    ...(onError && { onError }),
    ...(config.concurrency !== undefined && { concurrency: config.concurrency }),
  });
  return {
    ...gateway,
    store,
    artifacts,
    runtime,
    async close() {
      await gateway.close();
      await runtime.close();
      await store.close();
    },
  };
}

function pluginsOf(config: TrainyardConfig, home: Home): readonly Plugin[] {
  const { plugins = [], builtinTools = true, allowedRoots, utility, training } = config;
  if (!builtinTools) return plugins;
  return [
    utilityTools({ ...(allowedRoots && { allowedRoots }), ...utility }),
    trainingTools({ stateDir: home.path, ...(allowedRoots && { modelRoots: allowedRoots }), ...training }),
    ...plugins,
  ];
}
