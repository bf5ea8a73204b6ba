import type { ReadStream, WriteStream } from "node:tty";

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
export function printLine(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** Prints what is for people only: progress, warnings, hints. */
export function noteLine(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** Prints one JSON document as the whole result. */
export function printJson(io: Io, value: unknown): void {
  printLine(io, JSON.stringify(value, undefined, 2));
}
