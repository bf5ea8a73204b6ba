import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TrainyardError } from "@trainyard/core";
import { type HubListing, hubListingSchema } from "./hub-listing.ts";

/** Where the files of one dataset are kept between runs, by revision. */
export interface HubCache {
  /** Remembers a listing, and that `wanted` (a branch, or nothing) led to it. */
  keep(wanted: string, listing: HubListing): Promise<void>;
  /** The listing `wanted` last led to. Throws `HUB_UNREACHABLE` when there is none. */
  recall(wanted: string): Promise<HubListing>;
  /** Where a file of a revision lies once it is downloaded. */
  fileOf(revision: string, url: string, type: string): string;
}

/** The cache of one dataset of one hub. */
export function hubCache(cacheDir: string, endpoint: string, id: string): HubCache {
  const root = join(cacheDir, "datasets", digest(endpoint).slice(0, 8), id.replaceAll("/", "--"));
  const refFile = (wanted: string): string => join(root, "refs", `${digest(wanted).slice(0, 16)}.json`);
  return {
    async keep(wanted, listing) {
      await mkdir(join(root, "refs"), { recursive: true });
      const part = `${refFile(wanted)}.${randomUUID()}.part`;
      await writeFile(part, JSON.stringify(listing));
      await rename(part, refFile(wanted));
    },
    async recall(wanted) {
      const text = await readFile(refFile(wanted), "utf8").catch(() => undefined);
      const listing = text === undefined ? undefined : hubListingSchema.safeParse(safeJson(text)).data;
      if (listing) return listing;
      throw offline(`Dataset \`${id}\` was not downloaded before`);
    },
    fileOf: (revision, url, type) => join(root, revision, `${digest(url).slice(0, 32)}.${type}`),
  };
}

/** The error for something that is not in the cache while HF_HUB_OFFLINE is set. */
export function offline(what: string): TrainyardError {
  return new TrainyardError(
    "HUB_UNREACHABLE",
    `${what}, and HF_HUB_OFFLINE is set. Unset it, or give a local path.`,
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
