import { type Plan, TrainyardError, type Unresolved } from "@trainyard/core";
import { sanitizeLine } from "../text/sanitize.ts";

/** The error for a plan that nobody is there to complete: names each gap, with suggestions. */
export function goalUnclear(unresolved: readonly Unresolved[]): TrainyardError {
  const list = unresolved
    .map(({ question, suggestions }) => `- ${sanitizeLine(question)}${suggestionText(suggestions)}`)
    .join("\n");
  return new TrainyardError(
    "GOAL_UNCLEAR",
    `The goal leaves something open. Say it in the goal and run again:\n${list}`,
    {
      data: { unresolved },
    },
  );
}

/** A question as it is put to a person. */
export function questionText({ question, suggestions }: Unresolved): string {
  return `${sanitizeLine(question)}${suggestionText(suggestions)}\n> `;
}

/** The goal with an answer in it: in place of the words that were asked about, else at its end. */
export function answerGoal(goal: string, { what, question }: Unresolved, answer: string): string {
  const quoted = /\bis `([^`]+)`/.exec(question)?.[1];
  if (quoted && goal.includes(quoted)) return goal.replace(quoted, () => answer);
  if (what === "model") return `${goal} with the model ${answer}`;
  if (what === "dataset") return `${goal} on the dataset ${answer}`;
  return `${goal}, ${answer}`;
}

/** What a planner is asked until nothing is open; `ask` gives undefined where nobody can answer. */
export async function planUntilClear(
  goal: string,
  plan: (goal: string) => Promise<Plan>,
  ask: ((question: Unresolved) => Promise<string>) | undefined,
): Promise<{ readonly goal: string; readonly plan: Plan }> {
  let clear = { goal, plan: await plan(goal) };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { unresolved } = clear.plan;
    const [open] = unresolved;
    if (!open) return clear;
    const answer = (await ask?.(open))?.trim();
    if (!answer) throw goalUnclear(unresolved);
    const answered = answerGoal(clear.goal, open, answer);
    const next = { goal: answered, plan: await plan(answered) };
    // The same question again: the answer was no help, so it does not stay in the goal.
    if (next.plan.unresolved[0]?.question !== open.question) clear = next;
  }
  throw goalUnclear(clear.plan.unresolved);
}

const MAX_ROUNDS = 10;

function suggestionText(suggestions: readonly string[]): string {
  return suggestions.length > 0 ? ` For example: ${suggestions.map(sanitizeLine).join(", ")}.` : "";
}
