import { stripVTControlCharacters } from "node:util";

// C0 and C1 controls, and the marks that reorder text around them.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of tools and logs made harmless for a terminal; line ends and tabs stay. */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text.replaceAll(/\r\n?/g, "\n")).replaceAll(CONTROLS, "");
}

/** As `sanitize`, on one line. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replaceAll(/\s+/g, " ").trim();
}
