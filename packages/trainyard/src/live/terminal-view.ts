import type { RunEvent, WorkflowSpecInput } from "@trainyard/core";
import { createLogUpdate } from "log-update";
import type { OutputStream } from "../io.ts";
import type { Palette } from "../text/palette.ts";
import { sanitizeColored } from "../text/sanitize.ts";
import { renderEnd, renderFrame } from "./frame.ts";
import { logLine } from "./log-line.ts";
import { applyEvent, emptyRunView, type RunView } from "./run-view.ts";
import type { LiveView } from "./view.ts";

const FRAME_MS = 100;
const DEFAULT_COLUMNS = 80;

/** Draws a run on a terminal, ten times a second at most: what has ended stays above, what runs is redrawn below. */
export function terminalView(spec: WorkflowSpecInput, stream: OutputStream, palette: Palette): LiveView {
  const update = createLogUpdate(stream);
  let view: RunView = emptyRunView(spec);
  let tick = 0;

  // One column is left free: a full last column makes some terminals wrap.
  const columns = () => Math.max(1, (stream.columns || DEFAULT_COLUMNS) - 1);
  const draw = () => {
    const frame = renderFrame(view, { columns: columns(), now: Date.now(), tick: tick++, palette });
    update(sanitizeColored(frame));
  };
  const persist = (text: string) => {
    update.clear();
    stream.write(`${sanitizeColored(text)}\n`);
    draw();
  };
  const timer = setInterval(draw, FRAME_MS);
  stream.on("resize", draw);

  function show(event: RunEvent): void {
    view = applyEvent(view, event);
    const line = event.type === "step-log" ? logLine(event, palette) : undefined;
    if (line !== undefined) persist(line);
    if (event.type === "step-end")
      persist(renderEnd(view.steps.get(event.stepId)!, { columns: columns(), palette }));
  }

  return {
    show,
    note: persist,
    close() {
      clearInterval(timer);
      stream.off("resize", draw);
      update.clear();
      update.done();
    },
  };
}
