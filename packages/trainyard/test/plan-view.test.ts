import type { Plan } from "@trainyard/core";
import { expect, test } from "vitest";
import { renderPlan } from "../src/plan/plan-view.ts";
import { plain } from "../src/text/palette.ts";
import { emptyFolder, runCli } from "./support/cli.ts";

test("a plan that was edited is shown as it is now, and what was edited as such", async () => {
  const cwd = await emptyFolder();
  const goal = "Finetune Llama-2-7b on SQuAD dataset";
  const planned = await runCli("trainyard", ["plan", goal, "--json"], { cwd });
  const shown = renderPlan(JSON.parse(planned.stdout), plain);
  expect(shown).toMatch(/overrides\.num_train_epochs +3 +recipe/);
  expect(shown).not.toMatch(/ (edited|plan file)$/m);
  const plan = JSON.parse(planned.stdout);
  const { overrides } = plan.spec.steps.config.input;
  overrides.num_train_epochs = 2;
  overrides.weight_decay = 0.5;
  delete overrides.lora_r;
  const again = await runCli("trainyard", ["plan", "--plan", "-"], { cwd, input: JSON.stringify(plan) });
  expect(again.stdout).toMatch(/overrides\.num_train_epochs +2 +edited\n/);
  expect(again.stdout).toMatch(/overrides\.weight_decay +0\.5 +plan file\n/);
  expect(again.stdout).toMatch(/overrides\.lora_alpha +32 +recipe/);
  expect(again.stdout).toMatch(/seed +42 +default/);
  expect(again.stdout).not.toContain("lora_r ");
});

test("a literal in place of another step's output is edited too; references are shown as flows alone", () => {
  const entry = { stepId: "b", source: "plan", value: { $from: "a.out" } } as const;
  const plan: Plan = {
    spec: { steps: { a: { tool: "t" }, b: { tool: "t", input: { x: 5, y: { $from: "a.out" } } } } },
    provenance: [
      { ...entry, parameter: "x" },
      { ...entry, parameter: "y" },
    ],
    unresolved: [],
  };
  const text = renderPlan(plan, plain);
  expect(text).toMatch(/x +5 +edited/);
  expect(text).toMatch(/← a\.out → y/);
  expect(text).not.toContain("$from");
});
