import { createReadStream } from "node:fs";
import { datasetInvalid } from "./invalid.ts";

/** Longest line of a JSON Lines or text file, in characters. */
export const maxLineLength = 64 * 1024 * 1024;

/** The text of a file in pieces, without its byte order mark. Throws `DATASET_INVALID` for bytes that are not UTF-8. */
export async function* textChunks(path: string, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let offset = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw datasetInvalid(
        `${name} is not UTF-8 text (near byte ${offset}). Save it as UTF-8.`,
        undefined,
        cause,
      );
    }
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    yield decode(chunk);
    offset += chunk.byteLength;
  }
  yield decode();
}

/** A line and its number, from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/** The lines of a file, one at a time; memory does not grow with the file. Throws `DATASET_INVALID`. */
export async function* textLines(
  path: string,
  name: string,
  maxLength = maxLineLength,
): AsyncGenerator<TextLine> {
  let rest = "";
  let number = 1;
  for await (const chunk of textChunks(path, name)) {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      yield { number, text: withoutReturn(rest + chunk.slice(from, end)) };
      number += 1;
      rest = "";
      from = end + 1;
    }
    rest += chunk.slice(from);
    if (rest.length > maxLength) {
      throw datasetInvalid(
        `${name} line ${number} is longer than ${maxLength} characters. One row per line is expected.`,
      );
    }
  }
  if (rest !== "") yield { number, text: withoutReturn(rest) };
}

function withoutReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
