import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readJson } from "../src/dataset/read-json.ts";
import { datasetStep, jsonl, pairs } from "./dataset-step.ts";
import { temporaryFolder } from "./tool-context.ts";

describe("refusals", () => {
  const invalid = (message: RegExp): object => ({
    code: "DATASET_INVALID",
    message: expect.stringMatching(message),
  });

  test.each([
    ["empty.json", "", /empty\.json is empty/],
    ["empty.jsonl", "\n\n", /empty\.jsonl has no rows/],
    ["head.csv", "prompt,completion\n", /head\.csv has no rows/],
    ["bad.json", '[\n  {"text": "a"},\n  {"text": b}\n]', /bad\.json is not valid JSON at line 3, column 12/],
    ["cut.json", '[\n{"text": "a"', /cut\.json is not valid JSON at line 2/],
    ["bad.jsonl", '{"text": "a"}\n\n{"text": \n', /bad\.jsonl is not valid JSON at line 3/],
    ["list.jsonl", '{"text": "a"}\n5\n', /list\.jsonl line 2 is a number/],
    ["ragged.csv", "text,b\n1,2\n3\n", /ragged\.csv line 3 is not valid CSV/],
    ["twice.csv", "text,text\n1,2\n", /names the columns `text` twice/],
    ["other.json", '{"items": [1]}', /no list of rows under `data`; its keys are `items`.*field: "items"/],
    ["scalar.json", "3", /needs a list of rows; it holds a number/],
    ["fake.parquet", "PAR1 nothing PAR1", /not a readable Parquet file/],
    ["a.pdf", "%PDF", /no extension that can be read/],
    [
      "squad.json",
      '{"data": [{"paragraphs": [{"context": "c"}]}]}',
      /row 1, paragraph 1 needs `context` and a list `qas`/,
    ],
  ])("%s", async (name, content, message) => {
    const { load, write } = await datasetStep();
    await expect(load({ path: await write(name, content) })).rejects.toMatchObject(invalid(message));
  });

  test("a .json file too long to be read whole points to JSON Lines", async () => {
    const { write } = await datasetStep();
    const path = await write("big.json", [{ text: "a".repeat(100) }]);
    const rows = readJson(path, "big.json", undefined, 64);
    await expect(rows.next()).rejects.toMatchObject(
      invalid(/113 bytes.*64 at most. Convert it to JSON Lines/),
    );
  });

  test("names found and needed columns, and a map between them", async () => {
    const { load, write } = await datasetStep();
    const path = await write("c.jsonl", jsonl([{ passage: "p", qestion: "q", answer: "a" }]));
    await expect(load({ path, format: "squad" })).rejects.toMatchObject({
      ...invalid(
        /columns `passage`, `qestion`, `answer`; needed are `context`, `question`, `answers` for format `squad`/,
      ),
      data: { column_map: { passage: "context", qestion: "question", answer: "answers" } },
    });
    await expect(load({ path: await write("x.jsonl", jsonl([{ z1: 1 }])) })).rejects.toMatchObject(
      invalid(/Pass a `column_map`/),
    );
  });

  test("refuses text that is not UTF-8 and rows of which none is usable", async () => {
    const { folder, load, write } = await datasetStep();
    await writeFile(join(folder, "l.jsonl"), Buffer.from([0x7b, 0x22, 0xff, 0xfe]));
    await expect(load({ path: join(folder, "l.jsonl") })).rejects.toMatchObject(invalid(/not UTF-8/));
    await expect(
      load({ path: await write("n.jsonl", jsonl([{ text: "" }, { text: null }])) }),
    ).rejects.toMatchObject(invalid(/No row of train can be used.*empty `text`.*no `text`/));
  });

  test("names the nearest file for one that is missing", async () => {
    const { folder, load, write } = await datasetStep();
    await write("squad_train.json", "[]");
    await expect(load({ path: join(folder, "squad_tran.json") })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringContaining("Did you mean `squad_train.json`?"),
    });
  });

  test("keeps to the allowed roots, also through links and data_files", async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, "secret.jsonl"), jsonl(pairs(3)));
    const root = await temporaryFolder();
    const { load } = await datasetStep({ allowedRoots: [root] });
    await writeFile(join(root, "ok.jsonl"), jsonl(pairs(3)));
    await symlink(join(outside, "secret.jsonl"), join(root, "link.jsonl"));
    await mkdir(join(root, "set"));
    await symlink(join(outside, "secret.jsonl"), join(root, "set", "train.jsonl"));
    expect((await load({ path: "ok.jsonl", val_size: 0 }))["rows"]).toEqual({ train: 3 });
    const denied = { code: "PATH_NOT_ALLOWED" };
    await expect(load({ path: join(root, "link.jsonl") })).rejects.toMatchObject(denied);
    await expect(load({ path: join(outside, "secret.jsonl") })).rejects.toMatchObject(denied);
    await expect(load({ path: join(outside, "absent.jsonl") })).rejects.toMatchObject(denied);
    await expect(
      load({ path: `${root}/../${outside.split("/").at(-1)}/secret.jsonl` }),
    ).rejects.toMatchObject(denied);
    await expect(load({ path: join(root, "set") })).rejects.toMatchObject(denied);
    await expect(load({ path: join(root, "set"), data_files: "../../etc/passwd" })).rejects.toMatchObject(
      denied,
    );
    await expect(load({ path: "a\0.jsonl" })).rejects.toMatchObject(denied);
  });

  test("cancels between rows", async () => {
    const { load, write, controller } = await datasetStep();
    const path = await write("d.jsonl", jsonl(pairs(5)));
    controller.abort();
    await expect(load({ path })).rejects.toMatchObject({ code: "CANCELLED" });
  });
});
