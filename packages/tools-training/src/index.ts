// Everything exported here is public API.
export type { TrainingToolsOptions } from "./options.ts";
export { trainingTools } from "./plugin.ts";
export type { Gpu, Machine } from "./preflight/machine.ts";
