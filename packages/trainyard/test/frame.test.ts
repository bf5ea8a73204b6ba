import type { RunEventBody } from "@trainyard/core";
import { expect, test } from "vitest";
import { renderEnd, renderFrame } from "../src/live/frame.ts";
import { applyEvent, emptyRunView, type RunView } from "../src/live/run-view.ts";
import { plain } from "../src/text/palette.ts";
import { widthOf } from "../src/text/width.ts";

const SPEC = { steps: { data: { tool: "load" }, tune: { tool: "tune" }, eval: { tool: "score" } } };

function viewAfter(...events: readonly (readonly [at: number, body: RunEventBody])[]): RunView {
  return events.reduce(
    (view, [at, body], index) => applyEvent(view, { ...body, runId: "r", seq: index + 1, at }),
    emptyRunView(SPEC),
  );
}

const TUNING = [
  [1000, { type: "step-queue", stepId: "tune", tool: "tune" }],
  [1000, { type: "step-start", stepId: "tune", attempt: 1, input: {} }],
  [2000, { type: "step-progress", stepId: "tune", current: 10, total: 100, unit: "steps" }],
  [12_000, { type: "step-metric", stepId: "tune", step: 30, values: { loss: 2.34567, lr: 1e-4 } }],
  [
    12_000,
    { type: "step-progress", stepId: "tune", current: 30, total: 100, unit: "steps", message: "epoch 1" },
  ],
] as const satisfies readonly (readonly [number, RunEventBody])[];

const frame = (view: RunView, columns = 120, now = 12_000) =>
  renderFrame(view, { columns, now, tick: 0, palette: plain });

test("a running step has a bar, its count, the time left at the pace so far, and the loss", () => {
  // 20 steps in 10 s leave 70 steps, or 35 s.
  expect(frame(viewAfter(...TUNING))).toBe(
    "⠋ tune  ███████░░░░░░░░░░░░░░░░░  30%  11s  30/100 steps  35s left  loss 2.346  epoch 1\n  waiting: data, eval",
  );
});

test("the time left runs down between two reports", () => {
  expect(frame(viewAfter(...TUNING), 120, 22_000)).toContain("25s left");
});

test("another thing being counted starts a new pace", () => {
  const view = viewAfter(...TUNING, [
    13_000,
    { type: "step-progress", stepId: "tune", current: 1, total: 5, unit: "files" },
  ]);
  expect(frame(view)).not.toContain("left");
});

test("parallel steps stand side by side, one line each", () => {
  const view = viewAfter(...TUNING, [3000, { type: "step-start", stepId: "data", attempt: 1, input: {} }]);
  const lines = frame(view).split("\n");
  expect(lines.map((line) => line.slice(0, 6))).toEqual(["⠋ data", "⠋ tune", "  wait"]);
});

test.each([200, 80, 40, 20, 8, 3, 1])("no line is wider than %i columns", (columns) => {
  const message = "日本語のメッセージ".repeat(20);
  const view = viewAfter(
    ...TUNING,
    [12_500, { type: "step-progress", stepId: "tune", current: 31, total: 100, message }],
    [13_000, { type: "run-cancel", reason: "" }],
  );
  for (const line of frame(view, columns).split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(columns);
});

test("text of tools cannot move the cursor or break lines", () => {
  const view = viewAfter(...TUNING, [
    13_000,
    { type: "step-progress", stepId: "tune", message: "\u001b[2Ja\nb\u0007\u009b1A" },
  ]);
  expect(frame(view).split("\n")).toHaveLength(2);
  expect(frame(view)).toContain("a b");
  // oxlint-disable-next-line no-control-regex
  expect(frame(view)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test.each([
  [{ status: "succeeded" }, "✓ tune  19s  loss 2.346"],
  [{ status: "cached" }, "✓ tune  from an earlier run"],
  [{ status: "skipped", reason: "step `data` failed" }, "- tune  skipped: step `data` failed"],
  [
    { status: "failed", error: { code: "TOOL_FAILED", message: "It broke.", retryable: false } },
    "✗ tune  19s  It broke.",
  ],
  [{ status: "cancelled" }, "■ tune  cancelled after 19s"],
] as const)("an ended step leaves one line: %j", (end, line) => {
  const view = viewAfter(...TUNING, [20_000, { type: "step-end", stepId: "tune", attempt: 1, ...end }]);
  expect(renderEnd(view.steps.get("tune")!, { columns: 120, palette: plain })).toBe(line);
  expect(frame(view)).toBe("  waiting: data, eval");
});
