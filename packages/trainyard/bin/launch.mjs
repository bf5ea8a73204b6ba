import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const here = (path) => new URL(path, import.meta.url);
const EXIT_ENVIRONMENT = 6;

/** Runs a program of the command line: from `dist` where it is installed, from `src` inside its repository. */
export async function launch(program) {
  const fromSource = isRepository();
  if (!nodeIsAtLeast(22, fromSource ? 18 : 13)) return runElsewhere(fromSource);
  // Halves the time to start from the second call on.
  nodeModule.enableCompileCache();
  if (fromSource) resolveToSource();
  const { main } = await import(here(fromSource ? "../src/cli.ts" : "../dist/cli.js").href);
  process.exitCode = await main(program, process.argv.slice(2), process);
}

function isRepository() {
  try {
    return JSON.parse(readFileSync(here("../../../package.json"), "utf8")).name === "trainyard-repo";
  } catch {
    return false;
  }
}

function nodeIsAtLeast(major, minor) {
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

function resolveToSource() {
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ["@trainyard/source", ...(context.conditions ?? [])] }),
  });
}

/** The repository brings a Node of its own; elsewhere there is nothing to run with. */
function runElsewhere(fromSource) {
  const node = here("../../../node_modules/.bin/node");
  if (!fromSource || !existsSync(node)) {
    process.stderr.write(
      `error: Trainyard needs Node 22.13 or later and this is ${process.version}; install a newer one from https://nodejs.org.\n`,
    );
    process.exitCode = EXIT_ENVIRONMENT;
    return;
  }
  const child = spawn(fileURLToPath(node), process.argv.slice(1), { stdio: "inherit" });
  const forward = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}
