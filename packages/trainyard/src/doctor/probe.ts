import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TIMEOUT_MS = 20_000;

/** The trimmed output of a command, or undefined where it is missing or fails. */
export async function probe(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { env, timeout: TIMEOUT_MS });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
