import {
  canonicalJson,
  type Catalog,
  type JsonObject,
  type JsonValue,
  type Plan,
  type Provenance,
  type ToolDescriptor,
  type Unresolved,
} from "@trainyard/core";
import { fieldsOf } from "../fields.ts";

/** A value of a step's input and where it comes from. */
export interface Sourced {
  readonly value: JsonValue;
  readonly source: Provenance["source"];
  readonly detail?: string | undefined;
  /** True for a value that is shown to people but stays out of the workflow. */
  readonly shownOnly?: boolean | undefined;
}

/** Inputs of a step by field. */
export type Inputs = ReadonlyMap<string, Sourced>;

/** A step of the plan that is being made. */
export interface DraftStep {
  readonly id: string;
  readonly tool: ToolDescriptor;
  readonly inputs: Inputs;
}

/** An output of a step, as later steps may use it. */
interface Made {
  readonly kind: string;
  readonly reference: JsonObject;
  readonly step: DraftStep;
}

/** The plan that is being made: steps in order, what they make, and what is still open. */
export interface Draft {
  readonly catalog: Catalog;
  readonly steps: ReadonlyMap<string, DraftStep>;
  readonly made: readonly Made[];
  readonly unresolved: readonly Unresolved[];
  /** Adds a step, or finds the one of the same tool with the same input. `ids` are tried in order, then numbered. */
  add(tool: ToolDescriptor, inputs: Inputs, ids: readonly string[]): DraftStep;
  /** Gives a step other inputs. */
  replace(step: DraftStep, inputs: Inputs): void;
  /** Adds a question unless it has been asked. */
  ask(question: Unresolved): void;
  finish(name: string): Plan;
}

/** Most steps a plan may have: more come only from a goal nobody means. */
const MAX_STEPS = 200;

/** Starts an empty plan. */
export function createDraft(catalog: Catalog): Draft {
  const steps = new Map<string, DraftStep>();
  const byContent = new Map<string, DraftStep>();
  const made: Made[] = [];
  const unresolved: Unresolved[] = [];

  const ask = (question: Unresolved) => {
    if (!unresolved.some((one) => one.question === question.question)) unresolved.push(question);
  };

  return {
    catalog,
    steps,
    made,
    unresolved,
    ask,
    add(tool, given, ids) {
      const inputs = inSchemaOrder(tool, given);
      const content = canonicalJson([tool.name, toInput(inputs)]);
      const same = byContent.get(content);
      if (same) return same;
      if (steps.size >= MAX_STEPS)
        ask({
          what: "goal",
          question: `The goal asks for more than ${MAX_STEPS} steps. Which part of it should be done first?`,
          suggestions: [],
        });
      const step: DraftStep = { id: freeId(ids, steps), tool, inputs };
      if (steps.size >= MAX_STEPS) return step;
      steps.set(step.id, step);
      byContent.set(content, step);
      for (const [output, port] of Object.entries(tool.outputs)) {
        made.push({ kind: port.kind, reference: { $from: `${step.id}.${output}` }, step });
      }
      return step;
    },
    replace(step, inputs) {
      steps.set(step.id, { ...step, inputs: inSchemaOrder(step.tool, inputs) });
    },
    finish(name) {
      const list = [...steps.values()];
      return {
        spec: {
          name,
          steps: Object.fromEntries(
            list.map((step) => [
              step.id,
              { tool: step.tool.name, input: toInput(step.inputs) as Record<string, never> },
            ]),
          ),
        },
        provenance: list.flatMap(provenanceOf),
        unresolved,
      };
    },
  };
}

function inSchemaOrder(tool: ToolDescriptor, inputs: Inputs): Inputs {
  const order = [...fieldsOf(tool).keys()];
  const place = (name: string) => (order.indexOf(name) < 0 ? order.length : order.indexOf(name));
  return new Map([...inputs].toSorted(([a], [b]) => place(a) - place(b)));
}

function toInput(inputs: Inputs): JsonObject {
  return Object.fromEntries(
    [...inputs].filter(([, { shownOnly }]) => !shownOnly).map(([name, { value }]) => [name, value]),
  );
}

function freeId(ids: readonly string[], steps: ReadonlyMap<string, unknown>): string {
  const valid = ids.map(identifier).filter((id) => id !== "");
  const free = valid.find((id) => !steps.has(id));
  if (free !== undefined) return free;
  const base = (valid[0] ?? "step").slice(0, 56);
  for (let number = 2; ; number += 1) if (!steps.has(`${base}_${number}`)) return `${base}_${number}`;
}

/** Turns any text into part of a step id: letters, digits and `_`, beginning with a letter; may be empty. */
export function identifier(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .replace(/^[^A-Za-z]+/, "")
    .replace(/_+$/, "")
    .slice(0, 60);
}

function provenanceOf(step: DraftStep): Provenance[] {
  return [...step.inputs].flatMap(([parameter, { value, source, detail }]) => {
    const entry = { stepId: step.id, source, ...(detail !== undefined && { detail }) };
    // What a configuration step sets is shown one by one, since that is what a person wants to check.
    return parameter === "overrides" && isPlain(value)
      ? Object.entries(value).map(([name, inner]) => ({
          ...entry,
          parameter: `overrides.${name}`,
          value: inner ?? null,
        }))
      : [{ ...entry, parameter, value }];
  });
}

function isPlain(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
