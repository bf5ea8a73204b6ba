import type { JsonValue, ToolDescriptor } from "@trainyard/core";
import type { Verb } from "./verbs.ts";

/** A thing that a goal names: a model, a dataset, a configuration file, a benchmark, a way to measure. */
export interface Mention {
  readonly role: "model" | "preset" | "dataset" | "config" | "task" | "measure";
  readonly value: string;
  /** The words of the goal. */
  readonly words: string;
}

/** A value a goal gives, and the names of the fields it may be meant for. */
export interface Setting {
  readonly names: readonly string[];
  readonly value: JsonValue;
  /** The value as it is written, for fields that take text: `3.12` is a version there. */
  readonly text: string;
  readonly words: string;
  /** The kind of what the tool it is meant for has to make. */
  readonly makes?: string | undefined;
}

/** Which of the models made so far an action is about. */
export type Reference = "base" | "tuned" | "quantized" | "all" | "both";

/** A variant an action is done in; several make several steps. */
export interface Variant {
  /** `lora`, `int8` and the like. */
  readonly name: string;
  readonly words: string;
  /** Bits per weight, where the goal gives them beside a method. */
  readonly bits?: number | undefined;
  /** The type of the weights within the method, as `Q5_K_M`. */
  readonly type?: string | undefined;
}

/** One thing a goal asks for, with everything its clause says about it. */
export interface Action {
  readonly verb: Verb | undefined;
  /** The tool, where the goal names one that no verb stands for. */
  readonly tool: ToolDescriptor | undefined;
  readonly words: string;
  readonly mentions: readonly Mention[];
  readonly settings: readonly Setting[];
  readonly variants: readonly Variant[];
  readonly references: readonly Reference[];
  /** The split of the dataset the goal names, such as `test`. */
  readonly split: string | undefined;
  readonly negated: boolean;
}

/** Something of a goal that could not be understood. */
export interface Puzzle {
  readonly kind: "model" | "dataset" | "word" | "verb" | "number" | "field";
  readonly words: string;
  readonly suggestions: readonly string[];
}

/** A goal, understood as far as that goes. */
export interface GoalReading {
  readonly actions: readonly Action[];
  readonly puzzles: readonly Puzzle[];
}
