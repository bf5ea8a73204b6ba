import { readdir, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { TrainyardError } from "@trainyard/core";
import { requireAllowed } from "../allowed-path.ts";
import { quoted } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";
import {
  type DatasetSource,
  fileTypeOf,
  readableExtensions,
  type SourceFile,
  typePreference,
} from "./source.ts";
import { localState } from "./source-state.ts";
import { canonicalSplit, splitOfPath } from "./split-names.ts";

/** Files by split as the caller names them: one, a list for `train`, or lists by split. */
export type DataFiles = string | readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/** What to read of a local dataset. */
export interface LocalRequest {
  /** A real path that may be read. */
  readonly path: string;
  readonly label: string;
  /** A folder below `path`. */
  readonly name?: string | undefined;
  readonly dataFiles?: DataFiles | undefined;
  readonly allowedRoots: readonly string[] | undefined;
}

const METADATA = new Set([
  "dataset.json",
  "dataset_info.json",
  "dataset_infos.json",
  "dataset_dict.json",
  "state.json",
]);
const MAX_DEPTH = 3;
const MAX_FILES = 10_000;

/** Finds the files of a local dataset. Throws `DATASET_INVALID`, `FILE_NOT_FOUND`, `PATH_NOT_ALLOWED`. */
export async function localSource(request: LocalRequest): Promise<DatasetSource> {
  const entry = await stat(request.path);
  if (entry.isFile()) return fileSource(request);
  if (!entry.isDirectory()) throw datasetInvalid(`\`${request.label}\` is neither a file nor a folder.`);
  const folder = request.name === undefined ? request.path : await configurationFolder(request, request.name);
  return request.dataFiles === undefined
    ? folderSource(request, folder)
    : namedFiles(request, folder, request.dataFiles);
}

async function fileSource({ path, label, name, dataFiles }: LocalRequest): Promise<DatasetSource> {
  if (name !== undefined || dataFiles !== undefined) {
    throw datasetInvalid(`\`${label}\` is a file; \`name\` and \`data_files\` go with a folder.`);
  }
  const state = await localState([path]);
  return { label, splits: new Map([["train", [localFile(path, basename(path))]]]), state, warnings: [] };
}

async function configurationFolder({ path, label }: LocalRequest, name: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (folders.includes(name)) return join(path, name);
  throw datasetInvalid(
    `\`${label}\` has no configuration \`${name}\`; its folders are ${quoted(folders) || "none"}.`,
    { found: folders },
  );
}

async function folderSource({ label, allowedRoots }: LocalRequest, folder: string): Promise<DatasetSource> {
  const names = await dataFilesBelow(folder);
  const { chosen, warnings } = oneType(names);
  if (chosen.length === 0) {
    throw datasetInvalid(`\`${label}\` holds no data file. Readable are ${quoted(readableExtensions)}.`);
  }
  const isSplit = chosen.some((name) => splitOfPath(name) !== undefined);
  const placed = chosen.map((name) => ({ name, split: isSplit ? splitOfPath(name) : "train" }));
  const loose = placed.flatMap(({ name, split }) => (split === undefined ? [name] : []));
  const files = await Promise.all(
    placed.flatMap(({ name, split }) =>
      split === undefined ? [] : [allowedFile(folder, name, split, allowedRoots)],
    ),
  );
  return {
    label,
    splits: bySplit(files),
    state: await localState([folder, ...files.map(({ path }) => path)]),
    warnings:
      loose.length > 0
        ? [...warnings, `Left out, as their names tell no split: ${quoted(loose, 5)}.`]
        : warnings,
  };
}

async function namedFiles(
  { label, allowedRoots }: LocalRequest,
  folder: string,
  named: DataFiles,
): Promise<DatasetSource> {
  const wanted = dataFilesBySplit(named);
  const files = await Promise.all(
    wanted.map(({ split, name }) => allowedFile(folder, name, split, allowedRoots)),
  );
  return {
    label,
    splits: bySplit(files),
    state: await localState(files.map(({ path }) => path)),
    warnings: [],
  };
}

/** `data_files` as a flat list; names without a split are `train`. */
export function dataFilesBySplit(
  named: DataFiles,
): readonly { readonly split: string; readonly name: string }[] {
  const bySplits =
    typeof named === "string" || Array.isArray(named)
      ? { train: named as string | readonly string[] }
      : named;
  return Object.entries(bySplits).flatMap(([split, names]) =>
    [names].flat().map((name) => ({ split: canonicalSplit(split), name })),
  );
}

interface PlacedFile {
  readonly split: string;
  readonly path: string;
  readonly file: SourceFile;
}

async function allowedFile(
  folder: string,
  name: string,
  split: string,
  allowedRoots: readonly string[] | undefined,
): Promise<PlacedFile> {
  const path = await requireAllowed(name, allowedRoots, folder);
  if (!(await stat(path)).isFile()) throw new TrainyardError("FILE_NOT_FOUND", `\`${name}\` is not a file.`);
  return { split, path, file: localFile(path, name) };
}

function localFile(path: string, name: string): SourceFile {
  const type = fileTypeOf(name) ?? fileTypeOf(path);
  if (!type) {
    throw datasetInvalid(
      `\`${name}\` has no extension that can be read; readable are ${quoted(readableExtensions)}. Convert it first.`,
    );
  }
  return { name, type, open: () => Promise.resolve(path) };
}

function bySplit(files: readonly PlacedFile[]): ReadonlyMap<string, readonly SourceFile[]> {
  return new Map(
    [...Map.groupBy(files, ({ split }) => split)].map(([split, placed]) => [
      split,
      placed.map(({ file }) => file),
    ]),
  );
}

/** Files of the preferred type: a folder that holds the same rows twice, in two types, must not double them. */
export function oneType(names: readonly string[]): {
  readonly chosen: readonly string[];
  readonly warnings: readonly string[];
} {
  const type = typePreference.find((candidate) => names.some((name) => fileTypeOf(name) === candidate));
  const chosen = names.filter((name) => fileTypeOf(name) === type);
  const others = names.filter((name) => fileTypeOf(name) !== type);
  const isNoise = others.every((name) => fileTypeOf(name) === "text");
  return {
    chosen,
    warnings:
      others.length === 0 || isNoise ? [] : [`Left out, as ${type} files are there: ${quoted(others, 5)}.`],
  };
}

async function dataFilesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (current: string, depth: number): Promise<void> => {
    const entries = await readdir(current, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || METADATA.has(entry.name)) continue;
      const path = join(current, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await walk(path, depth + 1);
      else if (!entry.isDirectory() && fileTypeOf(entry.name)) found.push(relative(folder, path));
      if (found.length > MAX_FILES)
        throw datasetInvalid(
          `\`${folder}\` holds more than ${MAX_FILES} files. Name them in \`data_files\`.`,
        );
    }
  };
  await walk(folder, 1);
  return found;
}
