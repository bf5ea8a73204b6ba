import { Writable } from "node:stream";
import type { RunEventBody } from "@trainyard/core";
import { expect, onTestFinished, test } from "vitest";
import type { OutputStream } from "../src/io.ts";
import { plainView } from "../src/live/plain-view.ts";
import { terminalView } from "../src/live/terminal-view.ts";
import type { LiveView } from "../src/live/view.ts";
import { plain } from "../src/text/palette.ts";

const SPEC = { steps: { settings: { tool: "load_config" }, tune: { tool: "finetune" } } };
const EVENTS: readonly RunEventBody[] = [
  { type: "step-start", stepId: "settings", attempt: 1, input: {} },
  { type: "step-log", stepId: "settings", level: "info", message: "reading" },
  { type: "step-log", stepId: "settings", level: "warning", message: "Unknown key `lr\u001b[2J`; ignored." },
];
const WARNING = "warning: settings: Unknown key `lr`; ignored.\n";

function play(view: LiveView): void {
  EVENTS.forEach((event, index) => view.show({ ...event, runId: "r", seq: index + 1, at: 1000 }));
}

test("on a terminal a warning stands above what is redrawn", () => {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({ write: (chunk, _encoding, done) => (written.push(String(chunk)), done()) }),
    { isTTY: true, columns: 80, rows: 24 },
  ) as unknown as OutputStream;
  const view = terminalView(SPEC, stream, plain);
  onTestFinished(() => view.close());
  play(view);
  const at = written.indexOf(WARNING);
  expect(at).toBeGreaterThanOrEqual(0);
  // What runs is drawn again below it.
  expect(written.slice(at + 1).join("")).toContain("settings");
  expect(written.join("")).not.toContain("reading");
  expect(written.join("")).not.toContain("\u001b[2J`");
});

test("without one it is a line of its own", () => {
  const lines: string[] = [];
  play(plainView(SPEC, (line) => lines.push(line), plain));
  expect(lines).toEqual(["▸ settings  load_config", WARNING.trimEnd()]);
});
