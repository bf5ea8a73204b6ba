import { definePlugin, type Plugin } from "@trainyard/core";
import { loadConfigTool } from "./config/load-config.ts";
import { loadDatasetTool } from "./dataset/load-dataset.ts";
import { createEnvTool } from "./env/create-env.ts";
import { resolveSettings, type UtilityToolsOptions } from "./settings.ts";

/** The plugin with `load_dataset`, `load_config` and `create_env`: what a workflow needs before it trains. */
export function utilityTools(options: UtilityToolsOptions = {}): Plugin {
  const settings = resolveSettings(options);
  return definePlugin({
    name: "utility",
    tools: [loadDatasetTool(settings), loadConfigTool(settings), createEnvTool(settings)],
  });
}
