import { isAbsolute } from "node:path";
import { type Job, TrainyardError } from "@trainyard/core";

const JOB_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Refuses a job that cannot be run as it stands. Throws `INPUT_INVALID`. */
export function checkJob(job: Job): void {
  checkJobId(job.id);
  ensure(
    isAbsolute(job.workdir) && !job.workdir.includes("\0"),
    `Job \`${job.id}\` needs an absolute \`workdir\`, not ${JSON.stringify(job.workdir)}.`,
  );
  ensure(
    Array.isArray(job.command) &&
      job.command.length > 0 &&
      job.command.every(isPlain) &&
      job.command[0] !== "",
    `Job \`${job.id}\` needs a \`command\` of strings without NUL characters.`,
  );
  for (const [name, value] of Object.entries(job.env ?? {})) {
    ensure(
      VARIABLE.test(name),
      `Job \`${job.id}\` sets a variable named ${JSON.stringify(name)}; use letters, digits and \`_\`.`,
    );
    ensure(
      isPlain(value),
      `Variable \`${name}\` of job \`${job.id}\` must be a string without NUL characters.`,
    );
  }
  for (const [name, value] of Object.entries({ timeoutMs: job.timeoutMs, ...job.resources })) {
    ensure(
      value === undefined || (Number.isFinite(value) && value >= 0),
      `\`${name}\` of job \`${job.id}\` must be a number from 0 on.`,
    );
  }
}

/** Refuses an id that could not be a folder name. Throws `INPUT_INVALID`. */
export function checkJobId(id: string): void {
  ensure(
    typeof id === "string" && JOB_ID.test(id),
    `A job id must be 1 to 128 letters, digits, \`.\`, \`_\` or \`-\` and not begin with \`.\`; ${JSON.stringify(id)} is not.`,
  );
}

/** Reads the secrets a job names out of `source`. Throws `INPUT_INVALID` naming those that are missing. */
export function readSecrets(job: Job, source: NodeJS.ProcessEnv): Record<string, string> {
  const names = job.secrets ?? [];
  const missing = names.filter((name) => source[name] === undefined);
  ensure(
    missing.length === 0,
    `Job \`${job.id}\` needs ${missing.map((name) => `\`${name}\``).join(", ")}, which the environment of this process lacks; set it and start again.`,
  );
  return Object.fromEntries(names.map((name) => [name, source[name] ?? ""]));
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" && !value.includes("\0");
}

function ensure(condition: boolean, message: string): void {
  if (!condition) throw new TrainyardError("INPUT_INVALID", message);
}
