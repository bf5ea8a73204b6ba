import { describe, expect, test } from "vitest";
import { datasetStep, jsonl } from "./dataset-step.ts";
import type { Json } from "./tool-context.ts";

/** `sizes[n]` questions on context `n`, the contexts taking turns. */
function questions(sizes: readonly number[]): object[] {
  const rounds = Array.from({ length: Math.max(...sizes) }, (_, round) =>
    sizes.flatMap((size, n) =>
      round < size ? [{ context: `Context ${n}`, question: `${n}/${round}`, answers: [] }] : [],
    ),
  );
  return rounds.flat();
}

async function split(sizes: readonly number[], input: object = {}) {
  const { load, rows, write } = await datasetStep();
  const output = await load({ path: await write("q.jsonl", jsonl(questions(sizes))), ...input });
  const contexts = async (name: string): Promise<ReadonlySet<string>> =>
    new Set((await rows(output[name])).map((row: Json) => row.context as string));
  return { output, train: await contexts("train"), validation: await contexts("validation") };
}

describe("questions on one context stay together", () => {
  test("whole contexts are drawn until the wanted count is reached, the same for the same seed", async () => {
    const sizes = Array.from({ length: 60 }, (_, n) => 1 + (n % 7));
    const first = await split(sizes, { val_size: 0.1 });
    const again = await split(sizes, { val_size: 0.1 });
    const other = await split(sizes, { val_size: 0.1, seed: 7 });
    const { train, validation } = first.output["rows"];
    expect(train + validation).toBe(234);
    expect(validation).toBeGreaterThanOrEqual(23);
    expect(validation).toBeLessThan(23 + 7);
    expect([...first.validation].filter((context) => first.train.has(context))).toEqual([]);
    expect(again.output["fingerprint"]).toBe(first.output["fingerprint"]);
    expect(other.validation).not.toEqual(first.validation);
  });

  test.each([
    [[40, 40], 0.05, { train: 40, validation: 40 }],
    [[40, 40], 0.99, { train: 40, validation: 40 }],
    [[990, 10], 0.05, { train: 990, validation: 10 }],
    [[50, 60, 70], 0.01, { train: 130, validation: 50 }],
  ])("contexts of %j questions at %d", async (sizes, share, expected) => {
    expect((await split(sizes, { val_size: share })).output["rows"]).toEqual(expected);
  });

  test("one context alone is split by question", async () => {
    expect((await split([20], { val_size: 0.1 })).output["rows"]).toEqual({ train: 18, validation: 2 });
  });

  test("one question alone is all train", async () => {
    const { load, write } = await datasetStep();
    const output = await load({ path: await write("q.jsonl", jsonl(questions([1]))) });
    expect(output["rows"]).toEqual({ train: 1 });
    expect(output["validation"]).toBeUndefined();
  });
});
