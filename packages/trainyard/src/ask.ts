import { createInterface } from "node:readline/promises";
import { TrainyardError } from "@trainyard/core";
import type { Io } from "./io.ts";
import { sanitize } from "./text/sanitize.ts";

/** Whether somebody is there to answer. */
export function canAsk({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks on the terminal. Throws `CANCELLED` at Ctrl-C and when `signal` aborts, `NOT_CONFIRMED` when the input ends. */
export async function ask({ stdin, stderr }: Io, question: string, signal: AbortSignal): Promise<string> {
  const prompt = createInterface({ input: stdin, output: stderr });
  const given = Promise.withResolvers<string>();
  const refuse = (error: TrainyardError) => {
    stderr.write("\n");
    given.reject(error);
  };
  const onClose = () =>
    refuse(new TrainyardError("NOT_CONFIRMED", "The input ended before an answer; nothing ran."));
  prompt.once("close", onClose);
  prompt.once("SIGINT", () => {
    prompt.off("close", onClose);
    refuse(new TrainyardError("CANCELLED", "Stopped before anything ran."));
  });
  prompt.question(sanitize(question), { signal }).then(given.resolve, given.reject);
  try {
    return await given.promise;
  } finally {
    prompt.off("close", onClose);
    prompt.close();
  }
}
