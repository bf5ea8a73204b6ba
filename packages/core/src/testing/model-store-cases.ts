import { expect } from "vitest";
import type { ModelManifest, ModelStore } from "../model-store.ts";
import type { ConformanceCase } from "./suite.ts";

const HUB_NAME = "meta-llama/Llama-2-7b-hf";

/** The rules of {@link ModelStore} as data, for running them without vitest's `describe`. */
export const modelStoreCases: readonly ConformanceCase<ModelStore>[] = [
  {
    id: "model-store:register:versions",
    run: async (store) => {
      const before = Date.now();
      const first = await store.register(sample("org/a", 1));
      const second = await store.register(sample("org/a", 2));
      const other = await store.register(sample("org/b", 2));
      expect([first.version, second.version, other.version]).toEqual([1, 2, 1]);
      expect(first).toMatchObject(sample("org/a", 1));
      expect(first.createdAt).toBeGreaterThanOrEqual(before);
    },
  },
  {
    id: "model-store:register:same-digest",
    run: async (store) => {
      const first = await store.register(sample("a", 1));
      await store.register(sample("a", 2));
      const again = await store.register({ ...sample("a", 1), card: "# Another card" });
      expect(again).toMatchObject({ version: 1, card: first.card });
      expect(await store.list({ name: "a" })).toHaveLength(2);
    },
  },
  {
    id: "model-store:register:immutable",
    run: async (store) => {
      await store.register(sample("a", 1));
      await store.register(sample("a", 2));
      await store.setAlias("a", "best", 1);
      expect(await store.get("a", 1)).toMatchObject(sample("a", 1));
    },
  },
  {
    id: "model-store:register:names",
    run: async (store) => {
      for (const name of ["", "../a", "a/../b", "/a", "a/", "a b", "a\\b", "a\0", "é", "a".repeat(129)]) {
        await expect(store.register({ ...sample("a", 1), name }), name).rejects.toMatchObject({
          code: "INPUT_INVALID",
        });
      }
      const longest = `Org-1/${"a".repeat(118)}_.v`;
      expect(await store.register(sample(longest, 1))).toMatchObject({ name: longest });
    },
  },
  {
    id: "model-store:get:unknown",
    run: async (store) => {
      await store.register(sample("a", 1));
      expect(await store.get("b")).toBeUndefined();
      expect(await store.get("a", 2)).toBeUndefined();
      expect(await store.get("a", "best")).toBeUndefined();
    },
  },
  {
    id: "model-store:alias:latest",
    run: async (store) => {
      await store.register(sample("a", 1));
      const second = await store.register(sample("a", 2));
      expect(second.aliases).toEqual(["latest"]);
      expect(await store.get("a")).toMatchObject({ version: 2 });
      expect(await store.get("a", "latest")).toMatchObject({ version: 2 });
      expect(await store.get("a", 1)).toMatchObject({ aliases: [] });
    },
  },
  {
    id: "model-store:alias:moves",
    run: async (store) => {
      await store.register(sample("a", 1));
      await store.register(sample("a", 2));
      await store.setAlias("a", "best", 2);
      await store.setAlias("a", "best", 1);
      expect(await store.get("a", "best")).toMatchObject({ version: 1, aliases: ["best"] });
      expect(await store.get("a", 2)).toMatchObject({ aliases: ["latest"] });
    },
  },
  {
    id: "model-store:alias:removed",
    run: async (store) => {
      await store.register(sample("a", 1));
      await store.setAlias("a", "best", 1);
      await store.removeAlias("a", "best");
      expect(await store.get("a", "best")).toBeUndefined();
      expect(await store.get("a", 1)).toMatchObject({ aliases: ["latest"] });
    },
  },
  {
    id: "model-store:alias:refused",
    run: async (store) => {
      await store.register(sample("a", 1));
      await expect(store.setAlias("a", "latest", 1)).rejects.toMatchObject({ code: "INPUT_INVALID" });
      await expect(store.removeAlias("a", "latest")).rejects.toMatchObject({ code: "INPUT_INVALID" });
    },
  },
  {
    id: "model-store:alias:unknown-version",
    run: async (store) => {
      await store.register(sample("a", 1));
      await expect(store.setAlias("a", "best", 2)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
      await expect(store.setAlias("b", "best", 1)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    },
  },
  {
    id: "model-store:list:newest-first",
    run: async (store) => {
      for (const [name, content] of [
        ["a", 1],
        ["b", 2],
        ["a", 3],
      ] as const)
        await store.register(sample(name, content));
      expect((await store.list()).map(({ name, version }) => `${name}@${version}`)).toEqual([
        "a@2",
        "b@1",
        "a@1",
      ]);
      expect((await store.list({ limit: 1 })).map(({ name }) => name)).toEqual(["a"]);
    },
  },
  {
    id: "model-store:list:name",
    run: async (store) => {
      await store.register(sample("a", 1));
      await store.register(sample("b", 2));
      expect((await store.list({ name: "a" })).map(({ name }) => name)).toEqual(["a"]);
      expect(await store.list({ name: "c" })).toEqual([]);
    },
  },
  {
    id: "model-store:lineage:parents",
    run: async (store) => {
      await store.register(sample("adapter", 2, { model: HUB_NAME, dataset: digest(1) }));
      const { parents } = await store.lineage(digest(2));
      expect(parents.toSorted()).toEqual([HUB_NAME, digest(1)].toSorted());
      expect(await store.lineage(digest(9))).toEqual({ parents: [], children: [] });
    },
  },
  {
    id: "model-store:lineage:children",
    run: async (store) => {
      await store.register(sample("base", 1));
      await store.register(sample("adapter", 2, { model: digest(1), dataset: digest(1) }));
      await store.register(sample("quantized", 3, { model: digest(1) }));
      const { children } = await store.lineage(digest(1));
      expect(children.map(({ name }) => name).toSorted()).toEqual(["adapter", "quantized"]);
    },
  },
];

function digest(content: number): string {
  return `sha256:${content.toString(16).padStart(64, "0")}`;
}

function sample(name: string, content: number, inputs: ModelManifest["inputs"] = {}) {
  const manifest: ModelManifest = {
    tool: "finetune",
    runId: "run-1",
    stepId: "tune",
    inputs,
    parameters: { rank: 8, targets: ["q_proj"] },
    seed: 42,
    environment: { torch: "2.13.0" },
    metrics: { f1: 0.5 },
  };
  const ref = {
    kind: "model.adapter",
    digest: digest(content),
    sizeBytes: content,
    meta: { base: HUB_NAME },
  };
  return { name, ref, manifest, card: `---\nlicense: mit\n---\n# ${name} ${content}\n` };
}
