import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = `
  import { embeddedPlanner, createClient } from "@trainyard/client";
  await embeddedPlanner().plan({ goal: "evaluate", catalog: { tools: [], recipes: [] } });
  createClient({ url: "http://127.0.0.1:9" });
  console.log(JSON.stringify(globalThis.loadedModules));
`;

const hooks = `
  import { registerHooks } from "node:module";
  globalThis.loadedModules = [];
  registerHooks({ load(url, context, next) { globalThis.loadedModules.push(url); return next(url, context); } });
`;

it("loads the MCP SDK neither for planning nor for making a client", async () => {
  const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@trainyard/source", "--import", asUrl(hooks), "--input-type=module", "--eval", script],
    { cwd: import.meta.dirname },
  );
  const loaded = JSON.parse(stdout) as readonly string[];
  expect(loaded.some((url) => url.includes("embedded-planner"))).toBe(true);
  expect(loaded.filter((url) => url.includes("@modelcontextprotocol"))).toEqual([]);
});
