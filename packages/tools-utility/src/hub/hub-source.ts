import { access } from "node:fs/promises";
import { nearestName, type ToolContext } from "@trainyard/core";
import { datasetInvalid } from "../dataset/invalid.ts";
import { type DataFiles, dataFilesBySplit } from "../dataset/local-source.ts";
import { type DatasetSource, fileTypeOf, readableExtensions, type SourceFile } from "../dataset/source.ts";
import { canonicalSplit } from "../dataset/split-names.ts";
import { quoted } from "../message-text.ts";
import { isSwitchedOn, type Settings } from "../settings.ts";
import { download } from "./download.ts";
import { type HubCache, hubCache, offline } from "./hub-cache.ts";
import { createHubClient, type HubClient } from "./hub-client.ts";
import { fetchListing, fileAddress, type HubFile, type HubListing } from "./hub-listing.ts";

/** Which dataset of the hub is asked for. */
export interface HubRequest {
  readonly id: string;
  readonly name?: string | undefined;
  readonly revision?: string | undefined;
  readonly dataFiles?: DataFiles | undefined;
}

/**
 * Finds a dataset on the hub; its files are downloaded only when they are read. Throws `DATASET_INVALID`, `MODEL_GATED`,
 * `HUB_UNREACHABLE`, `URL_NOT_ALLOWED`.
 */
export async function hubSource(
  request: HubRequest,
  settings: Settings,
  context: ToolContext,
): Promise<DatasetSource> {
  const client = createHubClient(settings, context.signal);
  const cache = hubCache(settings.cacheDir, client.address("").href, request.id);
  const isOffline =
    isSwitchedOn(settings.env["HF_HUB_OFFLINE"]) || isSwitchedOn(settings.env["HF_DATASETS_OFFLINE"]);
  const wanted = `${request.revision ?? ""} ${request.dataFiles === undefined ? "" : "by name"}`;
  const listing = isOffline ? await cache.recall(wanted) : await freshListing(client, cache, wanted, request);
  const open = { client, cache, isOffline, revision: listing.revision, context };
  const splits =
    request.dataFiles === undefined
      ? listedSplits(listing, request)
      : namedSplits(client, listing, request, request.dataFiles);
  return {
    label: `hub:${request.id}${request.name === undefined ? "" : `/${request.name}`}@${listing.revision}`,
    splits: mergedSplits(splits, (file) => sourceFile(file, open)),
    state: { kind: "hub", revision: listing.revision, entries: [] },
    warnings: [],
  };
}

async function freshListing(
  client: HubClient,
  cache: HubCache,
  wanted: string,
  request: HubRequest,
): Promise<HubListing> {
  const listing = await fetchListing(client, { ...request, byName: request.dataFiles !== undefined });
  await cache.keep(wanted, listing);
  return listing;
}

type HubSplits = readonly (readonly [split: string, files: readonly HubFile[]])[];

function listedSplits(listing: HubListing, { id, name }: HubRequest): HubSplits {
  const names = Object.keys(listing.configs);
  const chosen = name ?? (names.length === 1 ? names[0]! : "default");
  if (names.length === 0)
    throw datasetInvalid(
      `\`${id}\` holds no file that can be read; readable are ${quoted(readableExtensions)}.`,
    );
  if (Object.hasOwn(listing.configs, chosen)) return Object.entries(listing.configs[chosen]!);
  throw datasetInvalid(
    name === undefined
      ? `\`${id}\` has several configurations: ${quoted(names)}. Pass one as \`name\`.`
      : `\`${id}\` has no configuration \`${name}\`; it has ${quoted(nearestFirst(name, names))}.`,
    { found: names.slice(0, 100) },
  );
}

function namedSplits(
  client: HubClient,
  { files, revision }: HubListing,
  { id }: HubRequest,
  named: DataFiles,
): HubSplits {
  return dataFilesBySplit(named).map(({ split, name }) => {
    if (files.includes(name)) return [split, [{ name, url: fileAddress(client, id, revision, name) }]];
    throw datasetInvalid(`\`${id}\` has no file \`${name}\`; it has ${quoted(nearestFirst(name, files))}.`, {
      name,
    });
  });
}

function mergedSplits(
  splits: HubSplits,
  open: (file: HubFile) => SourceFile,
): ReadonlyMap<string, readonly SourceFile[]> {
  const merged = new Map<string, SourceFile[]>();
  for (const [split, files] of splits) {
    const name = canonicalSplit(split);
    merged.set(name, [...(merged.get(name) ?? []), ...files.map(open)]);
  }
  return merged;
}

interface OpenContext {
  readonly client: HubClient;
  readonly cache: HubCache;
  readonly isOffline: boolean;
  readonly revision: string;
  readonly context: ToolContext;
}

function sourceFile(
  { name, url }: HubFile,
  { client, cache, isOffline, revision, context }: OpenContext,
): SourceFile {
  const type = fileTypeOf(name);
  if (!type)
    throw datasetInvalid(
      `\`${name}\` has no extension that can be read; readable are ${quoted(readableExtensions)}.`,
    );
  return {
    name,
    type,
    async open() {
      const target = cache.fileOf(revision, url, type);
      const there = await access(target).then(
        () => true,
        () => false,
      );
      if (there) return target;
      if (isOffline) throw offline(`\`${name}\` was not downloaded before`);
      return download(client, {
        url: new URL(url),
        name,
        target,
        onBytes: (current, total) =>
          context.progress({
            current,
            ...(total !== undefined && { total }),
            unit: "bytes",
            message: `Downloading ${name}`,
          }),
      });
    },
  };
}

function nearestFirst(wanted: string, names: readonly string[]): readonly string[] {
  const near = nearestName(wanted, names);
  return near === undefined ? names : [near, ...names.filter((name) => name !== near)];
}
