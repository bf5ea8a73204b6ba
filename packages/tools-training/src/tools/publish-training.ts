import type { ToolContext } from "@trainyard/core";
import { defaultModelName } from "../models/model-name.ts";
import { baseIdentity, sourceDigests } from "../models/model-source.ts";
import { type PublishedModel, publishModel } from "../models/publish.ts";
import type { TrainingSettings } from "../options.ts";
import type { TrainingMethod } from "../parameters/defaults.ts";
import { deviceClass } from "../preflight/machine.ts";
import { DEMO_DESCRIPTION } from "../presets.ts";
import type { WorkerOutcome } from "../worker/run-worker.ts";
import type { TrainingValues } from "./training-output.ts";
import type { TrainingPorts, TrainingStep } from "./training-step.ts";

/** A training that the worker has finished. */
export interface FinishedTraining {
  readonly step: TrainingStep;
  readonly values: TrainingValues;
  readonly outcome: WorkerOutcome;
  readonly folder: string;
  readonly description: string;
}

/** Stores and registers a trained model. */
export async function publishTraining(
  { step, values, outcome, folder, description }: FinishedTraining,
  context: ToolContext,
  settings: TrainingSettings,
): Promise<PublishedModel> {
  const { source, parameters, method, ports } = step;
  const base = source && baseIdentity(source);
  const { steps, parameters: size, ...measured } = values;
  const metrics = Object.fromEntries(
    Object.entries({ ...measured, steps, parameters: size }).filter(([, value]) => value !== undefined),
  ) as Record<string, number>;
  return publishModel(
    {
      folder,
      kind: step.kind,
      tool: step.tool,
      card: {
        name: step.name ?? defaultModelName(...step.naming),
        description,
        base: typeof base === "string" ? base : (base?.["name"] as string | undefined),
        datasets: [ports.dataset.name ?? ports.dataset.digest],
        library: step.kind === "model.adapter" ? "peft" : "transformers",
        tags: [method],
        metrics: {
          train_loss: values.train_loss,
          ...(values.eval_loss !== undefined && { eval_loss: values.eval_loss }),
        },
        parameters,
        demo: step.demo,
      },
      meta: {
        ...(base !== undefined && { base_model: base }),
        method,
        parameters: size,
        description,
        format: "safetensors",
        ...(step.demo && { demo: true }),
        ...(source?.floating && { floating: true }),
      },
      inputs: { ...(source && sourceDigests(source, step.sourcePort)), ...digests(ports) },
      environment: { ...outcome.environment.record, device: deviceClass(await settings.machine()) },
      metrics,
    },
    context,
  );
}

/** A step's input has more fields than its ports: only these are artifacts. */
function digests({
  dataset,
  eval_dataset,
  env,
  config,
  resume_from_checkpoint,
}: TrainingPorts): Readonly<Record<string, string>> {
  const refs = Object.entries({ dataset, eval_dataset, env, config, resume_from_checkpoint });
  return Object.fromEntries(refs.flatMap(([port, ref]) => (ref ? [[port, ref.digest]] : [])));
}

const WHAT: Readonly<Record<TrainingMethod, string>> = {
  scratch: "trained from scratch",
  continued: "trained further",
  full: "finetuned, all weights",
  lora: "LoRA adapter",
  qlora: "QLoRA adapter",
  dpo: "aligned with preferences (DPO)",
};

/** What a trained model is, in a sentence. */
export function describeTraining(
  { method, source, demo, kind }: TrainingStep,
  { parameters }: TrainingValues,
): string {
  const size = `${(parameters / 1e6).toPrecision(3)} M parameters`;
  const note = demo ? ` (${DEMO_DESCRIPTION})` : "";
  if (method === "scratch")
    return demo
      ? `${DEMO_DESCRIPTION}, ${size}, trained from scratch`
      : `Random-init model, ${size}, trained from scratch`;
  const label = source?.label ?? "a base model";
  return kind === "model.adapter"
    ? `${WHAT[method]} for ${label}${note}`
    : `${label}${note}, ${WHAT[method]}`;
}
