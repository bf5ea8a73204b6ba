import { constants } from "node:buffer";
import { open, readFile, stat } from "node:fs/promises";
import { nearestName } from "@trainyard/core";
import { quoted } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";
import { parseJson } from "./json-problem.ts";
import { asRow, described, isRecord, own, type RawRow } from "./raw-row.ts";
import { readJsonl } from "./read-jsonl.ts";

const SNIFF_BYTES = 1024 * 1024;

/** Largest `.json` file in bytes: it is read whole, and a string cannot be longer. JSON Lines has no such bound. */
const maxJsonBytes: number = constants.MAX_STRING_LENGTH;

/** Rows of a JSON file: a list, the list under `field` (`data` by default), or one object per line. Throws `DATASET_INVALID`. */
export async function* readJson(
  path: string,
  name: string,
  field: string | undefined,
  maxBytes: number = maxJsonBytes,
): AsyncGenerator<RawRow> {
  if (field === undefined && (await looksLikeJsonl(path))) return yield* readJsonl(path, name);
  const { size } = await stat(path);
  if (size > maxBytes) {
    throw datasetInvalid(
      `${name} has ${size} bytes; a .json file is read whole, ${maxBytes} at most. Convert it to JSON Lines (.jsonl).`,
    );
  }
  const value = parseJson(await utf8Text(path, name), name);
  const list = listIn(value, name, field);
  for (const [index, item] of list.entries()) yield asRow(item, `${name} row ${index + 1}`);
}

async function utf8Text(path: string, name: string): Promise<string> {
  const bytes = await readFile(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw datasetInvalid(`${name} is not UTF-8 text. Save it as UTF-8.`, undefined, cause);
  }
  if (text.trim() === "") throw datasetInvalid(`${name} is empty.`);
  return text;
}

function listIn(value: unknown, name: string, field: string | undefined): readonly unknown[] {
  if (field === undefined && Array.isArray(value)) return value;
  if (!isRecord(value)) {
    throw datasetInvalid(
      `${name} needs a list of rows${field === undefined ? "" : ` under \`${field}\``}; it holds ${described(value)}.`,
    );
  }
  const list = own(value, field ?? "data");
  if (Array.isArray(list)) return list;
  const keys = Object.keys(value);
  const lists = keys.filter((key) => Array.isArray(value[key]));
  const near = (field === undefined ? undefined : nearestName(field, lists)) ?? lists[0];
  throw datasetInvalid(
    `${name} has no list of rows under \`${field ?? "data"}\`; its keys are ${quoted(keys) || "none"}. ` +
      (near !== undefined ? `Pass \`field: "${near}"\` to read that list.` : "Give it a list of rows."),
    { found: keys.slice(0, 50) },
  );
}

/** A first line that is a whole object, with more after it. */
async function looksLikeJsonl(path: string): Promise<boolean> {
  const head = await firstBytes(path);
  const end = head.indexOf("\n");
  const line = head.slice(0, Math.max(end, 0)).trim();
  if (end < 0 || !line.startsWith("{") || head.slice(end).trim() === "") return false;
  try {
    return isRecord(JSON.parse(line));
  } catch {
    return false;
  }
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer
      .toString("utf8", 0, bytesRead)
      .replace(/^\uFEFF/, "")
      .trimStart();
  } finally {
    await file.close();
  }
}
