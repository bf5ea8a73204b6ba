import { stripVTControlCharacters } from "node:util";

// C0 and C1 controls, and the marks that reorder text around them.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What `Palette` writes, and nothing else: no file can hide text or move the cursor with these. */
// oxlint-disable-next-line no-control-regex
const COLORS = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/;

/** Text of files, tools and the wire made harmless for a terminal; line ends and tabs stay. */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text.replaceAll(/\r\n?/g, "\n")).replaceAll(CONTROLS, "");
}

/** As `sanitize`, on one line. */
export function sanitizeLine(text: string): string {
  return sanitize(text).replaceAll(/\s+/g, " ").trim();
}

/** As `sanitize`, for text with colours of a `Palette` in it: the last thing done to whatever goes to a terminal. */
export function sanitizeColored(text: string): string {
  return text
    .split(COLORS)
    .map((part, index) => (index % 2 === 1 ? part : sanitize(part)))
    .join("");
}

/** JSON with what could harm a terminal escaped, so that no value changes. */
export function jsonText(value: unknown, indent?: number): string {
  const escape = (mark: string) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, undefined, indent).replaceAll(CONTROLS, escape);
}
