import type { Job } from "@trainyard/core";
import { readSecrets } from "./job-check.ts";

const INHERITED = ["PATH", "HOME", "USER"];
const THREAD_VARIABLES = [
  "OMP_NUM_THREADS",
  "MKL_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "NUMEXPR_NUM_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "RAYON_NUM_THREADS",
];

/** The environment of a job: what every program needs, its share of the cores, its own variables, its secrets. */
export function jobEnvironment(job: Job, gateway: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...pick(gateway, INHERITED),
    LANG: gateway["LANG"] ?? "C.UTF-8",
    ...threadVariables(job.resources?.cpus),
    ...job.env,
    ...readSecrets(job, gateway),
    TRAINYARD_JOB_ID: job.id,
  };
}

/** The environment of a supervisor: enough to run Node and to find a temporary folder. */
export function supervisorEnvironment(gateway: NodeJS.ProcessEnv): Record<string, string> {
  return pick(gateway, [...INHERITED, "TMPDIR"]);
}

function threadVariables(cpus: number | undefined): Record<string, string> {
  if (cpus === undefined) return {};
  const threads = String(Math.max(1, Math.floor(cpus)));
  return Object.fromEntries(THREAD_VARIABLES.map((name) => [name, threads]));
}

function pick(source: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = source[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
