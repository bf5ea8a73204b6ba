import { artifact } from "@trainyard/core";
import * as z from "zod";
import { modelName } from "../models/model-name.ts";
import { adapterParameters } from "../parameters/adapter.ts";
import { trainerParameters } from "../parameters/trainer.ts";
import { checkpointInput, configInput, envInput, evalDatasetInput, modelInput } from "./ports.ts";

/** Ways to finetune. */
export const finetuneMethod = z.enum(["lora", "qlora", "full", "dpo"]);
/** One of {@link finetuneMethod}. */
export type FinetuneMethod = z.output<typeof finetuneMethod>;

/** What `finetune` may take from its config as well as from its input. */
export const finetuneParameters = { ...trainerParameters, ...adapterParameters } as const;

/** The input of `finetune`. */
export const finetuneInput = z
  .strictObject({
    model: modelInput,
    dataset: artifact("dataset", "Rows to train on; dpo needs prompt, chosen and rejected."),
    eval_dataset: evalDatasetInput,
    env: envInput,
    config: configInput,
    method: finetuneMethod
      .default("lora")
      .describe(
        "lora and qlora train an adapter, qlora on 4-bit weights; full trains all weights; dpo trains on preferences.",
      ),
    resume_from_checkpoint: checkpointInput,
    name: modelName
      .optional()
      .describe("Name to register the model under. Default: from the model and the method."),
    ...finetuneParameters,
  })
  .superRefine((input, context) => {
    const foreign = foreignParameters(input.method, input);
    for (const { key, message } of foreign) context.addIssue({ code: "custom", message, path: [key] });
  });

/** The validated input of `finetune`. */
export type FinetuneInput = z.output<typeof finetuneInput>;

const ADAPTER_KEYS = ["lora_r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora"] as const;

/** Parameters that a method would silently leave unused. */
export function foreignParameters(
  method: FinetuneMethod,
  input: Readonly<Record<string, unknown>>,
): readonly { readonly key: string; readonly message: string }[] {
  const needs: readonly (readonly [keys: readonly string[], methods: readonly FinetuneMethod[]])[] = [
    [ADAPTER_KEYS, ["lora", "qlora", "dpo"]],
    [["quant_type", "double_quant"], ["qlora"]],
    [["beta", "use_lora"], ["dpo"]],
    [
      ["packing", "completion_only_loss"],
      ["lora", "qlora", "full"],
    ],
  ];
  return needs.flatMap(([keys, methods]) =>
    keys
      .filter((key) => input[key] !== undefined && !methods.includes(method))
      .map((key) => ({
        key,
        message: `\`${key}\` has no meaning for method ${method}; it goes with ${methods.join(", ")}.`,
      })),
  );
}
