import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import {
  type Plan,
  problemText,
  type Provenance,
  TrainyardError,
  type Unresolved,
  workflowSpecSchema,
} from "@trainyard/core";
import type { Io } from "../io.ts";

const MAX_BYTES = 4 * 1024 * 1024;
const SOURCES: ReadonlySet<unknown> = new Set<Provenance["source"]>([
  "goal",
  "preference",
  "recipe",
  "default",
  "plan",
]);

/**
 * Reads a workflow, or what `trainyard plan --json` printed, from a JSON file or from stdin (`-`).
 * Throws `FILE_NOT_FOUND`, and `WORKFLOW_INVALID` naming the place where the JSON breaks.
 */
export async function readPlanFile(path: string, io: Io): Promise<Plan> {
  const source = path === "-" ? await text(io.stdin) : await readText(path);
  return planFromText(source, path === "-" ? "stdin" : `\`${path}\``);
}

/** Reads a plan from JSON text; `label` names its origin in errors. */
export function planFromText(source: string, label: string): Plan {
  const value = parseJson(source, label);
  const plan = isObject(value) && isObject(value["spec"]) ? value : { spec: value };
  const spec = workflowSpecSchema.safeParse(plan.spec);
  if (!spec.success) {
    const list = spec.error.issues
      .map(({ path, message }) => `- ${problemText({ path: path.join("."), message })}`)
      .join("\n");
    throw new TrainyardError("WORKFLOW_INVALID", `${label} is no workflow:\n${list}`);
  }
  const { provenance, unresolved } = plan;
  return { spec: spec.data, provenance: provenanceIn(provenance), unresolved: unresolvedIn(unresolved) };
}

/** A file may have been edited: what does not read as an entry is left out, since it is for show only. */
function provenanceIn(value: unknown): readonly Provenance[] {
  const texts = ["stepId", "parameter"];
  return listIn(value).filter(
    (entry) =>
      texts.every((key) => typeof entry[key] === "string") &&
      ["string", "undefined"].includes(typeof entry["detail"]) &&
      SOURCES.has(entry["source"]) &&
      "value" in entry,
  ) as unknown as Provenance[];
}

function unresolvedIn(value: unknown): readonly Unresolved[] {
  return listIn(value).map(({ what, question, suggestions }) => ({
    what: String(what),
    question: String(question),
    suggestions: Array.isArray(suggestions) ? suggestions.map(String) : [],
  }));
}

function listIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= MAX_BYTES) return bytes.toString("utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
    throw new TrainyardError("FILE_NOT_FOUND", `\`${path}\` ${why}; give the path of a workflow in JSON.`, {
      data: { path },
      cause,
    });
  }
  throw new TrainyardError(
    "WORKFLOW_INVALID",
    `\`${path}\` is larger than ${MAX_BYTES} bytes, so it is no workflow.`,
  );
}

function parseJson(source: string, label: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new TrainyardError(
      "WORKFLOW_INVALID",
      `${label} is not valid JSON: ${placeText(source, (cause as Error).message)}`,
      { cause },
    );
  }
}

/** V8 says `at position N`; people count lines. */
function placeText(source: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return `${message}.`;
  const before = source.slice(0, Number(position)).split("\n");
  return `${message.replace(/ in JSON at position.*$/s, "")} at line ${before.length}, column ${before.at(-1)!.length + 1}.`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
