import type * as z from "zod";
import type { ArtifactStore } from "./artifact-store.ts";
import type { LogLevel, Progress } from "./events.ts";
import type { JsonObject } from "./json.ts";
import type { ModelStore } from "./model-store.ts";
import type { PreflightReport } from "./preflight.ts";
import type { Resources, Runtime } from "./runtime.ts";

/** A step whose output an input waits for, as far as it is known before it has run. */
export interface PendingInput {
  readonly tool: string;
  readonly input: JsonObject;
}

/** What a preflight gets beside its input. */
export interface PreflightContext {
  readonly signal: AbortSignal;
  readonly artifacts: ArtifactStore;
  readonly models: ModelStore;
  /** Input fields that are not known yet, by name. */
  readonly pending: Readonly<Record<string, PendingInput>>;
}

/** What a tool gets beside its input. */
export interface ToolContext extends Omit<PreflightContext, "pending"> {
  readonly runId: string;
  readonly stepId: string;
  /** From 1. */
  readonly attempt: number;
  /** `runId/stepId`, the same over attempts: hand it to anything that must not happen twice. */
  readonly idempotencyKey: string;
  /** A directory of this attempt, absolute, empty at the start. */
  readonly workdir: string;
  /** Starts jobs on behalf of this step: their handles are persisted, and they end with the attempt. */
  readonly runtime: Runtime;
  log(level: LogLevel, message: string): void;
  progress(progress: Progress): void;
  /** Numbers worth a curve; non-finite values are refused. */
  metric(values: Readonly<Record<string, number>>, options?: { readonly step?: number }): void;
}

/** Hints for clients, as in MCP. */
export interface ToolAnnotations {
  readonly title?: string;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** A unit of work the executor can run; made with {@link defineTool}. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** snake_case, unique in a registry. */
  readonly name: string;
  /** One or two sentences for people and language models. */
  readonly description: string;
  /** Part of the cache key: raise it when the same input would give another result. Default `1`. */
  readonly version?: string;
  readonly input: Input;
  readonly output: Output;
  readonly annotations?: ToolAnnotations;
  /** `container` asks for an isolating runtime, `process` for any, `none` when the tool starts no job. Default `none`. */
  readonly isolation?: "none" | "process" | "container";
  readonly resources?: Resources;
  /** Whether equal input gives an equal result, so that an earlier one may be taken. Default `false`. */
  readonly cache?: boolean;
  /** For a reproducible tool whose result can go stale or may no longer be had: false makes the executor run it again. */
  validate?(output: z.output<Output>, input: z.output<Input>): Promise<boolean>;
  /** `run` is quick and touches nothing but its artifacts, so a preflight runs it to know its values. Default `false`. */
  readonly preview?: boolean;
  /** Narrows the kinds of output ports by literal input, such as `full` finetuning giving a `model`. */
  outputKinds?(input: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>;
  /**
   * Says what a step needs before anything runs; input fields that are not known yet are absent. Undefined when there is
   * nothing to say; throws what can be known to fail.
   */
  preflight?(
    input: Partial<z.output<Input>>,
    context: PreflightContext,
  ): Promise<PreflightReport | undefined>;
  run(input: z.output<Input>, context: ToolContext): Promise<z.input<Output>> | z.input<Output>;
}

/** Gives a tool its types: input and output are inferred from the schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}

/** A tool of whatever input and output, as registries hold it. */
// biome-ignore lint: variance of `run` needs the widest type here.
// oxlint-disable-next-line no-explicit-any
export type AnyTool = Tool<any, any>;
