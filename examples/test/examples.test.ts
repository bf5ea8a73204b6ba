import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "..");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "test")
  .map((entry) => entry.name);

function start(example: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--conditions=@trainyard/source", "main.ts"], {
      cwd: join(folder, example),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

describe("examples", () => {
  it("are these", () => {
    expect(examples).toEqual([
      "custom-adapter",
      "custom-tool-plugin",
      "embed-in-http-app",
      "reference-server",
    ]);
  });

  it.each(examples)("%s checks itself", async (example) => {
    const { code, output } = await start(example);
    expect(output).toContain(`${example}: ok`);
    expect(code).toBe(0);
  });
});
