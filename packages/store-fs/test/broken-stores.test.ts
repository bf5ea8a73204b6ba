import { chmod, cp, link, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ArtifactStore, TrainyardError } from "@trainyard/core";
import { artifactStoreCases, withArtifactSubject } from "@trainyard/core/testing";
import { describe, expect, test } from "vitest";
import { blobOf, tempFolder, tempStore } from "./temp-store.ts";

interface Break {
  readonly name: string;
  /** Ids without `artifact-store:`; exactly these must fail. */
  readonly fails: readonly string[];
  /** `scratch` is a folder on the side. */
  readonly break_: (sound: ArtifactStore, root: string, scratch: string) => Partial<ArtifactStore>;
}

const CORRUPT = "ARTIFACT_CORRUPT";
const NOT_FOUND = "ARTIFACT_NOT_FOUND";

const breaks: readonly Break[] = [
  {
    name: "forgets the facts about an artifact",
    fails: ["put:ref"],
    break_: (sound) => ({
      put: async (source, labels) => {
        const { meta: _, ...ref } = await sound.put(source, labels);
        return ref;
      },
    }),
  },
  {
    name: "lists files in no order",
    fails: ["put:digest", "put:folder"],
    break_: (sound) => ({
      manifest: async (digest) => {
        const manifest = await sound.manifest(digest);
        return manifest && { files: manifest.files.toReversed() };
      },
    }),
  },
  {
    name: "hashes the labels too",
    fails: ["put:same-content"],
    break_: (sound) => ({
      put: async (source, labels) => {
        const ref = await sound.put(source, labels);
        return labels.kind === "config" ? { ...ref, digest: `sha256:${"c".repeat(64)}` } : ref;
      },
    }),
  },
  {
    name: "looks into no subfolder",
    fails: ["put:folder"],
    break_: (sound) => ({
      manifest: async (digest) => {
        const manifest = await sound.manifest(digest);
        return manifest && { files: manifest.files.filter(({ path }) => !path.includes("/")) };
      },
    }),
  },
  {
    name: "gives a single file a name of its own",
    fails: ["put:file"],
    break_: (sound) => ({
      put: async (source, labels) => {
        const single = typeof source === "string" && (await stat(source).catch(() => undefined))?.isFile();
        return sound.put(single ? { data: await readFile(source) } : source, labels);
      },
    }),
  },
  {
    name: "takes a missing folder for an empty one",
    fails: ["put:missing"],
    break_: (sound) => ({
      put: (source, labels) =>
        sound.put(source, labels).catch(on("FILE_NOT_FOUND", () => sound.put({}, labels))),
    }),
  },
  {
    name: "cuts hostile paths down to their last part",
    fails: ["put:hostile-path"],
    break_: (sound) => ({
      put: (source, labels) =>
        typeof source === "string"
          ? sound.put(source, labels)
          : sound
              .put(source, labels)
              .catch(
                on("PATH_NOT_ALLOWED", () =>
                  sound.put({ [basename(Object.keys(source)[0] ?? "")]: "x" }, labels),
                ),
              ),
    }),
  },
  {
    name: "follows links out of the folder",
    fails: ["put:escaping-link"],
    break_: (sound, _root, scratch) => ({
      put: async (source, labels) => {
        if (typeof source !== "string" || (await stat(source).catch(() => undefined))?.isFile())
          return sound.put(source, labels);
        const copy = await mkdtemp(join(scratch, "copy-"));
        const missing = !(await stat(source).catch(() => undefined));
        if (!missing) await cp(source, copy, { recursive: true, dereference: true });
        return sound.put(missing ? source : copy, labels);
      },
    }),
  },
  {
    name: "keeps the good files of a folder it cannot store",
    fails: ["put:whole-or-nothing"],
    break_: (sound) => ({
      put: (source, labels) =>
        sound.put(source, labels).catch(async (error: unknown) => {
          if (typeof source === "string") await sound.put({ "a-good": "good" }, labels);
          throw error;
        }),
    }),
  },
  {
    name: "takes all content for text",
    fails: ["read:content"],
    break_: (sound) => ({
      read: async (digest, path) => Buffer.from(Buffer.from(await sound.read(digest, path)).toString("utf8")),
    }),
  },
  {
    name: "gives nothing where nothing is",
    fails: ["read:unknown"],
    break_: (sound) => ({
      read: (digest, path) => sound.read(digest, path).catch(on(NOT_FOUND, async () => new Uint8Array())),
    }),
  },
  {
    name: "returns unverified bytes",
    fails: ["read:verified"],
    break_: (sound, root) => ({
      read: async (digest, path) => {
        const file = (await sound.manifest(digest))?.files.find((one) => one.path === path);
        return file ? readFile(blobOf(root, file.sha256)) : sound.read(digest, path);
      },
    }),
  },
  {
    name: "names the artifact and not the damaged file",
    fails: ["read:verified", "verify:corrupt", "materialize:verified"],
    break_: (sound) => {
      const vague = on(CORRUPT, () =>
        Promise.reject(new TrainyardError(CORRUPT, "The artifact is damaged.")),
      );
      return {
        read: (digest, path) => sound.read(digest, path).catch(vague),
        verify: (digest) => sound.verify(digest).catch(vague),
        materialize: (digest, folder) => sound.materialize(digest, folder).catch(vague),
      };
    },
  },
  {
    name: "has an empty list for what it does not know",
    fails: ["manifest:unknown", "put:whole-or-nothing"],
    break_: (sound) => ({ manifest: async (digest) => (await sound.manifest(digest)) ?? { files: [] } }),
  },
  {
    name: "takes an empty file for a damaged one",
    fails: ["verify:sound"],
    break_: (sound) => ({
      verify: async (digest) => {
        const empty = (await sound.manifest(digest))?.files.find(({ sizeBytes }) => sizeBytes === 0);
        if (empty) throw new TrainyardError(CORRUPT, `${empty.path} is empty.`);
        await sound.verify(digest);
      },
    }),
  },
  {
    name: "verifies that the list is there and nothing else",
    fails: ["verify:corrupt"],
    break_: (sound) => ({ verify: (digest) => sound.verify(digest).catch(on(CORRUPT, async () => {})) }),
  },
  {
    name: "drops empty files of a copy",
    fails: ["materialize:content"],
    break_: (sound) => ({
      materialize: async (digest, folder) => {
        await sound.materialize(digest, folder);
        await rm(join(folder, "d.txt"), { force: true });
        return folder;
      },
    }),
  },
  {
    name: "hands out its own files",
    fails: ["materialize:own-copy"],
    break_: (sound, root) => ({
      materialize: async (digest, folder) => {
        await sound.materialize(digest, folder);
        for (const { path, sha256 } of (await sound.manifest(digest))?.files ?? []) {
          await chmod(blobOf(root, sha256), 0o644);
          await link(blobOf(root, sha256), join(folder, "linked"));
          await rename(join(folder, "linked"), join(folder, path));
        }
        return folder;
      },
    }),
  },
  {
    name: "mixes a copy with what is there",
    fails: ["materialize:not-empty"],
    break_: (sound, _root, scratch) => ({
      materialize: async (digest, folder) => {
        const copy = await mkdtemp(join(scratch, "copy-"));
        await sound.materialize(digest, copy);
        await cp(copy, folder, { recursive: true });
        return folder;
      },
    }),
  },
  {
    name: "lays out damaged files",
    fails: ["materialize:verified"],
    break_: (sound) => ({
      materialize: (digest, folder) =>
        sound.materialize(digest, folder).catch(on(CORRUPT, async () => folder)),
    }),
  },
  {
    name: "lays out nothing where nothing is",
    fails: ["materialize:unknown"],
    break_: (sound) => ({
      materialize: (digest, folder) =>
        sound.materialize(digest, folder).catch(on(NOT_FOUND, async () => folder)),
    }),
  },
];

/** Goes on with `next` after an error with this code. */
function on<T>(code: string, next: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (TrainyardError.is(error) && error.code === code) return next();
    throw error;
  };
}

async function failingCases(break_: Break["break_"]): Promise<string[]> {
  const scratch = await tempFolder();
  const failed: string[] = [];
  for (const { id, run } of artifactStoreCases) {
    const { store, root, corrupt, close } = await tempStore();
    try {
      await withArtifactSubject({ store: { ...store, ...break_(store, root, scratch) }, corrupt }, run);
    } catch {
      failed.push(id);
    } finally {
      await close();
    }
  }
  return failed;
}

describe("the artifact store kit", () => {
  test("passes a store that is wrapped and sound", async () => {
    expect(await failingCases(() => ({}))).toEqual([]);
  });

  test.each(breaks)("finds a store that $name", async ({ fails, break_ }) => {
    expect((await failingCases(break_)).toSorted()).toEqual(
      fails.map((id) => `artifact-store:${id}`).toSorted(),
    );
  });

  test("has no case that nothing can fail", () => {
    const reached = new Set(breaks.flatMap(({ fails }) => fails.map((id) => `artifact-store:${id}`)));
    expect(artifactStoreCases.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
  });
});
