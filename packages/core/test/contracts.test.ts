import * as z from "zod";
import { describe, expect, it } from "vitest";
import {
  artifact,
  canonicalJson,
  createRegistry,
  definePlugin,
  defineTool,
  kindFits,
  nearestName,
  portsOf,
  toTrainyardError,
  TrainyardError,
} from "../src/index.ts";
import { cacheKey } from "../src/cache-key.ts";
import { retryDelayMs } from "../src/retry.ts";
import { fit, loadRows, registry } from "./sample-tools.ts";

const ref = { kind: "model.adapter", digest: `sha256:${"b".repeat(64)}`, sizeBytes: 5 };

describe("artifact", () => {
  it("fits narrower kinds into wider ones only", () => {
    expect(kindFits("model.adapter", "model")).toBe(true);
    expect(kindFits("model", "model.adapter")).toBe(false);
    expect(kindFits("modelling", "model")).toBe(false);
    expect(artifact("model").safeParse(ref).success).toBe(true);
    expect(artifact("dataset").safeParse(ref).error?.issues[0]?.message).toContain("`dataset`");
  });

  it("shows ports in JSON Schema through unions, lists and optional fields", () => {
    const schema = z.object({
      model: z.union([z.string(), artifact("model")]),
      reports: z.array(artifact("report")),
      env: artifact("env").optional(),
      rows: z.number(),
    });
    expect(portsOf(z.toJSONSchema(schema))).toEqual({
      model: { kind: "model", optional: false, list: false, literal: true },
      reports: { kind: "report", optional: false, list: true, literal: false },
      env: { kind: "env", optional: true, list: false, literal: false },
    });
  });

  it.each(["sha256:xyz", "../../etc/passwd", `md5:${"a".repeat(64)}`])("refuses the digest %s", (digest) => {
    expect(artifact("model").safeParse({ ...ref, digest }).success).toBe(false);
  });
});

describe("createRegistry", () => {
  it("refuses a name twice, a bad name and a schema that is no JSON Schema", () => {
    const plugin = (name: string, tool: typeof loadRows) => definePlugin({ name, tools: [tool] });
    expect(() => createRegistry([plugin("a", loadRows), plugin("b", loadRows)])).toThrow(
      /from both `a` and `b`/,
    );
    expect(() => createRegistry([plugin("a", { ...loadRows, name: "Load-Rows" })])).toThrow(/snake_case/);
    expect(() => createRegistry([{ name: "x" } as never])).toThrow(
      /`x` needs a `name` and a list of `tools`/,
    );
    const dated = defineTool({
      name: "dated",
      description: "x",
      input: z.object({}),
      output: z.object({ at: z.date() }),
      run: () => ({ at: new Date() }),
    });
    expect(() => createRegistry([definePlugin({ name: "a", tools: [dated] })])).toThrow(
      /JSON Schema cannot express/,
    );
  });

  it("describes tools as data that survives JSON", () => {
    expect(
      JSON.parse(JSON.stringify(registry.catalog)).tools.map((tool: { name: string }) => tool.name),
    ).toContain("fit");
    expect(registry.descriptors.get("fit")!.inputs["model"]).toMatchObject({ kind: "model", literal: true });
  });
});

describe("errors", () => {
  it("keeps code and data over the wire and knows its own kind", () => {
    const error = new TrainyardError("TIMEOUT", "too slow", { retryable: true, data: { ms: 3 } });
    const back = TrainyardError.fromRecord(JSON.parse(JSON.stringify(error.toRecord())));
    expect(TrainyardError.is(back) && back.toRecord()).toEqual(error.toRecord());
    expect(TrainyardError.is(new Error("plain"))).toBe(false);
  });

  it("gives system errors their own code", () => {
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    expect(toTrainyardError(full)).toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("Free space"),
    });
    expect(toTrainyardError("odd", "TOOL_FAILED")).toMatchObject({ code: "TOOL_FAILED", message: "odd" });
  });
});

describe("cacheKey", () => {
  it("depends on content, tool version and principal, not on labels or key order", () => {
    const key = cacheKey(fit, { a: 1, model: { ...ref, name: "one" } }, "me");
    expect(cacheKey(fit, { model: { ...ref, name: "two", sizeBytes: 9 }, a: 1 }, "me")).toBe(key);
    expect(cacheKey({ ...fit, version: "2" }, { a: 1, model: ref }, "me")).not.toBe(key);
    expect(cacheKey(fit, { a: 2, model: ref }, "me")).not.toBe(key);
    expect(cacheKey(fit, { a: 1, model: ref }, "you")).not.toBe(key);
    expect(cacheKey(fit, { name: "x" }, "me")).not.toBe(cacheKey(fit, { name: "y" }, "me"));
  });
});

describe("retryDelayMs", () => {
  const policy = { maxAttempts: 4, delayMs: 100, maxDelayMs: 250 };
  const error = new TrainyardError("JOB_FAILED", "x");
  it("doubles the bound up to the cap, and ends", () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(policy, attempt, error, () => 1))).toEqual([
      100,
      200,
      250,
      undefined,
    ]);
    expect(retryDelayMs(policy, 1, error, () => 0)).toBe(0);
  });
  it("does not repeat what cannot succeed", () => {
    expect(retryDelayMs(policy, 1, new TrainyardError("INPUT_INVALID", "x"), () => 1)).toBeUndefined();
    expect(retryDelayMs(undefined, 1, error, () => 1)).toBeUndefined();
  });
});

describe("small things", () => {
  it("sorts keys at every level", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  });
  it("finds the name that was meant", () => {
    expect(nearestName("learning_rte", ["learning_rate", "lora_r"])).toBe("learning_rate");
    expect(nearestName("teh", ["the", "a"])).toBe("the");
    expect(nearestName("banana", ["learning_rate"])).toBeUndefined();
  });
});
