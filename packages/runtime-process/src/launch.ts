import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { toTrainyardError, TrainyardError } from "@trainyard/core";
import { supervisorEnvironment } from "./job-env.ts";
import type { JobFolder } from "./job-record.ts";
import type { StartReport, Supervision } from "./supervision.ts";

const SUPERVISOR = new URL(
  import.meta.url.endsWith(".ts") ? "supervisor.ts" : "supervisor.js",
  import.meta.url,
);

type FailedStart = Extract<StartReport, { readonly started: false }>;
type Supervisor = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/** Starts a supervisor in a session of its own; resolves when its job runs. Throws `RUNTIME_UNAVAILABLE`. */
export async function launch(folder: JobFolder, supervision: Supervision): Promise<void> {
  const script = fileURLToPath(SUPERVISOR);
  if (!existsSync(script))
    throw unavailable(`The supervisor ${script} is missing; keep @trainyard/runtime-process out of bundles.`);
  const supervisor = spawnSupervisor(script, folder);
  const report = await readReport(supervisor, supervision);
  supervisor.unref();
  supervisor.stdout.destroy();
  if (!report)
    throw unavailable(
      `The supervisor of job \`${supervision.id}\` failed: ${readFileSync(folder.log, "utf8").trim()}`,
    );
  if (!report.started) throw startError(supervision, report);
}

function spawnSupervisor(script: string, folder: JobFolder): Supervisor {
  const log = openSync(folder.log, "wx", 0o600);
  try {
    return spawn(process.execPath, [script, folder.path], {
      cwd: "/",
      env: supervisorEnvironment(process.env),
      stdio: ["pipe", "pipe", log],
      detached: true,
    }) as Supervisor;
  } finally {
    closeSync(log);
  }
}

function readReport(supervisor: Supervisor, supervision: Supervision): Promise<StartReport | undefined> {
  return new Promise((resolve, reject) => {
    let text = "";
    supervisor.once("error", reject);
    supervisor.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.endsWith("\n")) resolve(JSON.parse(text) as StartReport);
    });
    supervisor.stdout.once("close", () => resolve(undefined));
    // A supervisor that dies before it has read everything closes its output too.
    supervisor.stdin.on("error", () => {});
    supervisor.stdin.end(JSON.stringify(supervision));
  });
}

function startError({ id, command, workdir }: Supervision, { code, message }: FailedStart): TrainyardError {
  const attempt = `Job \`${id}\` cannot run \`${command[0]}\``;
  if (code === "ENOSPC" || code === "EDQUOT")
    return toTrainyardError(Object.assign(new Error(message), { code }));
  if (code === "ENOENT")
    return unavailable(`${attempt}: no such command; install it, or give its full path or a \`PATH\`.`);
  if (code === "EACCES")
    return unavailable(`${attempt} in ${workdir}: permission denied; make both accessible.`);
  return unavailable(`${attempt}: ${message}`);
}

function unavailable(message: string): TrainyardError {
  return new TrainyardError("RUNTIME_UNAVAILABLE", message);
}
