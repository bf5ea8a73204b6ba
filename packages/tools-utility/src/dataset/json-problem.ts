import { clipped } from "../message-text.ts";
import { parseExact } from "./exact-json.ts";
import { datasetInvalid } from "./invalid.ts";

/** Parses JSON text, exact as {@link parseExact}. Throws `DATASET_INVALID` with line and column, counted from `firstLine`. */
export function parseJson(text: string, name: string, firstLine = 1): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    const message = (cause as Error).message;
    const { line, column } = placeOf(text, message);
    const reason = clipped(message.replace(/ in JSON at position.*$|, ".*$|, \.\.\..*$/s, ""), 200);
    throw datasetInvalid(
      `${name} is not valid JSON at line ${line + firstLine - 1}, column ${column}: ${reason}. Correct it there.`,
      { line: line + firstLine - 1, column },
      cause,
    );
  }
}

function placeOf(text: string, message: string): { line: number; column: number } {
  const found = /at position (\d+)/.exec(message);
  // Without a position the parser ran into the end, or quotes the token it stumbled over.
  const token = /Unexpected token '(.)'/su.exec(message)?.[1];
  const position = found
    ? Number(found[1])
    : token && text.length < 64
      ? Math.max(0, text.indexOf(token))
      : text.length;
  const before = text.slice(0, position);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: position - lineStart + 1 };
}
