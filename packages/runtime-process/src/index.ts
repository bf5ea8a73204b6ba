export { processRuntime } from "./process-runtime.ts";
export type { ProcessRuntimeOptions } from "./options.ts";
