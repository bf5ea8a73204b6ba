import { artifact } from "@trainyard/core";
import * as z from "zod";
import { sourceFormats } from "./source-formats.ts";

const column = z.string().min(1).max(256);
const file = z.string().min(1).max(4096);

/** Input of `load_dataset`. */
export const loadDatasetInput = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .describe("A file, a folder, `sample`, or a hub id such as `squad` or `org/name`"),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.+-]{0,127}$/)
    .optional()
    .describe("Configuration: of a hub dataset, a sample's name, or a folder below `path`"),
  split: z
    .string()
    .regex(/^[A-Za-z][\w.-]{0,63}$/)
    .optional()
    .describe("Load this split alone, as `train`. Default: train, validation and test"),
  data_files: z
    .union([
      file,
      z.array(file).min(1).max(1000),
      z.record(z.string(), z.union([file, z.array(file).min(1).max(1000)])),
    ])
    .optional()
    .describe("Files below `path`: one, a list, or lists by split"),
  field: column
    .optional()
    .describe("Key of the list of rows in a JSON file. Default `data` where there is one"),
  format: z
    .enum(["auto", ...sourceFormats])
    .default("auto")
    .describe("How rows are written; `auto` goes by their columns"),
  column_map: z.record(column, column).optional().describe("Found column name to needed column name"),
  max_samples: z.int().min(1).optional().describe("At most this many rows of each split, from its start"),
  val_size: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("Share of train drawn for validation where the source has none. Default 0.05"),
  revision: z
    .string()
    .regex(/^[A-Za-z0-9][\w./-]{0,127}$/)
    .optional()
    .describe("Branch, tag or commit of a hub dataset"),
  seed: z.int().min(0).max(4_294_967_295).default(42).describe("Decides which rows are drawn for validation"),
});

/** Input of `load_dataset`, with its defaults. */
export type LoadDatasetInput = z.output<typeof loadDatasetInput>;

/** Output of `load_dataset`. */
export const loadDatasetOutput = z.object({
  train: artifact("dataset", "Rows to train on"),
  validation: artifact("dataset", "Rows to evaluate on").optional(),
  test: artifact("dataset", "Rows held out").optional(),
  rows: z.record(z.string(), z.number()).describe("Rows by split"),
  columns: z.array(z.string()).describe("Columns of the stored rows"),
  source_columns: z
    .array(z.object({ name: z.string(), type: z.string() }))
    .describe("Columns as they were found"),
  format: z.string().describe("Format of the stored rows"),
  source_format: z.string().describe("Format in which the rows were found"),
  samples: z.array(z.record(z.string(), z.json())).describe("First rows of train, long texts cut"),
  warnings: z.array(z.string()),
  fingerprint: z.string().describe("sha256 over the stored rows of all splits"),
  source: z.string().describe("Where the rows come from"),
  source_state: z.object({
    kind: z.enum(["local", "hub"]),
    revision: z.string().optional(),
    entries: z.array(z.object({ path: z.string(), stamp: z.string() })),
  }),
});
