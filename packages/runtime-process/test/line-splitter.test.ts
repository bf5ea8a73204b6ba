import fc from "fast-check";
import { expect, test } from "vitest";
import { lineSplitter, MAX_LINE_BYTES } from "../src/line-splitter.ts";

function split(data: Buffer, cuts: readonly number[]): string[] {
  const splitter = lineSplitter();
  const borders = [0, ...cuts.map((cut) => cut % (data.length + 1)).toSorted((a, b) => a - b), data.length];
  const lines = borders.slice(1).flatMap((end, index) => splitter.push(data.subarray(borders[index], end)));
  return [...lines, ...splitter.flush()];
}

test("chunk borders never change the lines", () => {
  const text = fc.array(
    fc.oneof(fc.constantFrom("\n", "\r\n", "\r", "ü", "🚂", "a"), fc.string({ unit: "grapheme" })),
  );
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (parts, cuts) => {
      const data = Buffer.from(parts.join(""));
      const expected = parts
        .join("")
        .split("\n")
        .map((line, index, all) => (index < all.length - 1 ? line.replace(/\r$/, "") : line));
      if (expected.at(-1) === "") expected.pop();
      expect(split(data, cuts)).toEqual(expected);
    }),
  );
});

test("long lines are cut between characters, at the same places for all chunks", () => {
  const cut = fc.oneof(fc.nat(), fc.integer({ min: MAX_LINE_BYTES - 4, max: MAX_LINE_BYTES + 8 }));
  const lengths = fc.integer({ min: MAX_LINE_BYTES - 4, max: MAX_LINE_BYTES + 4 });
  fc.assert(
    fc.property(
      lengths,
      fc.constantFrom("", "ü", "🚂", "€"),
      fc.constantFrom("\n", "\r\n", ""),
      fc.array(cut),
      (length, last, end, cuts) => {
        const line = "x".repeat(length) + last;
        const data = Buffer.from(`${line}${end}`);
        const pieces = split(data, cuts);
        expect(pieces).toEqual(split(data, []));
        expect(pieces.join("")).toBe(line);
        expect(pieces.every((piece) => piece !== "" && Buffer.byteLength(piece) <= MAX_LINE_BYTES)).toBe(
          true,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("bytes that are no UTF-8 are kept as replacement characters, in bounded pieces", () => {
  const pieces = split(Buffer.alloc(200_000, 0x80), [7, 70_000]);
  expect(pieces.join("")).toBe("\u{fffd}".repeat(200_000));
  expect(pieces.length).toBe(4);
});
