// Everything exported here is public API.
export { nativeConfigKeys } from "./config/native-keys.ts";
export { trainingStack } from "./env/training-stack.ts";
export type { UtilityToolsOptions } from "./settings.ts";
export { utilityTools } from "./utility-tools.ts";
