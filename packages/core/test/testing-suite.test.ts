import { describe, expect, test } from "vitest";
import {
  artifactStoreCases,
  describeArtifactStore,
  describeModelStore,
  describeRunStore,
  modelStoreCases,
  runStoreCases,
} from "../src/testing/index.ts";
import { describeCases } from "../src/testing/suite.ts";

const unused = () => Promise.reject(new Error("A kit that refuses its options makes no store."));
const kits = [
  { prefix: "run-store", cases: runStoreCases, describeStore: describeRunStore },
  { prefix: "model-store", cases: modelStoreCases, describeStore: describeModelStore },
  { prefix: "artifact-store", cases: artifactStoreCases, describeStore: describeArtifactStore },
] as const;

describe.each(kits)("the $prefix kit", ({ prefix, cases, describeStore }) => {
  test("has ids of one form, each once", () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${prefix}:[a-z]+:[a-z]+(-[a-z]+)*$`));
  });

  test("refuses to skip a case that does not exist", () => {
    const skip = [{ id: `${prefix}:no:such-case`, reason: "because" }];
    expect(() => describeStore("broken", { create: unused, skip })).toThrow(`${prefix}:no:such-case`);
  });

  test("refuses to skip without a reason, or twice", () => {
    const id = cases[0]!.id;
    expect(() => describeStore("broken", { create: unused, skip: [{ id, reason: " " }] })).toThrow(
      "without a reason",
    );
    const twice = [
      { id, reason: "one" },
      { id, reason: "two" },
    ];
    expect(() => describeStore("broken", { create: unused, skip: twice })).toThrow("twice");
  });
});

// A skipped case must not run: this one would fail.
describeCases(
  "a suite",
  [{ id: "suite:skip:not-run" }],
  [{ id: "suite:skip:not-run", reason: "shows that it is not run" }],
  () => Promise.reject(new Error("It ran.")),
);
