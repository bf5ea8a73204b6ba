import type { JsonValue, ToolDescriptor } from "@trainyard/core";
import type { Mention, Puzzle } from "../goal/reading.ts";
import type { Draft, DraftStep, Inputs, Sourced } from "./draft.ts";

/** A model a plan has to do with: one the goal names, or one a step makes. */
export interface ModelNode {
  /** `base`, `tuned`, `quantized`: becomes part of step ids. */
  readonly label: string;
  readonly value: JsonValue;
  readonly words: string;
  /** The step that makes it; absent for a model that is named. */
  readonly step: DraftStep | undefined;
  readonly parent: ModelNode | undefined;
  /** The step that loaded what it was trained on. */
  readonly data: DraftStep | undefined;
}

/** A dataset the goal names, with the parameters it gives for loading it. */
export interface DatasetEntity {
  readonly mention: Mention;
  readonly parameters: Inputs;
}

/** What is known while a goal is turned into steps, clause by clause. */
export interface Scene {
  readonly draft: Draft;
  readonly puzzles: readonly Puzzle[];
  /** Tools the goal names outright. */
  readonly named: ReadonlySet<ToolDescriptor>;
  /** Values the goal gives for tools that are only planned because others need them, by tool name. */
  readonly shared: ReadonlyMap<string, Inputs>;
  /** Whether something is made from the models the goal names. */
  readonly derives: boolean;
  readonly models: ModelNode[];
  /** What `it` is. */
  subject: ModelNode | undefined;
  dataset: DatasetEntity | undefined;
  /** A step that has made a dataset of its own, such as one that cleans one. */
  derived: DraftStep | undefined;
  config: Mention | undefined;
  /** Steps that evaluate, by the model they are about. */
  readonly evaluated: Map<ModelNode, DraftStep>;
}

/** What one step is to be made from. */
export interface StepRequest {
  readonly tool: ToolDescriptor;
  readonly given: Inputs;
  readonly model?: ModelNode | undefined;
  readonly dataset?: DatasetEntity | undefined;
  /** Whether the clause itself names the dataset, so that an optional port for it is filled; false to leave it empty. */
  readonly datasetNamed?: boolean | undefined;
  /** A step whose dataset is used as it is. */
  readonly data?: DraftStep | undefined;
  readonly config?: Mention | undefined;
  readonly split?: string | undefined;
  readonly ids: readonly string[];
}

/** Says that a value stands in the goal. */
export function fromGoal(value: JsonValue, words: string): Sourced {
  return { value, source: "goal", detail: words };
}

/** Says that a value wires two steps. */
export function fromPlan(value: JsonValue, detail: string): Sourced {
  return { value, source: "plan", detail };
}

/** Whether a person is asked about the model or dataset already, by whatever question: one answer settles all. */
function isAsked(scene: Scene, what: "model" | "dataset"): boolean {
  return (
    scene.puzzles.some((puzzle) => puzzle.kind === what) ||
    scene.draft.unresolved.some((open) => open.what === what)
  );
}

/** Asks which model is meant, unless the goal has a word about which the same is asked already. */
export function askForModel(scene: Scene, tool: ToolDescriptor, presets: readonly string[] = []): void {
  if (isAsked(scene, "model")) return;
  scene.draft.ask({
    what: "model",
    question: `Which model is meant for \`${tool.name}\`?`,
    suggestions: [...presets, "meta-llama/Llama-2-7b-hf", "Qwen/Qwen2.5-0.5B", "./path/to/model"],
  });
}

/** Asks which dataset is meant, unless the goal has a word about which the same is asked already. */
export function askForDataset(scene: Scene, tool: ToolDescriptor): void {
  if (isAsked(scene, "dataset")) return;
  scene.draft.ask({
    what: "dataset",
    question: `Which dataset should \`${tool.name}\` use?`,
    suggestions: ["sample", "squad", "./data.jsonl", "org/name"],
  });
}
