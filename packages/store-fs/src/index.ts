// Everything exported here is public API.
export { fsStore } from "./fs-store.ts";
export type { FsStoreOptions } from "./fs-store.ts";
