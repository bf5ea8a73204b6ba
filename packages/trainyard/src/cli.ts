import { type CommandRequest, readCommandLine } from "./command-line.ts";
import { createContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { type Io, printLine } from "./io.ts";
import { onStopSignal, untilAborted } from "./stop-signals.ts";
import type { Program } from "./usage.ts";

/** Time in ms that a stopped command has to close what it opened. */
const CLOSE_MS = 3000;

/** The whole command line: runs what `argv` asks for and gives the exit status. Never rejects. */
export async function main(program: Program, argv: readonly string[], io: Io): Promise<number> {
  surviveClosedPipe(io);
  const report = async (thrown: unknown) => {
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(thrown, io, asksForJson(argv));
  };
  try {
    const request = await readCommandLine(program, argv);
    if (request.kind === "command") return await runCommand(request, io, report);
    printLine(io, request.text);
    return EXIT.ok;
  } catch (thrown) {
    return report(thrown);
  }
}

/** Runs a command; Ctrl-C ends it and this process wherever the command does not see to that itself. */
async function runCommand(
  { command, args }: CommandRequest,
  io: Io,
  report: (thrown: unknown) => Promise<number>,
): Promise<number> {
  const { signal, abort } = stopController();
  const stopListening = onStopSignal(abort, () => process.exit(EXIT.interrupted));
  const work = command.load().then((run) => run(args, createContext(io, args, signal)));
  try {
    return await untilAborted(work, signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    const status = await report(thrown);
    await untilAborted(work, AbortSignal.timeout(CLOSE_MS)).catch(() => undefined);
    // What the command began may hold the process up for long.
    process.exit(status);
  } finally {
    stopListening();
  }
}

function stopController(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  const reason = () => new DOMException("Stopped before the end.", "AbortError");
  return { signal: controller.signal, abort: () => controller.abort(reason()) };
}

/** Also of a command line that cannot be read otherwise. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word) => word.split("=", 1)[0] === "--json");
}

/** `trainyard … | head`, or a terminal that is closed: the rest of the output is dropped, the command goes on to its end. */
function surviveClosedPipe(io: Io): void {
  for (const stream of [io.stdout, io.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}
