/** How a file's rows are written. */
export type FileType = "parquet" | "jsonl" | "json" | "csv" | "tsv" | "text";

/** One file of a dataset. */
export interface SourceFile {
  /** What messages call it. */
  readonly name: string;
  readonly type: FileType;
  /** The file on this machine, downloaded first where it is remote. */
  open(): Promise<string>;
}

/** What a loaded result depends on, so that a later run can tell whether it is still current. */
export interface SourceState {
  readonly kind: "local" | "hub";
  /** Revision of the hub's copy. */
  readonly revision?: string | undefined;
  /** Files and folders read, with a stamp that changes when their content does. */
  readonly entries: readonly { readonly path: string; readonly stamp: string }[];
}

/** A dataset that was found, before any row is read. */
export interface DatasetSource {
  /** Where it comes from, such as `sample:plain` or `hub:org/name@revision`. */
  readonly label: string;
  /** Files by split, in reading order. */
  readonly splits: ReadonlyMap<string, readonly SourceFile[]>;
  readonly state: SourceState;
  readonly warnings: readonly string[];
}

const TYPES: Readonly<Record<string, FileType>> = {
  ".parquet": "parquet",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".tsv": "tsv",
  ".txt": "text",
};

/** File types in the order in which a folder that mixes them is read: the first one present wins. */
export const typePreference: readonly FileType[] = ["parquet", "jsonl", "json", "csv", "tsv", "text"];

/** Extensions that can be read, for messages. */
export const readableExtensions: readonly string[] = Object.keys(TYPES);

/** The type of a file by its extension; undefined for one that cannot be read. */
export function fileTypeOf(name: string): FileType | undefined {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? undefined : TYPES[name.slice(dot).toLowerCase()];
}
