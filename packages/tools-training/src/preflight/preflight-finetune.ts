import type { PreflightContext, PreflightReport } from "@trainyard/core";
import type { TrainingSettings } from "../options.ts";
import { resolveFinetune } from "../tools/resolve-finetune.ts";
import type { FinetuneInput } from "../tools/finetune-input.ts";
import { inspectModel } from "./inspect-model.ts";
import { trainingReport } from "./training-report.ts";

/** Says what a `finetune` step needs. Throws `CONFIG_INVALID`. */
export async function preflightFinetune(
  input: Partial<FinetuneInput>,
  context: PreflightContext,
  settings: TrainingSettings,
): Promise<PreflightReport> {
  const { values, notes } = await resolveFinetune(input, context.artifacts);
  const model =
    input.model === undefined ? undefined : await inspectModel(input.model, { ...context, ...settings });
  return trainingReport(
    {
      tool: "finetune",
      method: input.method ?? "lora",
      values,
      model,
      dataset: input.dataset,
      env: input.env,
      notes,
    },
    context,
    settings,
  );
}
