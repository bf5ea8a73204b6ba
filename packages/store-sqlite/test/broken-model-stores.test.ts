import { type ModelStore, TrainyardError } from "@trainyard/core";
import { modelStoreCases } from "@trainyard/core/testing";
import { describe, expect, test } from "vitest";
import { failingCases } from "./failing-cases.ts";

interface Break {
  readonly name: string;
  /** Ids without `model-store:`; exactly these must fail. */
  readonly fails: readonly string[];
  readonly break_: (sound: ModelStore) => Partial<ModelStore>;
}

const breaks: readonly Break[] = [
  {
    name: "counts versions over all models",
    fails: ["register:versions"],
    break_: (sound) => ({
      register: async (model) => {
        const count = (await sound.list()).length;
        const version = await sound.register(model);
        return model.name === "org/b" ? { ...version, version: count + 1 } : version;
      },
    }),
  },
  {
    name: "adds a version for content it has",
    fails: ["register:same-digest"],
    break_: (sound) => ({
      register: async (model) => {
        const known = (await sound.list({ name: model.name })).some(
          ({ ref }) => ref.digest === model.ref.digest,
        );
        const digest = `sha256:${"f".repeat(64)}`;
        return sound.register(known ? { ...model, ref: { ...model.ref, digest } } : model);
      },
    }),
  },
  {
    name: "writes aliases into the card",
    fails: ["register:immutable"],
    break_: (sound) => ({
      get: async (name, which) => {
        const found = await sound.get(name, which);
        return found?.aliases.includes("best") ? { ...found, card: `${found.card}best` } : found;
      },
    }),
  },
  {
    name: "takes any name",
    fails: ["register:names"],
    break_: (sound) => ({
      register: (model) =>
        sound.register(model).catch((error: unknown) => {
          if (!TrainyardError.is(error)) throw error;
          return sound.register({ ...model, name: "stand-in" });
        }),
    }),
  },
  {
    name: "gives the latest version instead of none",
    fails: ["get:unknown", "alias:removed"],
    break_: (sound) => ({ get: async (name, which) => (await sound.get(name, which)) ?? sound.get(name) }),
  },
  {
    name: "leaves `latest` where it was",
    fails: ["alias:latest"],
    break_: (sound) => ({ get: (name, which) => sound.get(name, which ?? 1) }),
  },
  {
    name: "does not move an alias",
    fails: ["alias:moves"],
    break_: (sound) => ({
      setAlias: async (name, alias, version) => {
        const taken = alias !== "latest" && (await sound.get(name, alias));
        if (!taken) await sound.setAlias(name, alias, version);
      },
    }),
  },
  {
    name: "removes no alias",
    fails: ["alias:removed"],
    break_: (sound) => ({
      removeAlias: async (name, alias) => {
        if (alias === "latest") await sound.removeAlias(name, alias);
      },
    }),
  },
  {
    name: "ignores that `latest` is not to be set",
    fails: ["alias:refused"],
    break_: (sound) => ({ setAlias: (...args) => sound.setAlias(...args).catch(unless("INPUT_INVALID")) }),
  },
  {
    name: "ignores that a version is not there",
    fails: ["alias:unknown-version"],
    break_: (sound) => ({ setAlias: (...args) => sound.setAlias(...args).catch(unless("MODEL_NOT_FOUND")) }),
  },
  {
    name: "lists the oldest version first",
    fails: ["list:newest-first"],
    break_: (sound) => ({ list: async (filter) => (await sound.list(filter)).toReversed() }),
  },
  {
    name: "lists all models where one is asked for",
    fails: ["list:name"],
    break_: (sound) => ({ list: ({ limit } = {}) => sound.list(limit === undefined ? {} : { limit }) }),
  },
  {
    name: "knows no hub models as parents",
    fails: ["lineage:parents"],
    break_: (sound) => ({
      lineage: async (digest) => {
        const { parents, children } = await sound.lineage(digest);
        return { parents: parents.filter((parent) => parent.startsWith("sha256:")), children };
      },
    }),
  },
  {
    name: "shows a child once for each input",
    fails: ["lineage:children"],
    break_: (sound) => ({
      lineage: async (digest) => {
        const { parents, children } = await sound.lineage(digest);
        const twice = children.flatMap((child) =>
          Object.values(child.manifest.inputs).flatMap((input) => (input === digest ? [child] : [])),
        );
        return { parents, children: twice };
      },
    }),
  },
];

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!TrainyardError.is(error) || error.code !== code) throw error;
  };
}

describe("the model store kit", () => {
  test("passes a store that is wrapped and sound", async () => {
    expect(
      await failingCases(
        modelStoreCases,
        ({ models }) => models,
        () => ({}),
      ),
    ).toEqual([]);
  });

  test.each(breaks)("finds a store that $name", async ({ fails, break_ }) => {
    const failed = await failingCases(modelStoreCases, ({ models }) => models, break_);
    expect(failed.toSorted()).toEqual(fails.map((id) => `model-store:${id}`).toSorted());
  });

  test("has no case that nothing can fail", () => {
    const reached = new Set(breaks.flatMap(({ fails }) => fails.map((id) => `model-store:${id}`)));
    expect(modelStoreCases.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
  });
});
