import type { Catalog, Plan, Planner, Unresolved } from "@trainyard/core";
import type { GoalReading, Puzzle } from "./goal/reading.ts";
import { understandGoal } from "./goal/understand.ts";
import { MAX_GOAL_LENGTH } from "./goal/words.ts";
import { lowerGoal, workflowName } from "./regress/lower.ts";

/** Goals to show to somebody who does not know what to ask for. */
export const exampleGoals: readonly string[] = [
  "Finetune Llama-2-7b on SQuAD dataset",
  "Train a tiny Llama on the sample question-answering dataset, finetune it with LoRA and evaluate it",
  "Quantize Qwen2.5-0.5B to int8 and evaluate it on ./data.jsonl",
];

/**
 * The planner that is always there: it reads plain English by rules, needs no key and no network, and gives the same
 * plan for the same goal and catalog. What a goal leaves open it asks for; it never guesses a model or a dataset.
 */
export function embeddedPlanner(): Planner {
  return {
    name: "embedded",
    async plan({ goal, catalog, signal }) {
      signal?.throwIfAborted();
      return planGoal(goal, catalog);
    },
  };
}

function planGoal(goal: string, catalog: Catalog): Plan {
  const reading = understandGoal(goal, catalog);
  const draft = lowerGoal(reading, catalog);
  for (const question of openQuestions(goal, reading)) draft.ask(question);
  return draft.finish(workflowName(reading));
}

function openQuestions(goal: string, reading: GoalReading): readonly Unresolved[] {
  const wanted = reading.actions.some((action) => !action.negated);
  const nothing: Unresolved = {
    what: "goal",
    question: "What should be done? The goal names nothing that a registered tool can do.",
    suggestions: exampleGoals,
  };
  const tooLong: Unresolved = {
    what: "goal",
    question: `The goal has ${goal.length} characters; only the first ${MAX_GOAL_LENGTH} are read. What is the goal in short?`,
    suggestions: exampleGoals,
  };
  const asksForAction = reading.puzzles.some((puzzle) => puzzle.kind === "verb");
  return [
    ...(goal.length > MAX_GOAL_LENGTH ? [tooLong] : []),
    ...(wanted ? reading.puzzles : reading.puzzles.filter((puzzle) => puzzle.kind === "verb"))
      .slice(0, 12)
      .map(question),
    ...(wanted || asksForAction ? [] : [nothing]),
  ];
}

function question({ kind, words, suggestions }: Puzzle): Unresolved {
  const text = `\`${words}\``;
  switch (kind) {
    case "model":
      return {
        what: "model",
        question: `Which model is ${text}? Give its hub id, a path, or its exact name in quotes.`,
        suggestions: suggestions.length > 0 ? suggestions : ["org/name", "./path/to/model"],
      };
    case "dataset":
      return {
        what: "dataset",
        question: `Which dataset is ${text}? Give its hub id, a path, or its exact name in quotes.`,
        suggestions: ["sample", "squad", "./data.jsonl", "org/name"],
      };
    case "verb":
      return {
        what: "tool",
        question: `No registered tool can ${text}. Should that part be left out, or which plugin brings it?`,
        suggestions,
      };
    case "number":
      return {
        what: "parameter",
        question: `What is ${text} meant for?`,
        suggestions: ["3 epochs", "batch size 4", "500 samples"],
      };
    case "field":
      return { what: "parameter", question: `Which value should ${text} have?`, suggestions };
    case "word":
      return {
        what: "goal",
        question:
          suggestions.length > 0
            ? `What is ${text} meant for?`
            : `What is ${text}: a model, a dataset, or something else?`,
        suggestions,
      };
  }
}
