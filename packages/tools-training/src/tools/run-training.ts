import { type ToolContext, TrainyardError } from "@trainyard/core";
import type { TrainingSettings } from "../options.ts";
import { runWorker } from "../worker/run-worker.ts";
import { stageArtifact, stageModel, type StagedInput } from "../worker/staging.ts";
import { describeTraining, publishTraining } from "./publish-training.ts";
import { parseTrainingValues, type TrainingOutput } from "./training-output.ts";
import type { TrainingStep } from "./training-step.ts";

/** Trains, stores and registers the model. */
export async function runTraining(
  step: TrainingStep,
  context: ToolContext,
  settings: TrainingSettings,
): Promise<TrainingOutput> {
  const stage = (folder: string) => stageTraining(step, folder, context);
  const outcome = await runWorker({ tool: step.tool, env: step.ports.env, stage }, context, settings);
  const values = parseTrainingValues(outcome.values);
  if (!values)
    throw new TrainyardError(
      "WORKER_FAILED",
      `The worker of \`${step.tool}\` ended without its loss and steps; is another program standing in for it?`,
    );
  const { path } = await outcome.output("model", [step.kind]);
  const description = describeTraining(step, values);
  const published = await publishTraining(
    { step, values, outcome, folder: path, description },
    context,
    settings,
  );
  const { train_runtime_s: _runtime, train_samples_per_second: _speed, epochs: _epochs, ...numbers } = values;
  return {
    ...numbers,
    model: published.ref,
    model_version: published.version,
    description,
    size_bytes: published.ref.sizeBytes,
    duration_ms: outcome.durationMs,
  };
}

async function stageTraining(
  step: TrainingStep,
  folder: string,
  { artifacts }: ToolContext,
): Promise<StagedInput> {
  const { dataset, eval_dataset, resume_from_checkpoint } = step.ports;
  const source = step.source && (await stageModel(step.source, folder, artifacts));
  const evalPath = await stageArtifact(eval_dataset, folder, "eval_dataset", artifacts);
  const checkpoint = await stageArtifact(resume_from_checkpoint, folder, "checkpoint", artifacts);
  return {
    input: {
      ...step.parameters,
      dataset: await artifacts.materialize(dataset.digest, `${folder}/dataset`),
      ...(evalPath && { eval_dataset: evalPath }),
      ...(checkpoint && { resume_from_checkpoint: checkpoint }),
      ...(source && { [step.sourcePort]: source.model }),
    },
    hub: (source?.hub ?? false) || (step.hub ?? false),
    readOnly: [...(source?.readOnly ?? []), ...(step.readOnly ?? [])],
  };
}
