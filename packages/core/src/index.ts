// Everything exported here is public API.
export { artifact, artifactRefSchema, isArtifactRef, kindFits, portsOf } from "./artifact.ts";
export type { ArtifactRef, Port, Ports } from "./artifact.ts";
export type { ArtifactFile, ArtifactLabels, ArtifactManifest, ArtifactStore } from "./artifact-store.ts";
export { describeToolShape } from "./descriptor.ts";
export type { Catalog, ToolDescriptor } from "./descriptor.ts";
export { errorCodes, toTrainyardError, TrainyardError } from "./errors.ts";
export type { ErrorCode, ErrorRecord, TrainyardErrorOptions } from "./errors.ts";
export type {
  LogLevel,
  Progress,
  RunEvent,
  RunEventBody,
  RunEventOf,
  RunStatus,
  StepStatus,
} from "./events.ts";
export { canonicalJson } from "./json.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export type { Lineage, ModelManifest, ModelStore, ModelVersion } from "./model-store.ts";
export type { Plan, Planner, Provenance, Unresolved } from "./planner.ts";
export { definePlugin } from "./plugin.ts";
export type { Plugin } from "./plugin.ts";
export type { MemoryTerm, PreflightReport, Shortfall } from "./preflight.ts";
export type { Recipe } from "./recipe.ts";
export { createRegistry } from "./registry.ts";
export type { Registry } from "./registry.ts";
export type { CachedStep, Lease, RunRecord, RunStore, StepRecord } from "./run-store.ts";
export type {
  Job,
  JobExit,
  JobHandle,
  JobLine,
  JobMount,
  Resources,
  Runtime,
  RuntimeCapabilities,
} from "./runtime.ts";
export { parseReference, retrySchema, stepSchema, workflowSpecSchema } from "./spec.ts";
export type { OutputReference, RetryPolicy, StepSpec, WorkflowSpec, WorkflowSpecInput } from "./spec.ts";
export { defineTool } from "./tool.ts";
export type { AnyTool, PendingInput, PreflightContext, Tool, ToolAnnotations, ToolContext } from "./tool.ts";
export type { Executor, RunHandle, StartOptions, StepPreflight } from "./execution.ts";
export { compileWorkflow } from "./compile.ts";
export type { CompiledStep, CompiledWorkflow, CompileResult } from "./compile.ts";
export { createExecutor } from "./executor.ts";
export type { ExecutorOptions, ExecutorServices } from "./executor-options.ts";
export { nearestName } from "./nearest-name.ts";
export type { WorkflowGraph } from "./workflow-graph.ts";
export { problemText } from "./workflow-problem.ts";
export type { WorkflowProblem } from "./workflow-problem.ts";
export { runNotFound } from "./watch.ts";
