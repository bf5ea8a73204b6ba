import type { Palette, Role } from "../text/palette.ts";
import { padEnd, truncate, widthOf } from "../text/width.ts";
import type { RunView, StepView } from "./run-view.ts";
import { detailsOf, elapsedText, endText, fractionOf } from "./step-text.ts";

/** What a frame is drawn with. */
export interface FrameOptions {
  readonly columns: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Counts frames up: turns the spinner. */
  readonly tick: number;
  readonly palette: Palette;
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const SPINNER_COLUMNS = 2;
const MAX_BAR_COLUMNS = 24;
const MIN_BAR_COLUMNS = 6;
/** Room that a line keeps for what stands beside its bar. */
const COLUMNS_BESIDE_BAR = 44;

const MARKS: Readonly<Record<string, readonly [mark: string, role: Role]>> = {
  succeeded: ["✓", "good"],
  cached: ["✓", "dim"],
  failed: ["✗", "bad"],
  cancelled: ["■", "warn"],
  skipped: ["-", "dim"],
};

/** Draws what runs now, one line a step, and what waits; no line is wider than `columns`. */
export function renderFrame(view: RunView, options: FrameOptions): string {
  const steps = [...view.steps.values()];
  const active = steps.filter(({ status }) => status === "running" || status === "retrying");
  const waiting = steps.filter(({ status }) => status === "waiting" || status === "queued");
  const idWidth = Math.max(0, ...active.map(({ stepId }) => widthOf(stepId)));
  const rest = waiting.length > 0 ? [waitingLine(waiting, options)] : [];
  const stopping =
    view.status === "cancelling" ? [options.palette("warn", truncate("stopping …", options.columns))] : [];
  return [...active.map((step) => activeLine(step, idWidth, options)), ...rest, ...stopping].join("\n");
}

/** Draws the line that stays of a step that has ended. */
export function renderEnd(
  step: StepView,
  { columns, palette }: Pick<FrameOptions, "columns" | "palette">,
): string {
  const [mark, role] = MARKS[step.status] ?? ["·", "dim"];
  // Errors say how to mend things: they wrap instead of being cut.
  const text = `${step.stepId}  ${endText(step)}`;
  return `${palette(role, mark)} ${step.status === "failed" ? text : truncate(text, columns - 2)}`;
}

function activeLine(step: StepView, idWidth: number, options: FrameOptions): string {
  const { columns, now, tick, palette } = options;
  const spinner = SPINNER[tick % SPINNER.length]!;
  const room = Math.max(0, Math.min(idWidth, columns - SPINNER_COLUMNS));
  const id = padEnd(truncate(step.stepId, room), room);
  const bar = barOf(fractionOf(step), Math.min(MAX_BAR_COLUMNS, columns - idWidth - COLUMNS_BESIDE_BAR));
  const details = step.status === "retrying" ? ["waiting to try again"] : detailsOf(step, now);
  const text = [bar, elapsedText(step, now), ...details].filter(Boolean).join("  ");
  if (room === 0) return spinner;
  const shown = truncate(text, Math.max(0, columns - room - SPINNER_COLUMNS - 2));
  return `${palette("name", spinner)} ${palette("title", id)}${shown && `  ${shown}`}`;
}

function barOf(fraction: number | undefined, columns: number): string {
  if (fraction === undefined || columns < MIN_BAR_COLUMNS) return "";
  const full = Math.round(fraction * columns);
  return `${"█".repeat(full)}${"░".repeat(columns - full)} ${String(Math.floor(fraction * 100)).padStart(3)}%`;
}

function waitingLine(waiting: readonly StepView[], { columns, palette }: FrameOptions): string {
  const names = waiting.map(({ stepId }) => stepId).join(", ");
  return palette("dim", truncate(`  waiting: ${names}`, columns));
}
