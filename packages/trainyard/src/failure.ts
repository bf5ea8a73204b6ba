import { toTrainyardError } from "@trainyard/core";
import { EXIT, EXIT_BY_CODE } from "./exit-codes.ts";
import { type Io, noteLine, printJson } from "./io.ts";
import { paletteFor } from "./text/palette.ts";

/** Tells of a failure, once and without a stack unless `TRAINYARD_DEBUG` is set, and gives the exit status. */
export function reportFailure(thrown: unknown, io: Io, json: boolean): number {
  const error = toTrainyardError(thrown);
  const bad = paletteFor(io.stderr, true, io.env);
  noteLine(io, `${bad("bad", "error:")} ${error.message}`);
  if (error.code === "INTERNAL")
    noteLine(io, "This is a fault of Trainyard; set TRAINYARD_DEBUG=1 to see where it comes from.");
  if (io.env["TRAINYARD_DEBUG"])
    noteLine(io, String(thrown instanceof Error ? (thrown.stack ?? thrown) : thrown));
  if (json) printJson(io, { error: error.toRecord() });
  return EXIT_BY_CODE[error.code] ?? EXIT.internal;
}
