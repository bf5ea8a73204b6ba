import type { JobLine, JsonObject, LogLevel, ToolContext } from "@trainyard/core";
import {
  parseWorkerLine,
  type WorkerArtifactEvent,
  type WorkerErrorEvent,
  type WorkerEvent,
} from "./protocol.ts";

/** Longest line that is passed on, in characters. */
const MAX_LINE = 2000;
/** Lines of log passed on per job: a run's log must not grow with whatever a library prints. */
const MAX_LOG_LINES = 5000;
/** Last lines of stderr kept for errors. */
const TAIL_LINES = 40;
const MAX_METRICS_PER_EVENT = 100;

/** Passes a worker's lines on to a step and keeps what its end needs. */
export interface EventRelay {
  accept(line: JobLine): void;
  readonly result: JsonObject | undefined;
  readonly error: WorkerErrorEvent | undefined;
  readonly artifacts: readonly WorkerArtifactEvent[];
  /** Last lines of stderr, oldest first. */
  readonly tail: readonly string[];
}

/** Makes the relay of one job; whatever the job prints, it never throws. */
export function createEventRelay(context: Pick<ToolContext, "log" | "progress" | "metric">): EventRelay {
  const kept = {
    result: undefined as JsonObject | undefined,
    error: undefined as WorkerErrorEvent | undefined,
  };
  const artifacts: WorkerArtifactEvent[] = [];
  const tail: string[] = [];
  let logged = 0;

  const log = (level: LogLevel, message: string): void => {
    logged += 1;
    if (logged <= MAX_LOG_LINES) context.log(level, cut(message));
    else if (logged === MAX_LOG_LINES + 1)
      context.log("warning", `The worker printed more than ${MAX_LOG_LINES} lines; the rest is not kept.`);
  };
  const onEvent = (event: WorkerEvent): void => {
    if (event.type === "progress") context.progress(progressOf(event));
    else if (event.type === "metric") relayMetric(event, context);
    else if (event.type === "log") log(event.level, event.message);
    else if (event.type === "artifact") artifacts.push(event);
    else if (event.type === "result") kept.result = event.values;
    else kept.error = event;
  };
  return {
    accept({ stream, line }) {
      const event = stream === "stdout" ? parseWorkerLine(line) : undefined;
      if (event) return onEvent(event);
      if (stream === "stderr") tail.push(cut(line));
      if (tail.length > TAIL_LINES) tail.shift();
      log(stream === "stdout" ? "warning" : "debug", line);
    },
    get result() {
      return kept.result;
    },
    get error() {
      return kept.error;
    },
    artifacts,
    tail,
  };
}

function progressOf({ current, total, unit, message }: Extract<WorkerEvent, { type: "progress" }>) {
  return {
    ...(current !== undefined && { current }),
    ...(total !== undefined && { total }),
    ...(unit !== undefined && { unit }),
    ...(message !== undefined && { message: cut(message) }),
  };
}

function relayMetric(
  { step, values }: Extract<WorkerEvent, { type: "metric" }>,
  context: Pick<ToolContext, "metric">,
): void {
  const finite = Object.entries(values)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number" && Number.isFinite(entry[1]))
    .slice(0, MAX_METRICS_PER_EVENT);
  if (finite.length > 0) context.metric(Object.fromEntries(finite), step === undefined ? {} : { step });
}

function cut(text: string): string {
  return text.length <= MAX_LINE ? text : `${text.slice(0, MAX_LINE)}…`;
}
