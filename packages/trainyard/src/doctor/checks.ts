import type { Home } from "../home.ts";
import { checkPython, checkUv, checkVenv } from "./python-checks.ts";
import { checkDisk, checkGpu, checkHome, checkMemory, checkNode, checkNpm } from "./machine-checks.ts";
import { checkGateway, checkHub } from "./network-checks.ts";

/** What one look at the machine found. */
export interface Check {
  readonly name: string;
  readonly verdict: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

/** What checks look at. */
export interface CheckContext {
  readonly home: Home;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs every check, side by side. */
export function runChecks(context: CheckContext): Promise<readonly Check[]> {
  const checks = [
    checkNode,
    checkNpm,
    checkPython,
    checkVenv,
    checkUv,
    checkGpu,
    checkMemory,
    checkDisk,
    checkHome,
    checkGateway,
    checkHub,
  ];
  return Promise.all(checks.map((check) => check(context)));
}
