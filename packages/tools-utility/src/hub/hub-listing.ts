import { createHash } from "node:crypto";
import { canonicalJson } from "@trainyard/core";
import * as z from "zod";
import { datasetInvalid } from "../dataset/invalid.ts";
import { oneType } from "../dataset/local-source.ts";
import { splitOfPath } from "../dataset/split-names.ts";
import { fileTypeOf } from "../dataset/source.ts";
import type { HubClient } from "./hub-client.ts";

/** Files of a dataset by configuration and split, bound to a revision. */
export interface HubListing {
  readonly revision: string;
  readonly configs: Readonly<Record<string, Readonly<Record<string, readonly HubFile[]>>>>;
  /** Every file of the repository, where it was asked for by name. */
  readonly files: readonly string[];
}

/** A file on the hub. */
export interface HubFile {
  /** Path that messages name. */
  readonly name: string;
  readonly url: string;
}

/** Checks a listing that was kept on disk. */
export const hubListingSchema = z.object({
  revision: z.string().regex(/^[\w.-]{1,128}$/),
  configs: z.record(z.string(), z.record(z.string(), z.array(z.object({ name: z.string(), url: z.url() })))),
  files: z.array(z.string()),
});

const parquetSchema = z.record(z.string(), z.record(z.string(), z.array(z.url())));
const infoSchema = z.object({
  sha: z
    .string()
    .regex(/^[\w.-]{1,128}$/)
    .optional(),
  siblings: z.array(z.object({ rfilename: z.string() })).default([]),
});

/**
 * Lists a dataset: the hub's Parquet copy, or the repository's own files where there is none or a `revision` or files by
 * name are asked for. Throws `DATASET_INVALID` for one that does not exist.
 */
export async function fetchListing(
  client: HubClient,
  request: { readonly id: string; readonly revision?: string | undefined; readonly byName: boolean },
): Promise<HubListing> {
  const { id, revision, byName } = request;
  const api = `/api/datasets/${encodedPath(id)}`;
  const isPlain = revision === undefined && !byName;
  const parquet = isPlain ? parsed(parquetSchema, await client.json(`${api}/parquet`), id) : undefined;
  const info = parsed(
    infoSchema,
    await client.json(revision === undefined ? api : `${api}/revision/${encodeURIComponent(revision)}`),
    id,
  );
  if (parquet && Object.keys(parquet).length > 0) return parquetListing(parquet, info?.sha);
  if (info) return repositoryListing(client, id, info, revision);
  const what =
    revision === undefined
      ? `Dataset \`${id}\` does`
      : `Dataset \`${id}\` or its revision \`${revision}\` does`;
  throw datasetInvalid(
    `${what} not exist on ${client.address("").origin}, and no such file is on this machine. Check the name.`,
    { id },
  );
}

function parquetListing(parquet: z.output<typeof parquetSchema>, sha: string | undefined): HubListing {
  const configs = mapValues(parquet, (splits) =>
    mapValues(splits, (urls, split) =>
      urls.map((url, index) => ({ name: `${split}/${index}.parquet`, url })),
    ),
  );
  const revision = sha ?? createHash("sha256").update(canonicalJson(parquet)).digest("hex").slice(0, 40);
  return { revision, configs, files: [] };
}

function repositoryListing(
  client: HubClient,
  id: string,
  info: z.output<typeof infoSchema>,
  revision: string | undefined,
): HubListing {
  const sha = info.sha ?? revision ?? "main";
  const files = info.siblings.map(({ rfilename }) => rfilename);
  const { chosen } = oneType(
    files.filter((name) => fileTypeOf(name) !== undefined && !/(^|\/)\.|_infos?\.json$/.test(name)),
  );
  const isSplit = chosen.some((name) => splitOfPath(name) !== undefined);
  const placed = chosen.flatMap((name) => {
    const split = isSplit ? splitOfPath(name) : "train";
    return split === undefined ? [] : [{ name, split, config: configOf(name) }];
  });
  const configs = mapValues(
    Object.groupBy(placed, ({ config }) => config),
    (inConfig = []) =>
      mapValues(
        Object.groupBy(inConfig, ({ split }) => split),
        (inSplit = []) => inSplit.map(({ name }) => ({ name, url: fileAddress(client, id, sha, name) })),
      ),
  );
  return { revision: sha.replaceAll("/", "--"), configs, files };
}

/** The address of a file of a dataset repository. */
export function fileAddress(client: HubClient, id: string, revision: string, name: string): string {
  return client.address(
    `/datasets/${encodedPath(id)}/resolve/${encodeURIComponent(revision)}/${encodedPath(name)}`,
  ).href;
}

/** The folder of a file is its configuration, but for `data` and folders named by split. */
function configOf(name: string): string {
  const folders = name.split("/").slice(0, -1);
  const last = folders.findLast((folder) => folder !== "data" && splitOfPath(folder) === undefined);
  return last ?? "default";
}

function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function parsed<S extends z.ZodType>(schema: S, value: unknown, id: string): z.output<S> | undefined {
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw datasetInvalid(
    `The hub's description of \`${id}\` cannot be understood: ${z.prettifyError(result.error).slice(0, 300)}`,
  );
}

function mapValues<In, Out>(
  record: Partial<Record<string, In>>,
  map: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value as In, key)]));
}
