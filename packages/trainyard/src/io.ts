import type { ReadStream, WriteStream } from "node:tty";
import { showsColor } from "./text/palette.ts";
import { jsonText, sanitize, sanitizeColored } from "./text/sanitize.ts";

/** A stream of output that may or may not be a terminal. */
export type OutputStream = NodeJS.WritableStream &
  Partial<Pick<WriteStream, "isTTY" | "columns" | "rows" | "hasColors">>;

/** What a command touches of the process it runs in; `process` is one. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY">>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
}

/** Prints a result. */
export function printLine({ stdout, env }: Io, text: string): void {
  writeLine(stdout, env, text);
}

/** Prints what is for people only: progress, warnings, hints. */
export function noteLine({ stderr, env }: Io, text: string): void {
  writeLine(stderr, env, text);
}

/** Prints one JSON document as the whole result. */
export function printJson(io: Io, value: unknown): void {
  printLine(io, jsonText(value, 2));
}

/** Everything that is printed comes through here, so nothing in it can act on a terminal. */
function writeLine(stream: OutputStream, env: NodeJS.ProcessEnv, text: string): void {
  stream.write(`${showsColor(stream, env) ? sanitizeColored(text) : sanitize(text)}\n`);
}
