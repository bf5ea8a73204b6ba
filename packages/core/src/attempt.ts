import { rm } from "node:fs/promises";
import type * as z from "zod";
import { toTrainyardError, TrainyardError } from "./errors.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { listIssues } from "./issue-text.ts";
import { JOB_GRACE_MS, type JobTracker } from "./job-tracker.ts";
import type { JsonValue } from "./json.ts";
import type { RunLog } from "./run-log.ts";
import type { AnyTool, ToolContext } from "./tool.ts";
import { type AttemptIdentity, attemptFolder, createToolContext } from "./tool-context.ts";

/** Outputs of a step. */
export type StepOutputs = Readonly<Record<string, JsonValue>>;

/** One try of one step. */
export interface Attempt extends AttemptIdentity {
  readonly tool: AnyTool;
  readonly input: z.output<z.ZodObject>;
  readonly timeoutMs: number | undefined;
}

/**
 * Runs a tool once and validates its output. When it returns or throws, none of the jobs it started is alive. The
 * working directory is removed after success and kept after failure, for a look.
 */
export async function runAttempt(
  attempt: Attempt,
  services: ExecutorServices,
  log: RunLog,
  signal: AbortSignal,
): Promise<StepOutputs> {
  const limited =
    attempt.timeoutMs === undefined
      ? signal
      : AbortSignal.any([signal, AbortSignal.timeout(attempt.timeoutMs)]);
  await checkIsolation(attempt, services);
  const { context, jobs } = await createToolContext(attempt, services, log, limited);
  try {
    const outputs = await settleAndStop(attempt, context, jobs);
    await removeFolder(attempt, services, context);
    return outputs;
  } catch (thrown) {
    throw explain(thrown, attempt, signal, limited);
  }
}

async function settleAndStop(attempt: Attempt, context: ToolContext, jobs: JobTracker): Promise<StepOutputs> {
  try {
    return await settle(attempt, context);
  } finally {
    await jobs.stopAll();
  }
}

async function checkIsolation({ tool, stepId }: Attempt, { runtime }: ExecutorServices): Promise<void> {
  if (tool.isolation !== "container" || (await runtime.capabilities()).isolation === "container") return;
  throw new TrainyardError(
    "RUNTIME_UNAVAILABLE",
    `Step \`${stepId}\`: \`${tool.name}\` runs in a container only, and the runtime \`${runtime.name}\` does not isolate. Use a container runtime.`,
  );
}

/** A folder that cannot be removed is not worth a finished step. */
async function removeFolder(
  attempt: Attempt,
  { workRoot }: ExecutorServices,
  { log }: ToolContext,
): Promise<void> {
  await rm(attemptFolder(workRoot, attempt), { recursive: true, force: true }).catch((error: unknown) =>
    log("warning", `The working directory could not be removed: ${(error as Error).message}`),
  );
}

/** In-process code cannot be killed: it gets the grace of a job to heed its signal, then it is left behind. */
async function settle(attempt: Attempt, context: ToolContext): Promise<StepOutputs> {
  const abandoned = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => abandoned.reject(context.signal.reason), JOB_GRACE_MS * 2);
  };
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    context.signal.throwIfAborted();
    const output = await Promise.race([attempt.tool.run(attempt.input, context), abandoned.promise]);
    // A job ended by the signal can look like a result to a tool that does not check.
    context.signal.throwIfAborted();
    return checkOutput(attempt, output);
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener("abort", onAbort);
  }
}

function checkOutput({ tool, stepId }: Attempt, output: unknown): StepOutputs {
  const parsed = (tool.output as z.ZodObject).safeParse(output);
  const problem = parsed.success ? jsonProblem(parsed.data) : listIssues(parsed.error);
  if (parsed.success && !problem) return parsed.data as StepOutputs;
  throw new TrainyardError(
    "OUTPUT_INVALID",
    `Tool \`${tool.name}\` of step \`${stepId}\` returned what its output schema refuses: ${problem}`,
  );
}

function jsonProblem(output: unknown): string | undefined {
  try {
    JSON.stringify(output);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function explain(
  thrown: unknown,
  { stepId, timeoutMs }: Attempt,
  signal: AbortSignal,
  limited: AbortSignal,
): TrainyardError {
  if (signal.aborted)
    return new TrainyardError("CANCELLED", `Step \`${stepId}\` was cancelled.`, {
      cause: thrown,
      ...dataOf(thrown),
    });
  if (limited.aborted) {
    return new TrainyardError(
      "TIMEOUT",
      `Step \`${stepId}\` took longer than its ${timeoutMs} ms. Raise \`timeoutMs\` or make the step smaller.`,
      {
        retryable: true,
        cause: thrown,
      },
    );
  }
  return toTrainyardError(thrown, "TOOL_FAILED");
}

/** What a tool said of its end, such as the checkpoint it wrote. */
function dataOf(thrown: unknown): { readonly data?: Readonly<Record<string, unknown>> } {
  return TrainyardError.is(thrown) && thrown.data ? { data: thrown.data } : {};
}
