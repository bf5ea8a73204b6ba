import { TrainyardError, type JsonObject } from "@trainyard/core";
import {
  type Document,
  isAlias,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { clipped } from "../message-text.ts";

/** Longest configuration, in characters. */
export const maxConfigLength = 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_KEYS = 1000;

/** Reads YAML 1.2 or JSON into a plain object. Throws `CONFIG_INVALID` with line and column. */
export function parseConfig(text: string, name: string): JsonObject {
  if (text.length > maxConfigLength) throw invalid(`${name} is longer than ${maxConfigLength} characters.`);
  const lines = new LineCounter();
  const document = parsed(text, name, lines);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw syntaxProblem(problem, name, lines);
  refuseTags(document, name, lines);
  const value = plainValue(document, name);
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw invalid(`${name} must be a mapping of keys to values.`);
  if (Object.keys(value).length > MAX_KEYS) throw invalid(`${name} has more than ${MAX_KEYS} keys.`);
  return value as JsonObject;
}

function parsed(text: string, name: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, {
      version: "1.2",
      schema: "core",
      merge: true,
      uniqueKeys: true,
      prettyErrors: false,
      lineCounter,
    });
  } catch (cause) {
    throw invalid(
      `${name} cannot be parsed: ${clipped((cause as Error).message, 200)}. It may be nested too deeply.`,
      {},
      cause,
    );
  }
}

function syntaxProblem(problem: YAMLError, name: string, lines: LineCounter): TrainyardError {
  const { line, col } = lines.linePos(problem.pos[0]);
  const isTag = problem.code === "TAG_RESOLVE_FAILED";
  const reason = isTag ? "tags are not allowed; write the plain value" : clipped(problem.message, 200);
  return invalid(`${name} line ${line}, column ${col}: ${reason}.`, { line, column: col }, problem);
}

/** Tags such as `!!binary` make values that JSON lacks. */
function refuseTags(document: Document.Parsed, name: string, lines: LineCounter): void {
  visit(document, {
    Node(_key, node) {
      if (isAlias(node) || !isNode(node) || node.tag === undefined) return;
      // Without a schema tag of its own a scalar's tag is the one it was written with.
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      throw invalid(`${name} line ${line}, column ${col}: tags are not allowed; write the plain value.`, {
        line,
        column: col,
      });
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) || pair.key === null) return;
      throw invalid(`${name} has a key that is not plain text.`);
    },
  });
}

function plainValue(document: Document.Parsed, name: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return JSON.parse(JSON.stringify(value ?? null, finite)) as unknown;
  } catch (cause) {
    if (TrainyardError.is(cause)) throw cause;
    throw invalid(`${name} cannot be resolved: ${clipped((cause as Error).message, 200)}.`, {}, cause);
  }
}

function finite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw invalid(`\`${key}\` is ${value}; give a finite number.`, { key });
  return value;
}

function invalid(
  message: string,
  data: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): TrainyardError {
  return new TrainyardError("CONFIG_INVALID", message, { data, cause });
}
