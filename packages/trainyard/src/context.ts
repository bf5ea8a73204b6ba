import { findHome, type Home } from "./home.ts";
import type { Io } from "./io.ts";
import type { CommandArguments } from "./command-table.ts";
import { type Palette, paletteFor } from "./text/palette.ts";

/** What every command works with. */
export interface Context {
  readonly io: Io;
  readonly home: Home;
  /** Whether the result is one JSON document. */
  readonly json: boolean;
  readonly colorAllowed: boolean;
  /** Aborts when the command is to end before it is done. */
  readonly signal: AbortSignal;
  /** For results. */
  readonly out: Palette;
  /** For progress and messages. */
  readonly err: Palette;
}

/** Makes the context of one call. */
export function createContext(io: Io, { flags }: CommandArguments, signal: AbortSignal): Context {
  const colorAllowed = flags["no-color"] !== true;
  return {
    io,
    home: findHome(io.env, io.cwd()),
    json: flags["json"] === true,
    colorAllowed,
    signal,
    out: paletteFor(io.stdout, colorAllowed, io.env),
    err: paletteFor(io.stderr, colorAllowed, io.env),
  };
}
