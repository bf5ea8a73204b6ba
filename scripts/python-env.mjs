// Makes the Python environment of the training tools, the way a user's workflow does, and gives its interpreter.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./run.mjs";

export async function ensurePython() {
  const home = await mkdtemp(join(tmpdir(), "trainyard-env-"));
  try {
    const spec = join(home, "env.json");
    await writeFile(spec, JSON.stringify({ name: "env", steps: { env: { tool: "create_env" } } }));
    const events = await lines(
      [join(root, "packages/trainyard/bin/trainyard.mjs"), "run", spec, "--yes", "--json-stream"],
      { ...process.env, TRAINYARD_HOME: join(home, "home") },
    );
    const end = events.find((event) => event.type === "step-end" && event.stepId === "env");
    if (!end?.outputs) throw new Error(`The Python environment could not be made: ${end?.error?.message}`);
    return end.outputs.python;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function lines(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    child.on("error", reject);
    child.on("close", () =>
      resolve(
        text
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      ),
    );
  });
}
