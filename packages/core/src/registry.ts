import { type Catalog, describeToolShape, type ToolDescriptor } from "./descriptor.ts";
import { TrainyardError } from "./errors.ts";
import type { Plugin } from "./plugin.ts";
import type { Recipe } from "./recipe.ts";
import type { AnyTool } from "./tool.ts";

/** Holds the tools of all plugins. */
export interface Registry {
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly descriptors: ReadonlyMap<string, ToolDescriptor>;
  readonly recipes: readonly Recipe[];
  readonly catalog: Catalog;
  /** Throws `TOOL_NOT_FOUND`, naming the nearest tools. */
  get(name: string): AnyTool;
}

const TOOL_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Registers the tools of `plugins` once. Throws `TOOL_DUPLICATE`, and `CONFIG_INVALID` for a bad name or schema. */
export function createRegistry(plugins: readonly Plugin[]): Registry {
  const tools = new Map<string, AnyTool>();
  const descriptors = new Map<string, ToolDescriptor>();
  const owners = new Map<string, string>();
  for (const plugin of plugins) {
    checkPlugin(plugin);
    for (const tool of plugin.tools) {
      checkName(tool.name, plugin.name, owners);
      owners.set(tool.name, plugin.name);
      tools.set(tool.name, tool);
      descriptors.set(tool.name, describe(tool, plugin.name));
    }
  }
  const recipes = plugins.flatMap((plugin) => plugin.recipes ?? []);
  return {
    tools,
    descriptors,
    recipes,
    catalog: { tools: [...descriptors.values()], recipes },
    get(name) {
      const tool = tools.get(name);
      if (tool) return tool;
      throw new TrainyardError("TOOL_NOT_FOUND", unknownTool(name, [...tools.keys()]), {
        data: { tool: name },
      });
    },
  };
}

/** The sentence for a tool that is not there. */
export function unknownTool(name: string, known: readonly string[]): string {
  return `Tool \`${name}\` is not registered. Registered: ${known
    .toSorted()
    .map((tool) => `\`${tool}\``)
    .join(", ")}.`;
}

function checkPlugin(plugin: unknown): void {
  const { name, tools } = (plugin ?? {}) as { readonly name?: unknown; readonly tools?: unknown };
  if (typeof name === "string" && Array.isArray(tools)) return;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `Plugin \`${String(name)}\` needs a \`name\` and a list of \`tools\`; make it with \`definePlugin\`.`,
  );
}

function checkName(name: string, plugin: string, owners: ReadonlyMap<string, string>): void {
  if (!TOOL_NAME.test(name)) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `Plugin \`${plugin}\` names a tool \`${name}\`; use snake_case, 64 characters at most.`,
    );
  }
  const owner = owners.get(name);
  if (owner !== undefined) {
    throw new TrainyardError(
      "TOOL_DUPLICATE",
      `Tool \`${name}\` comes from both \`${owner}\` and \`${plugin}\`; leave one out.`,
    );
  }
}

function describe(tool: AnyTool, plugin: string): ToolDescriptor {
  try {
    return describeToolShape(tool);
  } catch (cause) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `Tool \`${tool.name}\` of plugin \`${plugin}\` has a schema that JSON Schema cannot express: ${(cause as Error).message}`,
      { cause },
    );
  }
}
