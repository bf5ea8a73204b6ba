import { resolve } from "node:path";
import { type ModelVersion, TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { type Connection, openLocalGateway, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { shortId } from "../summary/run-summary.ts";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { renderTable } from "../text/table.ts";
import { bytesText, numberText } from "../text/units.ts";

/** `trainyard models`: lists models, tells of one, or writes one into a folder. */
export async function modelsCommand(args: CommandArguments, context: Context): Promise<number> {
  const [first, name, folder] = args.positionals;
  if (first === "export") {
    if (name === undefined || folder === undefined)
      throw new TrainyardError("USAGE", "Give `trainyard models export NAME[@VERSION] DIR`.");
    await exportModel(name, folder, args, context);
    return EXIT.ok;
  }
  if (name !== undefined)
    throw new TrainyardError(
      "USAGE",
      `Give one model, or \`trainyard models export NAME[@VERSION] DIR\`, not \`${name}\`.`,
    );
  await withConnection(context, args, (connection) => showModels(first, connection, context));
  return EXIT.ok;
}

async function showModels(
  name: string | undefined,
  { client }: Connection,
  { io, json, out }: Context,
): Promise<void> {
  const models = await client.models(name === undefined ? {} : { name });
  if (name !== undefined && models.length === 0) throw modelNotFound(name);
  if (json) return printJson(io, { models });
  if (models.length === 0) return printLine(io, "There are no models here yet.");
  if (name === undefined) return printLine(io, modelTable(models, out));
  // A model's parents have other names.
  const all = await client.models();
  printLine(io, models.map((model) => modelBlock(model, all, out)).join("\n\n"));
}

function modelTable(models: readonly ModelVersion[], palette: Palette): string {
  const rows = models.map(({ name, version, aliases, ref, manifest, createdAt }) => [
    `${sanitizeLine(name)}@${version}`,
    aliases.join(", "),
    ref.kind,
    bytesText(ref.sizeBytes),
    metricsText(headlines(manifest.metrics)),
    new Date(createdAt).toISOString().slice(0, 16).replace("T", " "),
  ]);
  const titles = ["model", "aliases", "kind", "size", "metrics", "made (UTC)"];
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
    palette,
  );
}

function modelBlock(
  { name, version, aliases, ref, manifest }: ModelVersion,
  all: readonly ModelVersion[],
  palette: Palette,
): string {
  const parents = Object.entries(manifest.inputs).map(
    ([port, origin]) => `${port} ${originText(origin, all)}`,
  );
  const lines = [
    ["aliases", aliases.join(", ")],
    ["kind", ref.kind],
    ["size", bytesText(ref.sizeBytes)],
    ["metrics", metricsText(manifest.metrics)],
    [
      "made by",
      `${manifest.tool} in run ${shortId(manifest.runId)}, step ${manifest.stepId}, seed ${manifest.seed}`,
    ],
    ["made from", parents.join(", ")],
    ["digest", ref.digest],
  ].filter(([, value]) => value);
  const body = lines.map(([title, value]) => `  ${title!.padEnd(9)}  ${sanitizeLine(value!)}`).join("\n");
  return `${palette("title", `${sanitizeLine(name)}@${version}`)}\n${body}`;
}

function originText(origin: string, all: readonly ModelVersion[]): string {
  const known = all.find(({ ref }) => ref.digest === origin);
  return known
    ? `${known.name}@${known.version}`
    : origin.startsWith("sha256:")
      ? `${origin.slice(0, 19)}…`
      : origin;
}

/** The one or two metrics that say most about a model. */
function headlines(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const entries = Object.entries(metrics);
  const known = entries.filter(([name]) => HEADLINES.includes(name));
  return Object.fromEntries((known.length > 0 ? known : entries).slice(0, 2));
}

const HEADLINES = ["f1", "exact_match", "perplexity", "eval_loss", "train_loss", "bits_per_weight"];

function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${sanitizeLine(name)} ${numberText(value)}`)
    .join(", ");
}

async function exportModel(
  named: string,
  folder: string,
  { flags }: CommandArguments,
  context: Context,
): Promise<void> {
  const { io, json } = context;
  if (flags["server"])
    throw new TrainyardError(
      "USAGE",
      "A model is exported from the disk of this machine, so --server has no place here.",
    );
  const at = named.lastIndexOf("@");
  const name = at > 0 ? named.slice(0, at) : named;
  const which = at > 0 ? named.slice(at + 1) : "latest";
  const gateway = await openLocalGateway(context);
  try {
    const model = await gateway.store.models.get(name, /^\d+$/.test(which) ? Number(which) : which);
    if (!model) throw modelNotFound(named);
    const path = await gateway.artifacts.materialize(model.ref.digest, resolve(io.cwd(), folder));
    if (json) printJson(io, { model: `${model.name}@${model.version}`, path });
    else printLine(io, `${sanitizeLine(model.name)}@${model.version} lies in ${path}`);
  } finally {
    await gateway.close();
  }
}

function modelNotFound(name: string): TrainyardError {
  return new TrainyardError(
    "MODEL_NOT_FOUND",
    `There is no model \`${name}\` here. \`trainyard models\` lists those there are.`,
    { data: { name } },
  );
}
