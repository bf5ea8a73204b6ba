import { readCommandLine } from "./command-line.ts";
import { createContext } from "./context.ts";
import { type Io, printLine } from "./io.ts";
import type { Program } from "./usage.ts";

/** The whole command line: runs what `argv` asks for and gives the exit status. Never rejects. */
export async function main(program: Program, argv: readonly string[], io: Io): Promise<number> {
  surviveClosedPipe(io);
  try {
    const request = await readCommandLine(program, argv);
    if (request.kind === "text") {
      printLine(io, request.text);
      return 0;
    }
    const command = await request.command.load();
    return await command(request.args, createContext(io, request.args));
  } catch (thrown) {
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(thrown, io, argv.includes("--json"));
  }
}

/** `trainyard … | head`, or a terminal that is closed: the rest of the output is dropped, the command goes on to its end. */
function surviveClosedPipe(io: Io): void {
  for (const stream of [io.stdout, io.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
  }
}
