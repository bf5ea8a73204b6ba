// Start-up times beside a bare `node -e 0`, as ratios of medians measured in one run, alternating.
// Usage: npm run bench [-- rounds]. Measures what users install: run `npm run build` first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const cli = join(root, "packages/trainyard/dist/cli.js");
const rounds = Number(process.argv[2] ?? 11);
const home = mkdtempSync(join(tmpdir(), "trainyard-bench-"));

const subjects = {
  "node -e 0": () => untilExit(["-e", "0"]),
  "mcp-agent --help": () => untilExit(program("mcp-agent", "--help")),
  "gateway ready": () => untilReady(program("mcp-server", "--port", "0")),
};

try {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(subjects)) times[name].push(await measure());
  }
  const bare = median(times["node -e 0"]);
  console.log(`${rounds} rounds, Node ${process.versions.node}\n`);
  console.log("what                 median ms   best ms   × bare node");
  for (const [name, values] of Object.entries(times)) {
    const middle = median(values);
    console.log(
      `${name.padEnd(20)} ${middle.toFixed(0).padStart(9)} ${Math.min(...values)
        .toFixed(0)
        .padStart(9)} ${(middle / bare).toFixed(1).padStart(13)}`,
    );
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

function program(name, ...args) {
  const code = `const { main } = await import(${JSON.stringify(cli)}); process.exitCode = await main("${name}", process.argv.slice(1), process);`;
  return ["--input-type=module", "-e", code, "--", ...args];
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function start(args) {
  const env = { ...process.env, TRAINYARD_HOME: home, NO_COLOR: "1" };
  return spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
}

async function untilExit(args) {
  const started = performance.now();
  const child = start(args);
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - started;
}

/** Ready means that a request was answered: the printed address alone proves nothing. */
async function untilReady(args) {
  const started = performance.now();
  const child = start(args);
  const url = await new Promise((resolve, reject) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
        if (found) resolve(found[0]);
      });
    }
    child.on("exit", () => reject(new Error(text)));
  });
  const response = await fetch(`${url}/healthz`);
  if (!response.ok) throw new Error(`healthz answered ${response.status}`);
  const elapsed = performance.now() - started;
  child.kill("SIGTERM");
  await once(child, "exit");
  return elapsed;
}
