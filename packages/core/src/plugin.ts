import type { Recipe } from "./recipe.ts";
import type { AnyTool } from "./tool.ts";

/** Tools and what is known about using them, as one thing to install. */
export interface Plugin {
  readonly name: string;
  readonly tools: readonly AnyTool[];
  readonly recipes?: readonly Recipe[];
}

/** Gives a plugin its type. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
