
export {
  describeRuntime,
  type DescribeRuntimeOptions,
  type RuntimeCase,
  type RuntimeCaseContext,
  runtimeCases,
  type RuntimeHarness,
  runRuntimeCase,
} from "./runtime.ts";
