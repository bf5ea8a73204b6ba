// Every gate of the repository, one after another; the first that fails stops it.
import "./check-node.mjs";
import { run } from "./run.mjs";

const gates = ["format:check", "lint", "typecheck", "docs:check", "build", "knip", "package-shape", "api"];
for (const gate of gates) {
  const started = performance.now();
  const status = await run("npm", ["run", "--silent", gate]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${gate} (${seconds} s)`);
  if (status !== 0) process.exit(status);
}
