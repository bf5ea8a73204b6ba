import { createHash } from "node:crypto";
import { isArtifactRef } from "./artifact.ts";
import { canonicalJson } from "./json.ts";
import type { AnyTool } from "./tool.ts";

/**
 * The key under which a reproducible step's result is found again: tool, version, validated input with the digests
 * of its artifacts, and who asked.
 */
export function cacheKey(tool: AnyTool, input: unknown, principal: string): string {
  const parts = { tool: tool.name, version: tool.version ?? "1", principal, input: withoutLabels(input) };
  return createHash("sha256").update(canonicalJson(parts)).digest("hex");
}

/** Names and sizes of artifacts are labels, not content. */
function withoutLabels(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLabels);
  if (isArtifactRef(value))
    return { kind: value.kind, digest: value.digest, meta: withoutLabels(value.meta) };
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLabels(inner)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
