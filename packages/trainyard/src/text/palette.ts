import { styleText } from "node:util";
import type { OutputStream } from "../io.ts";

/** What a piece of text is, for choosing its colour. */
export type Role = "title" | "dim" | "good" | "warn" | "bad" | "name";

/** Colours text for one stream, or leaves it as it is. */
export type Palette = (role: Role, text: string) => string;

const FORMATS = {
  title: "bold",
  dim: "dim",
  good: "green",
  warn: "yellow",
  bad: "red",
  name: "cyan",
} as const satisfies Record<Role, Parameters<typeof styleText>[0]>;

/** A palette for `stream`: plain when it is no terminal, under `NO_COLOR`, or when `allowed` is false. */
export function paletteFor(stream: OutputStream, allowed: boolean, env: NodeJS.ProcessEnv): Palette {
  const colored = allowed && showsColor(stream, env);
  return colored ? (role, text) => styleText(FORMATS[role], text, { validateStream: false }) : plain;
}

/** Whether colours may be written to `stream`. */
export function showsColor(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = Boolean(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0";
  return forced || (stream.isTTY === true && stream.hasColors?.() !== false);
}

/** The palette without colours. */
export const plain: Palette = (_role, text) => text;
