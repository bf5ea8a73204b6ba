import type { Plan, Unresolved } from "@trainyard/core";
import { expect, test } from "vitest";
import { answerGoal, planUntilClear } from "../src/plan/questions.ts";

const question = (what: string, text: string): Unresolved => ({ what, question: text, suggestions: [] });
const planWith = (...unresolved: readonly Unresolved[]): Plan => ({
  spec: { steps: { one: { tool: "x" } } },
  provenance: [],
  unresolved,
});

test.each([
  [question("model", "Which model is `lama`? Give its hub id."), "Train llama on squad"],
  [question("model", "Which model should `train` work on?"), "Train lama on squad with the model llama"],
  [question("dataset", "Which dataset should `train` use?"), "Train lama on squad on the dataset llama"],
  [question("parameter", "What is `7` meant for?"), "Train lama on squad, llama"],
])("an answer goes into the goal: %j", (open, goal) => {
  expect(answerGoal("Train lama on squad", open, "llama")).toBe(goal);
});

test("questions are asked until nothing is open; an answer that does not help leaves no trace", async () => {
  const answers = ["nonsense", "llama"];
  const open = question("model", "Which model?");
  const found = await planUntilClear(
    "Train",
    async (goal) => (goal.includes("llama") ? planWith() : planWith(open)),
    async () => answers.shift()!,
  );
  expect(found.goal).toBe("Train with the model llama");
});

test("without anybody to ask every open question is named", async () => {
  const plan = planWith(question("model", "Which model?"), question("dataset", "Which dataset?"));
  await expect(planUntilClear("Train", async () => plan, undefined)).rejects.toMatchObject({
    code: "GOAL_UNCLEAR",
    message: expect.stringMatching(/Which model\?[\s\S]*Which dataset\?/),
  });
});
