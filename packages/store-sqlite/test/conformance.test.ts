import { describeModelStore, describeRunStore } from "@trainyard/core/testing";
import { tempStore } from "./temp-store.ts";

describeRunStore("sqliteStore", {
  create: async () => {
    const { runs, close } = await tempStore();
    return { store: runs, close };
  },
});

describeModelStore("sqliteStore", {
  create: async () => {
    const { models, close } = await tempStore();
    return { store: models, close };
  },
});
