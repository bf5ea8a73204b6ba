import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Io, noteLine, printJson } from "../src/io.ts";
import { paletteFor } from "../src/text/palette.ts";
import { jsonText } from "../src/text/sanitize.ts";
import { emptyFolder, projectFolder, runCli } from "./support/cli.ts";

const ATTACK = "\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\u009b1A\u202e\rx";
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const HOSTILE_PLAN = {
  spec: {
    name: `name${ATTACK}`,
    steps: {
      one: { tool: "count_up", input: { steps: 2 } },
      two: { tool: "count_up", input: { [`steps${ATTACK}\nPlan: fine`]: { $from: `one.last${ATTACK}` } } },
    },
  },
  provenance: [
    { stepId: "one", parameter: "steps", value: 2, source: `goal${ATTACK}`, detail: ATTACK },
    { stepId: "one", parameter: `p${ATTACK}`, value: 2, source: "goal", detail: ATTACK },
    { stepId: "one", parameter: "q", value: 2, source: "goal", detail: { not: "text" } },
  ],
};

const { one } = HOSTILE_PLAN.spec.steps;
const VALID_PLAN = { ...HOSTILE_PLAN, spec: { ...HOSTILE_PLAN.spec, steps: { one } } };

test.each([
  ["refused", ["--yes"], 4, HOSTILE_PLAN],
  ["shown and run", ["--yes"], 0, VALID_PLAN],
  ["shown", ["--dry-run"], 0, VALID_PLAN],
  ["printed", ["--plan-only", "--json"], 0, VALID_PLAN],
])(
  "nothing in a plan file that is %s reaches the terminal as a control: %j",
  async (_how, flags, status, plan) => {
    const cwd = await projectFolder();
    await writeFile(join(cwd, "plan.json"), JSON.stringify(plan));
    for (const env of [{}, { FORCE_COLOR: "1" }]) {
      const { code, stdout, stderr } = await runCli("mcp-agent", ["--plan", "plan.json", ...flags], {
        cwd,
        env,
      });
      expect(code).toBe(status);
      // oxlint-disable-next-line no-control-regex
      const text = (stdout + stderr).replaceAll(/\u001b\[(1|2|22|31|32|33|36|39)m/g, "");
      expect(text).not.toBe("");
      expect(text).not.toMatch(CONTROLS);
      expect(text).not.toMatch(/^Plan: fine/m);
    }
  },
);

test("neither do words of the command line, or of a configuration that fails", async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, "trainyard.config.mjs"), `throw new Error(${JSON.stringify(ATTACK)});\n`);
  for (const args of [["status"], [`--${ATTACK}`], ["run", `${ATTACK}.json`]]) {
    const { code, stderr } = await runCli("trainyard", args, { cwd });
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(CONTROLS);
  }
});

test("whatever is printed loses its controls and keeps the colours of the palette", () => {
  const { io, written } = memoryIo(true);
  noteLine(io, `${paletteFor(io.stderr, true, {})("bad", "error:")} ${ATTACK}`);
  expect(written.join("")).toBe("\u001b[31merror:\u001b[39m hidden\nx\n");
});

test("where there are no colours none can be brought in", () => {
  const { io, written } = memoryIo(false);
  noteLine(io, "\u001b[31mred\u001b[39m");
  expect(written.join("")).toBe("red\n");
});

test("JSON keeps every value and carries no control", () => {
  const { io, written } = memoryIo(true);
  printJson(io, { text: ATTACK });
  const printed = written.join("");
  expect(JSON.parse(printed)).toEqual({ text: ATTACK });
  expect(printed).not.toMatch(CONTROLS);
  expect(jsonText({ text: ATTACK })).not.toMatch(CONTROLS);
});

function memoryIo(isTTY: boolean): { readonly io: Io; readonly written: string[] } {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as Io["stdout"];
  return { io: { stdin: process.stdin, stdout: stream, stderr: stream, env: {}, cwd: () => "/" }, written };
}
