// Writes docs/reference/tools.md from the schemas of the shipped tools, or with --check fails when it differs.
// Run with --conditions=@trainyard/source.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRegistry } from "@trainyard/core";
import { trainingTools } from "@trainyard/tools-training";
import { utilityTools } from "@trainyard/tools-utility";
import { format } from "prettier";
import { root } from "./run.mjs";

const file = join(root, "docs/reference/tools.md");
const { tools } = createRegistry([utilityTools(), trainingTools()]).catalog;
const text = await format(page(tools), { parser: "markdown", printWidth: 110 });

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("docs/reference/tools.md is not what the tools say: run `npm run docs`.");
  process.exitCode = 1;
}

function page(descriptors) {
  const intro =
    "# Tools\n\nWritten from the schemas of the tools (`npm run docs`). A type in *italics* is a port: it takes or gives an artifact of that kind.";
  return [intro, ...descriptors.map(section)].join("\n\n");
}

function section(tool) {
  return [
    `## \`${tool.name}\``,
    tool.description,
    "**Input**",
    table(tool.inputSchema, tool.inputs),
    "**Output**",
    table(tool.outputSchema, tool.outputs),
  ].join("\n\n");
}

function table({ properties = {}, required = [] }, ports) {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const needed = required.includes(name) && schema.default === undefined ? "" : "?";
    return `| \`${name}\`${needed} | ${typeOf(schema, ports[name])} | ${cell(describe(schema))} |`;
  });
  return ["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function describe(schema) {
  const bounds = [
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.exclusiveMinimum !== undefined && `> ${schema.exclusiveMinimum}`,
    schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER && `≤ ${schema.maximum}`,
    schema.exclusiveMaximum !== undefined && `< ${schema.exclusiveMaximum}`,
    schema.default !== undefined && `default \`${JSON.stringify(schema.default)}\``,
  ].filter(Boolean);
  return [schema.description, bounds.join(", ")].filter(Boolean).join(" — ");
}

function typeOf(schema, port) {
  if (port) return `*${port.kind}*${port.literal ? " or string" : ""}${port.list ? " list" : ""}`;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.anyOf) return [...new Set(schema.anyOf.map((option) => typeOf(option)))].join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  return schema.const === undefined ? (schema.type ?? "any") : `\`${schema.const}\``;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
