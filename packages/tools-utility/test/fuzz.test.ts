import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRegistry, type AnyTool, TrainyardError } from "@trainyard/core";
import { utilityTools } from "@trainyard/tools-utility";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { parseConfig } from "../src/config/parse-config.ts";
import { resolveConfig } from "../src/config/resolve-config.ts";
import { validationRows } from "../src/dataset/carve-validation.ts";
import { convertRow } from "../src/dataset/convert-row.ts";
import { detectFormat } from "../src/dataset/detect-format.ts";
import { readParquet } from "../src/dataset/read-parquet.ts";
import { neededColumns, sourceFormats } from "../src/dataset/source-formats.ts";
import { splitOfPath } from "../src/dataset/split-names.ts";
import { createStep, type Json, runTool, temporaryFolder } from "./tool-context.ts";

const seed = 20_261_122;

/** Runs `work` and lets no error through but those that say what is wrong with the input. */
async function onlyKnownErrors<T>(
  codes: readonly string[],
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!TrainyardError.is(error) || !codes.includes(error.code)) throw error;
    return undefined;
  }
}

async function loader() {
  const folder = await temporaryFolder();
  const tool: AnyTool = createRegistry([utilityTools({ env: {}, allowedRoots: [folder] })]).get(
    "load_dataset",
  );
  const { context } = await createStep(folder);
  await mkdir(join(folder, "in"));
  let files = 0;
  return async (
    extension: string,
    content: string | Uint8Array,
  ): Promise<Record<string, Json> | undefined> => {
    const path = join(folder, "in", `${++files}.${extension}`);
    await writeFile(path, content);
    return onlyKnownErrors(["DATASET_INVALID"], () => runTool(tool, { path, val_size: 0 }, context));
  };
}

const column = fc.constantFrom(
  ...new Set(Object.values(neededColumns).flat()),
  "id",
  "is_impossible",
  "__proto__",
  "constructor",
  "system",
);
const message = fc.record(
  {
    role: fc.constantFrom("user", "assistant", "x"),
    content: fc.anything(),
    from: fc.constantFrom("human", "gpt"),
    value: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const cell = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.array(message, { maxLength: 3 }),
  fc.record({ text: fc.jsonValue(), answer_start: fc.jsonValue() }),
);
const row = fc.dictionary(column, cell, { maxKeys: 8 });

test("detection and conversion never crash, and what is kept is text", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
      const raw = rows.map((values) => ({ where: "row", values }));
      const format = await onlyKnownErrors(["DATASET_INVALID"], () => detectFormat(raw, "auto", "fuzz"));
      for (const candidate of format ? [format] : sourceFormats) {
        for (const values of rows) {
          const converted = convertRow(values, candidate, 0);
          if ("row" in converted) expect(JSON.parse(JSON.stringify(converted.row))).toEqual(converted.row);
          else expect(converted.dropped).not.toBe("");
        }
      }
    }),
    { seed, numRuns: 500 },
  );
});

test.each(["jsonl", "json", "csv", "tsv", "txt", "parquet"])(
  "any bytes as .%s",
  async (extension) => {
    const load = await loader();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 200, unit: "binary" })),
        async (content) => {
          const output = await load(extension, content);
          if (output) expect(output["rows"].train).toBeGreaterThan(0);
        },
      ),
      { seed, numRuns: 25 },
    );
  },
  120_000,
);

test("damaged Parquet, also where it makes the decoder run for ever", async () => {
  const path = join(await temporaryFolder(), "a.parquet");
  const columns = [{ name: "text", data: ["a", "b", "c"], type: "STRING" as const }];
  const whole = new Uint8Array(parquetWriteBuffer({ columnData: columns }));
  const limits = { signal: new AbortController().signal, timeoutMs: 2000 };
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const damaged = whole.slice();
      for (const [at, byte] of changes) damaged[at] = byte;
      await writeFile(path, damaged);
      await onlyKnownErrors(["DATASET_INVALID"], async () => {
        for await (const { values } of readParquet(path, "a.parquet", limits))
          expect(values).toBeTypeOf("object");
      });
    }),
    // This change of one byte alone keeps hyparquet 1.31 busy for ever.
    { seed, numRuns: 20, examples: [[[[6, 124]]]] },
  );
}, 120_000);

test("JSON Lines and CSV give back every row that was written", async () => {
  const load = await loader();
  const text = fc
    .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
    .filter((value) => value.trim() !== "");
  const pairs = fc.array(fc.record({ prompt: text, completion: text }), { minLength: 1, maxLength: 5 });
  const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(pairs, async (rows) => {
      const lines = await load("jsonl", rows.map((entry) => JSON.stringify(entry)).join("\r\n"));
      const table = [["prompt", "completion"], ...rows.map((entry) => [entry.prompt, entry.completion])];
      const csv = await load("csv", table.map((cells) => cells.map(quoted).join(",")).join("\r\n"));
      expect(lines!["samples"]).toEqual(rows.slice(0, 3));
      expect(csv!["fingerprint"]).toBe(lines!["fingerprint"]);
    }),
    { seed, numRuns: 20 },
  );
});

test("any text as a configuration", async () => {
  const line = fc.tuple(
    fc.constantFrom("seed", "adapter", "datasets", "lora_r", "base_model", "__proto__", "x"),
    fc.string({ maxLength: 12 }),
  );
  const text = fc.oneof(
    fc.string({ maxLength: 200, unit: "binary" }),
    fc.array(line).map((lines) => lines.map(([key, value]) => `${key}: ${value}`).join("\n")),
  );
  await fc.assert(
    fc.asyncProperty(text, async (source) => {
      await onlyKnownErrors(["CONFIG_INVALID"], () => resolveConfig(parseConfig(source, "fuzz"), {}, "auto"));
    }),
    { seed, numRuns: 500 },
  );
});

test("a drawn share leaves both sides something", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10_000 }),
      fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
      (rows, share) => {
        const drawn = validationRows(rows, share);
        return drawn >= 1 && drawn < rows;
      },
    ),
    { seed },
  );
});

test("split names are found whatever stands around them", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("train", "dev", "test"),
      fc.stringMatching(/^[0-9._-]{0,6}$/),
      (split, rest) => {
        expect(splitOfPath(`qa/${rest}${split}${rest}.json`)).toBe(split === "dev" ? "validation" : split);
      },
    ),
    { seed },
  );
});
