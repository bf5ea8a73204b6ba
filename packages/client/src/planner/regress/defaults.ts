import { kindFits, type ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import type { Inputs, Sourced } from "./draft.ts";
import type { Scene, StepRequest } from "./scene.ts";

/** Written into the workflow even where it is the default: what is trained must not hang on a tool's version. */
const WRITTEN = "method";

const NOTABLE = new Set([
  "method",
  "num_train_epochs",
  "max_steps",
  "learning_rate",
  "max_length",
  "lora_r",
  "rank",
  "bits",
  "seed",
  "max_samples",
  "preset",
  "epochs",
]);

/** Defaults of the schema that a person will want to see; all but the method are shown, not written into the workflow. */
export function addDefaults(scene: Scene, { tool, config }: StepRequest, inputs: Map<string, Sourced>): void {
  const file = Object.values(tool.inputs).some((port) => kindFits(port.kind, "config")) ? config : undefined;
  for (const { name, fallback } of fieldsOf(tool).values()) {
    if (fallback === undefined || inputs.has(name) || !NOTABLE.has(name)) continue;
    if (name === WRITTEN && file) {
      askForMethod(scene, tool, `Which method does \`${file.value}\` use? The plan has to name it.`);
      continue;
    }
    inputs.set(name, {
      value: fallback,
      source: "default",
      detail: `default of \`${tool.name}\``,
      shownOnly: name !== WRITTEN,
    });
  }
}

const ADAPTER_ONLY = /^(lora_\w+|rank|alpha|target_modules|use_rslora)$/;

/** Asks about values that need a method, or another one than the step has. */
export function checkMethod(scene: Scene, tool: ToolDescriptor, inputs: Inputs): void {
  const method = inputs.get("method");
  const bits = inputs.get("bits");
  if (!method && bits?.source === "goal" && !inputs.has("config"))
    askForMethod(scene, tool, `Which method should \`${tool.name}\` use for \`${bits.detail ?? "bits"}\`?`);
  if (method?.value !== "full") return;
  for (const [name, { source, detail }] of inputs) {
    if (source !== "goal" || !ADAPTER_ONLY.test(name)) continue;
    scene.draft.ask({
      what: name,
      question: `\`${detail ?? name}\` belongs to an adapter, but \`${tool.name}\` with method \`full\` trains none. Should the method be LoRA, or should it be left out?`,
      suggestions: ["lora", "qlora"],
    });
  }
}

function askForMethod(scene: Scene, tool: ToolDescriptor, question: string): void {
  const methods = fieldsOf(tool).get("method")?.values ?? [];
  if (methods.length > 0) scene.draft.ask({ what: "method", question, suggestions: methods });
}
