import type { JsonValue, ToolDescriptor } from "@trainyard/core";

/** A field of a tool's input, as far as a planner has to know it. */
export interface Field {
  readonly name: string;
  readonly types: ReadonlySet<string>;
  /** The values a field is limited to, where its schema lists them. */
  readonly values: readonly string[];
  readonly fallback: JsonValue | undefined;
  readonly required: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Bounds that a value may not reach. */
  readonly above: number | undefined;
  readonly below: number | undefined;
  readonly description: string;
}

interface Node {
  readonly type?: unknown;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly anyOf?: unknown;
  readonly oneOf?: unknown;
  readonly default?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly exclusiveMinimum?: unknown;
  readonly exclusiveMaximum?: unknown;
  readonly description?: unknown;
}

const cache = new WeakMap<ToolDescriptor, ReadonlyMap<string, Field>>();

/** The input fields of a tool by name, in the order of its schema; a malformed schema has none. */
export function fieldsOf(tool: ToolDescriptor): ReadonlyMap<string, Field> {
  const known = cache.get(tool);
  if (known) return known;
  const schema = asObject(tool.inputSchema);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const entries = Object.entries(asObject(schema.properties)).map(([name, node]) =>
    readField(name, asObject(node), required.has(name)),
  );
  const fields = new Map(entries.map((field) => [field.name, field]));
  cache.set(tool, fields);
  return fields;
}

function readField(name: string, node: Node, required: boolean): Field {
  const nodes = alternatives(node, 0);
  return {
    name,
    types: new Set(
      nodes
        .flatMap((one) => (Array.isArray(one.type) ? one.type : [one.type]))
        .filter((type) => typeof type === "string"),
    ),
    values: nodes
      .flatMap((one) => (Array.isArray(one.enum) ? one.enum : [one.const]))
      .filter((value) => typeof value === "string"),
    fallback: node.default as JsonValue | undefined,
    required,
    minimum: numberIn(nodes, "minimum"),
    maximum: numberIn(nodes, "maximum"),
    above: numberIn(nodes, "exclusiveMinimum"),
    below: numberIn(nodes, "exclusiveMaximum"),
    description: typeof node.description === "string" ? node.description : "",
  };
}

function alternatives(node: Node, depth: number): readonly Node[] {
  const options = [node.anyOf, node.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (depth > 3 || options.length === 0) return [node];
  return [node, ...options.flatMap((option) => alternatives(asObject(option), depth + 1))];
}

function numberIn(
  nodes: readonly Node[],
  key: "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum",
): number | undefined {
  return nodes.map((node) => node[key]).find((value) => typeof value === "number");
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
