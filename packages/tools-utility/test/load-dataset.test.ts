import { existsSync } from "node:fs";
import { cp, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { sampleNames } from "../src/samples.ts";
import { datasetStep, jsonl, pairs } from "./dataset-step.ts";

const squadFile = resolve(import.meta.dirname, "../../../../shared/data/squad-v2-dev-3-articles.json");

describe("formats", () => {
  test.skipIf(!existsSync(squadFile))(
    "reads real SQuAD 2.0 (skipped where the shared file is absent)",
    async () => {
      const { load, rows } = await datasetStep();
      const output = await load({ path: squadFile, val_size: 0 });
      const all = await rows(output["train"]);
      expect(output).toMatchObject({
        rows: { train: 950 },
        format: "squad",
        columns: ["id", "title", "context", "question", "answers"],
      });
      expect(all.filter((row) => row.answers.text.length > 0)).toHaveLength(473);
      expect(all[0]).toMatchObject({ title: "Normans", question: "In what country is Normandy located?" });
      expect(all.every((row) => row.answers.text.every((text: string) => row.context.includes(text)))).toBe(
        true,
      );
      expect(output["warnings"].join()).toContain("477 of 950 rows have no answer");
    },
  );

  test("brings the sample, and another of its configurations", async () => {
    const { load } = await datasetStep({ allowedRoots: [] });
    const names = await sampleNames();
    const plain = await load({ path: "sample" });
    const other = await load({ path: "sample", name: names.find((name) => name !== "plain") });
    expect(plain).toMatchObject({ format: "squad", source: "sample:plain" });
    expect(plain["rows"].train).toBeGreaterThan(0);
    expect(plain["rows"].validation).toBeGreaterThan(0);
    expect(other["fingerprint"]).not.toBe(plain["fingerprint"]);
    await expect(load({ path: "sample", name: "poems" })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringMatching(/poems.*`plain`/),
    });
  });

  test("writes questions and answers as prompt and completion", async () => {
    const { load, rows, write } = await datasetStep();
    const path = await write("faq.csv", "question,answer\nWhere?,Here\nWhen?,Now\n");
    const output = await load({ path, val_size: 0 });
    expect(output).toMatchObject({ format: "prompt_completion", source_format: "question_answer" });
    expect(await rows(output["train"])).toEqual([
      { prompt: "question: Where?\nanswer:", completion: " Here" },
      { prompt: "question: When?\nanswer:", completion: " Now" },
    ]);
  });

  test("writes alpaca as prompt and completion", async () => {
    const { load, rows, write } = await datasetStep();
    const path = await write("a.json", [
      { instruction: "Add", input: "1 2", output: "3" },
      { instruction: "Greet", output: "Hi" },
    ]);
    const output = await load({ path, val_size: 0 });
    expect(output).toMatchObject({ format: "prompt_completion", source_format: "alpaca" });
    expect(await rows(output["train"])).toEqual([
      { prompt: "### Instruction:\nAdd\n\n### Input:\n1 2\n\n### Response:\n", completion: "3" },
      { prompt: "### Instruction:\nGreet\n\n### Response:\n", completion: "Hi" },
    ]);
  });

  test("writes sharegpt as messages and drops what has an unknown role", async () => {
    const { load, rows, write } = await datasetStep();
    const path = await write(
      "s.jsonl",
      jsonl([
        {
          system: "Be brief",
          conversations: [
            { from: "human", value: "Hi" },
            { from: "gpt", value: "Hello" },
          ],
        },
        { conversations: [{ from: "martian", value: "Hi" }] },
        { conversations: [] },
      ]),
    );
    const output = await load({ path, val_size: 0 });
    expect(await rows(output["train"])).toEqual([
      {
        messages: [
          { role: "system", content: "Be brief" },
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hello" },
        ],
      },
    ]);
    expect(output["warnings"]).toContain("train: 1 row left out: a message with an unknown role.");
    expect(output["warnings"]).toContain("train: 1 row left out: no messages in `conversations`.");
  });

  test("keeps messages, preferences and text", async () => {
    const { load, rows, write } = await datasetStep();
    const talk = [
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      { role: "assistant", content: "Ho" },
    ];
    const messages = await load({ path: await write("m.jsonl", jsonl([{ messages: talk, extra: 1 }])) });
    expect(await rows(messages["train"])).toEqual([
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Ho" },
        ],
      },
    ]);
    const preference = await load({
      path: await write("p.jsonl", jsonl([{ prompt: "a", chosen: "b", rejected: "c" }])),
    });
    expect(await rows(preference["train"])).toEqual([{ prompt: "a", chosen: "b", rejected: "c" }]);
    const pair = { chosen: talk, rejected: [talk[0], { role: "assistant", content: "No" }] };
    const wrapped = await load({ path: await write("w.jsonl", jsonl([pair])) });
    expect(await rows(wrapped["train"])).toEqual([{ prompt: "Hi", chosen: "Ho", rejected: "No" }]);
    const scored = { prompt: "a", ...pair, messages: talk, score_chosen: 9 };
    const ranked = await load({ path: await write("u.jsonl", jsonl([scored])) });
    expect(ranked["format"]).toBe("preference");
    expect(await rows(ranked["train"])).toEqual([{ prompt: "a", chosen: "Ho", rejected: "No" }]);
    const text = await load({ path: await write("t.txt", "\uFEFFone\r\n\r\ntwo\n"), val_size: 0 });
    expect(await rows(text["train"])).toEqual([{ text: "one" }, { text: "two" }]);
  });

  test("reads flat SQuAD with answers as lists, as plain text and as none", async () => {
    const { load, rows, write } = await datasetStep();
    const base = { context: "Ada wrote 🙂 code.", question: "What?" };
    const path = await write("q.json", {
      rows: [
        { ...base, id: "1", answers: { text: ["code"], answer_start: [12] } },
        { ...base, question: "Which?", answers: "code" },
        { ...base, answers: [{ text: "Ada", answer_start: 0 }], is_impossible: true },
        { ...base, answers: 3 },
        { ...base, answers: { texts: [] } },
      ],
    });
    const output = await load({ path, field: "rows", val_size: 0 });
    const all = await rows(output["train"]);
    expect(all.map((row) => row.answers)).toEqual([
      { text: ["code"], answer_start: [12] },
      { text: ["code"], answer_start: [12] },
      { text: [], answer_start: [] },
      { text: ["3"], answer_start: [-1] },
    ]);
    expect(all[1].id).toBe("row-1");
    expect(output["warnings"]).toEqual([
      "train: 1 row left out: `answers` of an unknown shape.",
      "train: 1 of 4 rows have no answer (as in SQuAD 2.0).",
      "train: 1 of 4 rows have an answer that does not occur in its context.",
    ]);
  });

  test("reads CSV, TSV and Parquet to the same rows", async () => {
    const { folder, load, rows, write } = await datasetStep();
    const csv = await load({
      path: await write("a.csv", 'prompt,completion\n"one, ""two""\nthree",4\nx,y\n'),
      val_size: 0,
    });
    const tsv = await load({
      path: await write("a.tsv", 'prompt\tcompletion\np\tit\'s "so"\n'),
      val_size: 0,
    });
    expect(await rows(csv["train"])).toEqual([
      { prompt: 'one, "two"\nthree', completion: "4" },
      { prompt: "x", completion: "y" },
    ]);
    expect(await rows(tsv["train"])).toEqual([{ prompt: "p", completion: 'it\'s "so"' }]);
    const path = join(folder, "a.parquet");
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: "prompt", data: ["a", "b"], type: "STRING" },
        { name: "completion", data: [1n, 2n], type: "INT64" },
      ],
      rowGroupSize: 1,
    });
    const parquet = await load({ path, val_size: 0 });
    expect(await rows(parquet["train"])).toEqual([
      { prompt: "a", completion: "1" },
      { prompt: "b", completion: "2" },
    ]);
    expect(parquet["warnings"]).toEqual([
      "train: 2 of 2 rows had fields that are not text; they were written out as text.",
    ]);
  });

  test("renames columns", async () => {
    const { load, rows, write } = await datasetStep();
    const path = await write("r.jsonl", jsonl([{ query: "q", reply: "r", prompt: "old" }]));
    const output = await load({ path, column_map: { query: "prompt", reply: "completion" } });
    expect(await rows(output["train"])).toEqual([{ prompt: "q", completion: "r" }]);
    await expect(load({ path, column_map: { qery: "prompt" } })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringMatching(/`qery`.*`query`, `reply`/),
    });
  });
});

describe("splits", () => {
  test("draws validation evenly, the same for the same seed", async () => {
    const { load, rows, write } = await datasetStep();
    const path = await write("d.jsonl", jsonl(pairs(200)));
    const first = await load({ path });
    const again = await load({ path });
    const other = await load({ path, seed: 7 });
    expect(first["rows"]).toEqual({ train: 190, validation: 10 });
    expect(again["fingerprint"]).toBe(first["fingerprint"]);
    expect(other["fingerprint"]).not.toBe(first["fingerprint"]);
    const drawn = await rows(first["validation"]);
    const kept = await rows(first["train"]);
    expect(new Set([...drawn, ...kept].map((row) => row.prompt)).size).toBe(200);
    expect(first["train"]).toMatchObject({
      kind: "dataset",
      meta: { format: "prompt_completion", rows: 190, split: "train", source: path },
    });
  });

  test("takes the splits of a folder by name and caps each", async () => {
    const { folder, load, write } = await datasetStep();
    await write("set/train.jsonl", jsonl(pairs(9)));
    await write("set/dev-v2.0.jsonl", jsonl(pairs(4)));
    await write("set/test/part-0.jsonl", jsonl(pairs(2)));
    await write("set/notes.jsonl", jsonl(pairs(2)));
    const output = await load({ path: join(folder, "set"), max_samples: 3, val_size: 0.5 });
    expect(output["rows"]).toEqual({ train: 3, validation: 3, test: 2 });
    expect(output["warnings"]).toContain("Left out, as their names tell no split: `notes.jsonl`.");
    expect(output["warnings"]).toContain("`val_size` was not used: the source has a validation split.");
  });

  test("loads one split alone as train, and under its own name", async () => {
    const { folder, load, write } = await datasetStep();
    await write("set/val.jsonl", jsonl(pairs(4)));
    await expect(load({ path: join(folder, "set") })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringContaining('Pass `split: "validation"`'),
    });
    const output = await load({ path: join(folder, "set"), split: "val" });
    expect(output["rows"]).toEqual({ train: 4 });
    expect(output["train"].meta.split).toBe("validation");
    expect(output["validation"]).toEqual(output["train"]);
  });

  test("takes data_files by split and configurations by folder", async () => {
    const { folder, load, write } = await datasetStep();
    await write("set/en/a.jsonl", jsonl(pairs(3)));
    await write("set/en/b.jsonl", jsonl(pairs(2)));
    const output = await load({
      path: join(folder, "set"),
      name: "en",
      data_files: { train: ["a.jsonl"], dev: "b.jsonl" },
    });
    expect(output["rows"]).toEqual({ train: 3, validation: 2 });
    await expect(load({ path: join(folder, "set"), name: "de" })).rejects.toMatchObject({
      message: expect.stringContaining("`en`"),
    });
    await expect(load({ path: join(folder, "set/en"), data_files: "c.jsonl" })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
  });

  test("never empties train", async () => {
    const { load, write } = await datasetStep();
    expect((await load({ path: await write("a.jsonl", jsonl(pairs(2))), val_size: 0.99 }))["rows"]).toEqual({
      train: 1,
      validation: 1,
    });
    const one = await load({ path: await write("b.jsonl", jsonl(pairs(1))) });
    expect(one["rows"]).toEqual({ train: 1 });
    expect(one["warnings"]).toContain("There is no validation split: one row cannot be split.");
  });
});

describe("cache", () => {
  test("is stale once the file's content changed, also with the old size and time", async () => {
    const { folder, load, write, tool } = await datasetStep();
    const path = await write("d.jsonl", jsonl(pairs(3)));
    const past = new Date(1_600_000_000_000);
    await utimes(path, past, past);
    const output = await load({ path });
    expect(await tool.validate!(output, { path })).toBe(true);
    await cp(path, join(folder, "copy.jsonl"));
    expect(await tool.validate!(output, { path })).toBe(true);
    await writeFile(path, jsonl(pairs(3)).replaceAll("p0", "x0"));
    await utimes(path, past, past);
    expect(await tool.validate!(output, { path })).toBe(false);
  });

  test("is stale once a folder gets another file", async () => {
    const { folder, load, write, tool } = await datasetStep();
    await write("set/train.jsonl", jsonl(pairs(3)));
    const output = await load({ path: join(folder, "set") });
    expect(await tool.validate!(output, { path: join(folder, "set") })).toBe(true);
    await write("set/dev.jsonl", jsonl(pairs(3)));
    expect(await tool.validate!(output, { path: join(folder, "set") })).toBe(false);
  });
});

test("counts duplicates, very long rows and cuts samples", async () => {
  const { load, write, logged } = await datasetStep();
  const long = { prompt: "x".repeat(40_000), completion: "" };
  const output = await load({
    path: await write("d.jsonl", jsonl([pairs(1)[0]!, pairs(1)[0]!, long])),
    val_size: 0,
  });
  expect(output["samples"]).toHaveLength(3);
  expect(output["samples"][2].prompt).toHaveLength(501);
  expect(output["warnings"]).toEqual([
    "train: 1 of 3 rows repeat an earlier one.",
    "train: 1 of 3 rows have an empty field.",
    "train: 1 of 3 rows are longer than 32768 characters; training cuts them at max_length.",
  ]);
  expect(logged).toEqual(output["warnings"].map((text: string) => `warning: ${text}`));
});

test("reads JSON Lines that are called .json, and many rows in bounded memory", async () => {
  const { load, write } = await datasetStep();
  const path = await write("lines.json", jsonl(pairs(20_000)));
  expect((await load({ path, val_size: 0 }))["rows"]).toEqual({ train: 20_000 });
});

describe("numbers are written out as they stand", () => {
  const prompts = ["12345678901234567890", "1.0", "1e2", "-0", "7"];

  test.each([
    ["n.jsonl", prompts.map((number) => `{"prompt": ${number}, "completion": [${number}]}\n`).join("")],
    ["n.json", `[${prompts.map((number) => `{"prompt": ${number}, "completion": [${number}]}`).join(",")}]`],
  ])("%s", async (name, content) => {
    const { load, rows, write } = await datasetStep();
    const output = await load({ path: await write(name, content), val_size: 0 });
    expect(await rows(output["train"])).toEqual(
      prompts.map((number) => ({ prompt: number, completion: `[${number}]` })),
    );
    expect(output["source_columns"]).toEqual([
      { name: "prompt", type: "number" },
      { name: "completion", type: "list" },
    ]);
  });

  test("in answers and their places", async () => {
    const { load, rows, write } = await datasetStep();
    const base = '"context": "1.0 or 1.0", "question": "q"';
    const content = `{${base}, "answers": {"text": [1.0], "answer_start": [7.0]}}\n{${base}, "answers": 1.0}\n`;
    const output = await load({ path: await write("a.jsonl", content), val_size: 0 });
    expect((await rows(output["train"])).map((row) => row.answers)).toEqual([
      { text: ["1.0"], answer_start: [7] },
      { text: ["1.0"], answer_start: [0] },
    ]);
  });

  test("unless they are nested deeper than can be followed", async () => {
    const { load, write } = await datasetStep();
    const deep = `{"text": ${"[".repeat(100_000)}1.0${"]".repeat(100_000)}}`;
    const output = await load({ path: await write("a.jsonl", `{"text": "a"}\n${deep}\n`), val_size: 0 });
    expect(output["rows"]).toEqual({ train: 1 });
    expect(output["warnings"]).toEqual(["train: 1 row left out: no `text`."]);
  });

  test("are no rows", async () => {
    const { load, write } = await datasetStep();
    await expect(load({ path: await write("a.jsonl", '{"text": "a"}\n1.0\n') })).rejects.toMatchObject({
      message: expect.stringContaining("a.jsonl line 2 is a number"),
    });
  });
});
