import { type ModelStore, type ModelVersion, TrainyardError } from "@trainyard/core";

/** A model registry in memory, with numbers and the `latest` alias. */
export function memoryModels(): ModelStore & { readonly versions: ModelVersion[] } {
  const versions: ModelVersion[] = [];
  const named = (name: string) => versions.filter((version) => version.name === name);
  const refuse = async () => {
    throw new TrainyardError("MODEL_NOT_FOUND", "Not kept by this store.");
  };
  return {
    versions,
    async register({ name, ref, manifest, card }) {
      const version: ModelVersion = {
        name,
        version: named(name).length + 1,
        ref,
        manifest,
        card,
        aliases: ["latest"],
        createdAt: Date.now(),
      };
      versions.push(version);
      return version;
    },
    async get(name, which = "latest") {
      return typeof which === "number"
        ? named(name)[which - 1]
        : which === "latest"
          ? named(name).at(-1)
          : undefined;
    },
    async list(filter) {
      return (filter?.name ? named(filter.name) : versions).toReversed();
    },
    setAlias: refuse,
    removeAlias: refuse,
    lineage: async () => ({ parents: [], children: [] }),
  };
}
