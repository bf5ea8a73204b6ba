import {
  type Catalog,
  type JsonValue,
  kindFits,
  type ToolDescriptor,
  type Unresolved,
} from "@trainyard/core";
import { type Field, fieldsOf } from "../fields.ts";
import type { Action, Setting } from "../goal/reading.ts";
import { toolForVerb } from "../goal/verbs.ts";
import type { Sourced } from "./draft.ts";
import { producersOf } from "./ports.ts";
import { datasetPorts } from "./roles.ts";
import { fromGoal } from "./scene.ts";

/** Which settings of a goal go where. */
export interface Bindings {
  /** For the tool of each action, by its place. */
  readonly own: readonly ReadonlyMap<string, Sourced>[];
  /** For the dataset of each action, by its place. */
  readonly data: readonly ReadonlyMap<string, Sourced>[];
  /** For tools that no action names, by tool name. */
  readonly shared: ReadonlyMap<string, ReadonlyMap<string, Sourced>>;
  readonly unresolved: readonly Unresolved[];
}

interface Target {
  readonly tool: ToolDescriptor;
  readonly into: Map<string, Sourced>;
}

/** The tool an action asks for. */
export function toolOf(action: Action, catalog: Catalog): ToolDescriptor | undefined {
  return action.tool ?? (action.verb && toolForVerb(action.verb, catalog.tools));
}

/**
 * Gives every setting to a field: of the tool of its own clause, of what loads that clause's dataset, of the nearest
 * other clause, of a tool that only others need. A value that no field takes is asked about.
 */
export function bindSettings(actions: readonly Action[], catalog: Catalog): Bindings {
  const own = actions.map(() => new Map<string, Sourced>());
  const data = actions.map(() => new Map<string, Sourced>());
  const shared = new Map<string, Map<string, Sourced>>();
  const unresolved: Unresolved[] = [];
  const tools = actions.map((action) => toolOf(action, catalog));
  const helpers = helpersOf(tools, catalog, shared);

  for (const [index, action] of actions.entries()) {
    for (const setting of action.settings) {
      const targets = [...targetsNear(index, tools, own, data, catalog), ...helpers];
      const problem = assign(setting, targets);
      if (problem) unresolved.push(problem);
    }
  }
  return { own, data, shared, unresolved };
}

function targetsNear(
  index: number,
  tools: readonly (ToolDescriptor | undefined)[],
  own: readonly Map<string, Sourced>[],
  data: readonly Map<string, Sourced>[],
  catalog: Catalog,
): readonly Target[] {
  const loader = producersOf(catalog.tools, "dataset").find((tool) =>
    Object.values(tool.inputs).every((port) => port.optional),
  );
  const order = tools.map((_, at) => at).toSorted((a, b) => distance(a, index) - distance(b, index));
  return order.flatMap((at): Target[] => {
    const tool = tools[at];
    if (!tool) return [];
    const loads = loader && loader !== tool && datasetPorts(tool).length > 0;
    return [
      { tool, into: tool === loader ? data[at]! : own[at]! },
      ...(loads ? [{ tool: loader, into: data[at]! }] : []),
    ];
  });
}

/** Clauses before the own one are nearer than those behind it. */
function distance(at: number, index: number): number {
  return at <= index ? index - at : 1000 + at - index;
}

function helpersOf(
  tools: readonly (ToolDescriptor | undefined)[],
  catalog: Catalog,
  shared: Map<string, Map<string, Sourced>>,
): readonly Target[] {
  const planned = tools.filter((tool) => tool !== undefined);
  const kinds = new Set(planned.flatMap((tool) => Object.values(tool.inputs).map((port) => port.kind)));
  const judges =
    planned.length > 0 ? [toolForVerb("evaluate", catalog.tools)].filter((tool) => tool !== undefined) : [];
  const feeding = [...kinds]
    .flatMap((kind) => producersOf(catalog.tools, kind))
    .filter((tool) => !planned.includes(tool));
  return [...new Set([...judges, ...feeding])].map((tool) => {
    const into = shared.get(tool.name) ?? new Map<string, Sourced>();
    shared.set(tool.name, into);
    return { tool, into };
  });
}

function assign(setting: Setting, targets: readonly Target[]): Unresolved | undefined {
  for (const { tool, into } of targets) {
    const fields = fieldsFor(setting, tool);
    const field = fields.find((one) => !faultOf(one, valueFor(one, setting))) ?? fields[0];
    if (!field) continue;
    const value = valueFor(field, setting);
    const fault = faultOf(field, value);
    if (fault)
      return {
        what: field.name,
        question: `\`${setting.words}\`: \`${field.name}\` of \`${tool.name}\` ${fault}. What should it be?`,
        suggestions: field.values,
      };
    into.set(field.name, fromGoal(value, setting.words));
    return undefined;
  }
  return {
    what: setting.names[0] ?? "parameter",
    question: `No tool this goal needs has a parameter for \`${setting.words}\`. Should it be left out, or which tool is it for?`,
    suggestions: [],
  };
}

function fieldsFor({ names, makes }: Setting, tool: ToolDescriptor): readonly Field[] {
  if (makes !== undefined && !Object.values(tool.outputs).some((port) => kindFits(port.kind, makes)))
    return [];
  return names.flatMap((name) => (Object.hasOwn(tool.inputs, name) ? [] : (fieldsOf(tool).get(name) ?? [])));
}

/** A number stays as it is written where a field takes text, and text becomes a list where it takes one. */
function valueFor({ types }: Field, { value, text }: Setting): JsonValue {
  if (types.has("array") && !types.has("string") && typeof value === "string")
    return value.split(",").filter((part) => part !== "");
  const isText =
    typeof value === "number" && types.has("string") && !types.has("number") && !types.has("integer");
  return isText ? text : value;
}

function faultOf(field: Field, value: JsonValue): string | undefined {
  if (
    field.values.length > 0 &&
    typeof value === "string" &&
    !field.types.has("object") &&
    !field.values.includes(value)
  ) {
    return `is one of ${field.values.map((one) => `\`${one}\``).join(", ")}`;
  }
  if (typeof value !== "number")
    return typeof value === "boolean" && field.types.size > 0 && !field.types.has("boolean")
      ? "is no switch"
      : undefined;
  const numeric = field.types.has("number") || field.types.has("integer");
  if (!numeric) return field.types.size > 0 ? "takes no number" : undefined;
  if (!field.types.has("number") && !Number.isInteger(value)) return "takes a whole number";
  if (field.above !== undefined && value <= field.above) return `is more than ${field.above}`;
  if (field.below !== undefined && value >= field.below) return `is less than ${field.below}`;
  if (field.minimum !== undefined && value < field.minimum) return `is at least ${field.minimum}`;
  return field.maximum !== undefined && value > field.maximum ? `is at most ${field.maximum}` : undefined;
}
