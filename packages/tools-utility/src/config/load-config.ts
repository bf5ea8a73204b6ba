import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { artifact, defineTool, toTrainyardError, type ToolContext, TrainyardError } from "@trainyard/core";
import * as z from "zod";
import { requireAllowed } from "../allowed-path.ts";
import type { Settings } from "../settings.ts";
import { dialects } from "./dialect.ts";
import { maxConfigLength, parseConfig } from "./parse-config.ts";
import { type ResolvedConfig, resolveConfig } from "./resolve-config.ts";

const input = z.strictObject({
  path: z.string().min(1).max(4096).optional().describe("A YAML or JSON file"),
  text: z.string().max(maxConfigLength).optional().describe("The configuration itself, YAML or JSON"),
  dialect: z
    .enum(["auto", ...dialects])
    .default("auto")
    .describe("Whose spelling it is written in"),
  overrides: z
    .record(z.string().min(1).max(256), z.json())
    .optional()
    .describe("Values that win over those of the file"),
});

const output = z.object({
  config: artifact("config", "The resolved configuration"),
  values: z.record(z.string(), z.json()).describe("Parameters in native names"),
  dialect: z.enum(dialects),
  dataset: z
    .object({ path: z.string(), name: z.string().optional(), format: z.string().optional() })
    .optional()
    .describe("The dataset it names, for load_dataset"),
  unknown_keys: z.array(z.object({ key: z.string(), nearest: z.string().optional() })),
  removed_keys: z.array(z.object({ key: z.string(), replacement: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
});

/** The tool that reads a training configuration in one of several dialects into native parameter names. */
export function loadConfigTool(settings: Settings) {
  return defineTool({
    name: "load_config",
    description:
      "Reads a training configuration (YAML or JSON; native, Hugging Face, axolotl or LLaMA-Factory names) and names unknown and outdated keys.",
    input,
    output,
    annotations: { title: "Load configuration", readOnlyHint: true, idempotentHint: true },
    preview: true,
    async run(given, context) {
      try {
        return await loadConfig(given, settings, context);
      } catch (error) {
        throw toTrainyardError(error);
      }
    },
  });
}

async function loadConfig(given: z.output<typeof input>, settings: Settings, context: ToolContext) {
  const { path, text, overrides = {} } = given;
  if (path !== undefined && text !== undefined) {
    throw new TrainyardError("INPUT_INVALID", "Give load_config either `path` or `text`, not both.");
  }
  const source = path === undefined ? text : await configText(path, settings);
  const parsed =
    source === undefined ? {} : parseConfig(source, path === undefined ? "`text`" : `\`${path}\``);
  const resolved = resolveConfig(parsed, overrides, given.dialect);
  const config = await context.artifacts.put(
    { "config.json": `${JSON.stringify(resolved.values, null, 2)}\n` },
    {
      kind: "config",
      name: path === undefined ? "config" : basename(path),
      meta: { dialect: resolved.dialect, keys: Object.keys(resolved.values) },
    },
  );
  const warnings = warningsOf(resolved);
  for (const warning of warnings) context.log("warning", warning);
  return {
    config,
    values: resolved.values as Record<string, never>,
    dialect: resolved.dialect,
    ...(resolved.dataset && { dataset: resolved.dataset }),
    unknown_keys: [...resolved.unknownKeys],
    removed_keys: [...resolved.removedKeys],
    warnings,
  };
}

function warningsOf({ values, unknownKeys, removedKeys, warnings }: ResolvedConfig): string[] {
  const unknown = unknownKeys.map(
    ({ key, nearest }) => `\`${key}\`${nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`}`,
  );
  const isEmpty = Object.keys(values).length === 0 && unknown.length === 0;
  return [
    ...(isEmpty ? ["The configuration sets nothing: every parameter keeps its default."] : []),
    ...(unknown.length > 0 ? [`Unknown keys were left out: ${unknown.slice(0, 20).join(", ")}.`] : []),
    ...removedKeys.map(({ key, reason }) => `\`${key}\`: ${reason}`),
    ...warnings,
  ];
}

async function configText(path: string, settings: Settings): Promise<string> {
  const real = await requireAllowed(path, settings.allowedRoots);
  const entry = await stat(real);
  if (!entry.isFile())
    throw new TrainyardError(
      "CONFIG_INVALID",
      `\`${path}\` is not a file; give the configuration file itself.`,
    );
  if (entry.size > maxConfigLength)
    throw new TrainyardError("CONFIG_INVALID", `\`${path}\` is larger than ${maxConfigLength} bytes.`);
  return readFile(real, "utf8");
}
