import { definePlugin, type Plugin } from "@trainyard/core";
import type { TrainingToolsOptions } from "./options.ts";
import { TRAINING_RECIPES } from "./recipes.ts";
import { resolveSettings } from "./settings.ts";
import { evaluateTool } from "./tools/evaluate.ts";
import { finetuneTool } from "./tools/finetune.ts";
import { quantizeTool } from "./tools/quantize.ts";
import { trainTool } from "./tools/train.ts";

/** The plugin with `train`, `finetune`, `evaluate` and `quantize`, and recipes for them. Throws `CONFIG_INVALID`. */
export function trainingTools(options: TrainingToolsOptions = {}): Plugin {
  const settings = resolveSettings(options);
  return definePlugin({
    name: "training",
    tools: [trainTool(settings), finetuneTool(settings), evaluateTool(settings), quantizeTool(settings)],
    recipes: TRAINING_RECIPES,
  });
}
