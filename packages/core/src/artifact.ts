import * as z from "zod";
import type { JsonObject } from "./json.ts";

/** Points to immutable content in an {@link ArtifactStore}: what flows between steps instead of files. */
export interface ArtifactRef {
  /** Dotted kind, such as `dataset`, `model`, `model.adapter`, `env`, `config`, `report`. */
  readonly kind: string;
  /** `sha256:` and 64 hex digits, over the artifact's canonical file list. */
  readonly digest: string;
  /** Sum of the sizes of its files, in bytes. */
  readonly sizeBytes: number;
  /** A short label for people. */
  readonly name?: string | undefined;
  /** Small facts a consumer needs before it opens the content, such as row counts or an adapter's base. */
  readonly meta?: JsonObject | undefined;
}

/** The schema of an {@link ArtifactRef} of any kind. */
export const artifactRefSchema = z.object({
  kind: z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  sizeBytes: z.number().int().nonnegative(),
  name: z.string().optional(),
  meta: z.record(z.string(), z.any()).optional(),
});

const MARKER = "x-artifact";

/**
 * A field that holds an artifact: the schema of an {@link ArtifactRef} whose kind fits `kind`, marked
 * `x-artifact` in JSON Schema, so that compiler and planner see the port.
 */
export function artifact(kind: string, description?: string): z.ZodType<ArtifactRef> {
  // The marker comes last: a later refinement would drop it.
  return artifactRefSchema
    .refine((ref) => kindFits(ref.kind, kind), { error: `Expected an artifact of kind \`${kind}\`` })
    .meta({ [MARKER]: kind, ...(description && { description }) });
}

/** Whether an artifact of kind `given` can stand where `wanted` is asked for: a narrower kind fits a wider one. */
export function kindFits(given: string, wanted: string): boolean {
  return given === wanted || given.startsWith(`${wanted}.`);
}

/** True for a value that has the shape of an {@link ArtifactRef}. */
export function isArtifactRef(value: unknown): value is ArtifactRef {
  return artifactRefSchema.safeParse(value).success;
}

/** A field of a tool through which artifacts come in or go out. */
export interface Port {
  readonly kind: string;
  /** Whether the field may be left out. */
  readonly optional: boolean;
  /** Whether the field takes a list of artifacts. */
  readonly list: boolean;
  /** Whether a literal (a hub name, a path) may stand in place of the artifact. */
  readonly literal: boolean;
}

/** Ports by field name. */
export type Ports = Readonly<Record<string, Port>>;

interface JsonSchemaNode {
  readonly [MARKER]?: string;
  readonly type?: string;
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly items?: JsonSchemaNode;
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

/** Reads the ports of a tool off the JSON Schema of its input or output; works on either side of the wire. */
export function portsOf(schema: object): Ports {
  const { properties = {}, required = [] } = schema as JsonSchemaNode;
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, node]) => {
      const port = portOf(node);
      return port ? [[name, { ...port, optional: !required.includes(name) }]] : [];
    }),
  );
}

function portOf(node: JsonSchemaNode): Omit<Port, "optional"> | undefined {
  const kind = node[MARKER];
  if (kind) return { kind, list: false, literal: false };
  if (node.type === "array" && node.items) {
    const inner = portOf(node.items);
    return inner && { ...inner, list: true };
  }
  const options = node.anyOf ?? [];
  const found = options.map(portOf).find((port) => port !== undefined);
  return found && { ...found, literal: found.literal || options.some((option) => isLiteral(option)) };
}

function isLiteral(node: JsonSchemaNode): boolean {
  return node[MARKER] === undefined && (node.type === "string" || node.type === "number");
}
