import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ArtifactRef,
  canonicalJson,
  defineTool,
  type JsonObject,
  toTrainyardError,
  type ToolContext,
} from "@trainyard/core";
import { throwIfCancelled } from "../cancel.ts";
import type { Settings } from "../settings.ts";
import { carveValidation, validationRows } from "./carve-validation.ts";
import { chooseSplits, type ChosenSplits } from "./choose-splits.ts";
import { type LoadDatasetInput, loadDatasetInput, loadDatasetOutput } from "./dataset-schema.ts";
import { drawRows } from "./draw-rows.ts";
import { type LoadedSplit, loadSplit } from "./load-split.ts";
import { locateLocally, locateSource } from "./locate-source.ts";
import type { SourceFile } from "./source.ts";
import { type SourceFormat, storedFormat } from "./source-formats.ts";
import { isSameState } from "./source-state.ts";

const DEFAULT_VAL_SIZE = 0.05;

/** The tool that brings a dataset into its stored form: JSON Lines with known columns, one artifact per split. */
export function loadDatasetTool(settings: Settings) {
  return defineTool({
    name: "load_dataset",
    description:
      "Loads a dataset from a file, a folder, the built-in `sample` or the Hugging Face hub, detects its format and splits it into train, validation and test.",
    input: loadDatasetInput,
    output: loadDatasetOutput,
    annotations: { title: "Load dataset", readOnlyHint: true, idempotentHint: true, openWorldHint: true },
    cache: true,
    async validate({ source_state }, input) {
      const local = await locateLocally({ ...input, dataFiles: input.data_files }, settings);
      return local ? isSameState(local.state, source_state) : source_state.kind === "hub";
    },
    async preflight({ path, ...input }) {
      if (path !== undefined) await locateLocally({ ...input, path, dataFiles: input.data_files }, settings);
      return undefined;
    },
    async run(input, context) {
      try {
        return await loadDataset(input, settings, context);
      } catch (error) {
        throw toTrainyardError(error);
      }
    },
  });
}

async function loadDataset(input: LoadDatasetInput, settings: Settings, context: ToolContext) {
  const source = await locateSource({ ...input, dataFiles: input.data_files }, settings, context);
  const chosen = chooseSplits(source, input.split);
  const scratch = await mkdtemp(join(context.workdir, "dataset-"));
  try {
    const loaded = await loadAll(input, chosen, scratch, context);
    const { format, ...train } = loaded.train;
    const refs = await storeAll(loaded, scratch, source.label, context);
    const warnings = [...source.warnings, ...chosen.warnings, ...loaded.warnings];
    for (const warning of warnings) context.log("warning", warning);
    const digests = Object.fromEntries(loaded.splits.map(({ split, sha256 }) => [split, sha256]));
    return {
      ...refs,
      // A split loaded alone also stands under its own name, where a later step may look for it.
      ...(chosen.train.split === "test" && { test: refs.train }),
      ...(chosen.train.split === "validation" && !refs.validation && { validation: refs.train }),
      rows: Object.fromEntries(loaded.splits.map(({ split, rows }) => [split, rows])),
      columns: [...train.columns],
      source_columns: [...train.sourceColumns],
      format: storedFormat(format),
      source_format: format,
      samples: train.samples.map((row) => row as Record<string, never>),
      warnings,
      fingerprint: createHash("sha256")
        .update(canonicalJson({ format: storedFormat(format), splits: digests }))
        .digest("hex"),
      source: source.label,
      source_state: { ...source.state, entries: [...source.state.entries] },
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface StoredSplit {
  readonly split: "train" | "validation" | "test";
  readonly rows: number;
  readonly sha256: string;
}

interface LoadedSplits {
  readonly train: LoadedSplit;
  readonly splits: readonly StoredSplit[];
  /** Name of the source's split behind `train`. */
  readonly trainSplit: string;
  readonly warnings: readonly string[];
}

async function loadAll(
  input: LoadDatasetInput,
  chosen: ChosenSplits,
  scratch: string,
  context: ToolContext,
): Promise<LoadedSplits> {
  const load = async (
    split: string,
    files: readonly SourceFile[],
    format: SourceFormat | "auto",
  ): Promise<LoadedSplit> => {
    const folder = join(scratch, split);
    await mkdir(folder);
    context.progress({ message: `Reading ${split}` });
    const maxRows = input.max_samples ?? Number.POSITIVE_INFINITY;
    return loadSplit(
      { split, files, format, field: input.field, columnMap: input.column_map, maxRows, folder },
      context,
    );
  };
  const train = await load("train", chosen.train.files, input.format);
  const splits: StoredSplit[] = [];
  const warnings = [...train.warnings];
  for (const split of ["validation", "test"] as const) {
    const files = chosen[split];
    if (!files) continue;
    const loaded = await load(split, files, train.format);
    splits.push({ split, ...loaded });
    warnings.push(...loaded.warnings);
  }
  const carved = await carve(input, chosen, train, scratch);
  return {
    train,
    splits: [...carved.splits, ...splits],
    trainSplit: chosen.train.split,
    warnings: [...warnings, ...carved.warnings],
  };
}

/** Draws validation rows out of train where the source brings none. */
async function carve(
  input: LoadDatasetInput,
  chosen: ChosenSplits,
  train: LoadedSplit,
  scratch: string,
): Promise<{ splits: readonly StoredSplit[]; warnings: readonly string[] }> {
  const whole: StoredSplit = { split: "train", ...train };
  if (chosen.validation) {
    const warnings = input.val_size ? ["`val_size` was not used: the source has a validation split."] : [];
    return { splits: [whole], warnings };
  }
  const share = input.val_size ?? (chosen.train.split === "train" ? DEFAULT_VAL_SIZE : 0);
  const drawn = validationRows(train.rows, share);
  if (drawn === 0) {
    return {
      splits: [whole],
      warnings: share > 0 ? ["There is no validation split: one row cannot be split."] : [],
    };
  }
  const all = join(scratch, "all.jsonl");
  const target = (split: string): string => join(scratch, split, "data.jsonl");
  await rename(target("train"), all);
  await mkdir(join(scratch, "validation"));
  const paths = { train: target("train"), validation: target("validation") };
  const draw = { rows: train.rows, drawn, seed: input.seed };
  const parts = await carveValidation(all, paths, await drawRows(all, storedFormat(train.format), draw));
  return {
    splits: [
      { split: "train", ...parts.train },
      { split: "validation", ...parts.validation },
    ],
    warnings: [],
  };
}

async function storeAll(
  loaded: LoadedSplits,
  scratch: string,
  label: string,
  context: ToolContext,
): Promise<{ train: ArtifactRef; validation?: ArtifactRef; test?: ArtifactRef }> {
  const refs: Partial<Record<StoredSplit["split"], ArtifactRef>> = {};
  for (const { split, rows } of loaded.splits) {
    throwIfCancelled(context.signal);
    const meta: JsonObject = {
      format: storedFormat(loaded.train.format),
      rows,
      split: split === "train" ? loaded.trainSplit : split,
      source: label,
    };
    const folder = join(scratch, split);
    await writeFile(
      join(folder, "dataset.json"),
      `${JSON.stringify({ ...meta, columns: loaded.train.columns })}\n`,
    );
    refs[split] = await context.artifacts.put(folder, { kind: "dataset", name: `${label} ${split}`, meta });
  }
  return refs as { train: ArtifactRef };
}
