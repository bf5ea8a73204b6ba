import type { JsonValue, Plan } from "@trainyard/core";

/** A plan as lines a person can check: `id: tool key=value`, then `? what: question`. */
export function summarize(plan: Plan): readonly string[] {
  const steps = Object.entries(plan.spec.steps).map(([id, step]) =>
    [
      `${id}: ${step.tool}`,
      ...Object.entries(step.input ?? {}).map(([key, value]) => `${key}=${show(value)}`),
    ].join(" "),
  );
  return [...steps, ...plan.unresolved.map((open) => `? ${open.what}: ${open.question}`)];
}

function show(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map((one: JsonValue) => show(one)).join(",")}]`;
  if (typeof value === "object" && value !== null && "$from" in value)
    return `<${String((value as { $from: unknown }).$from)}>`;
  return typeof value === "string" ? value : JSON.stringify(value);
}
