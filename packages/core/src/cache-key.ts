import { createHash } from "node:crypto";
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
  if (typeof value !== "object" || value === null) return value;
  const { name, sizeBytes, ...rest } = value as Record<string, unknown>;
  const isRef = typeof rest["digest"] === "string" && typeof rest["kind"] === "string";
  return Object.fromEntries(
    Object.entries(
      isRef
        ? rest
        : { ...rest, ...(name !== undefined && { name }), ...(sizeBytes !== undefined && { sizeBytes }) },
    ).map(([key, inner]) => [key, withoutLabels(inner)]),
  );
}
