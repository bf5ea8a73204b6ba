import type { ArtifactRef, JsonObject } from "@trainyard/core";
import type { ModelSource } from "../models/model-source.ts";
import type { TrainingMethod } from "../parameters/defaults.ts";

/** A training whose every choice is made. */
export interface TrainingStep {
  readonly tool: "train" | "finetune";
  readonly method: TrainingMethod;
  /** The field of the worker's input that the source goes to. */
  readonly sourcePort: "model" | "base_model";
  readonly source: ModelSource | undefined;
  /** Kind of the output. */
  readonly kind: "model" | "model.adapter";
  readonly parameters: JsonObject;
  readonly ports: TrainingPorts;
  readonly name: string | undefined;
  /** Label and suffix of the default name. */
  readonly naming: readonly [label: string, suffix: string];
  readonly demo: boolean;
  /** A tokenizer or other file outside, which the job reads. */
  readonly readOnly?: readonly string[] | undefined;
  /** Whether something beside the source comes from a hub. */
  readonly hub?: boolean | undefined;
}

/** The artifacts of a training. */
export interface TrainingPorts {
  readonly dataset: ArtifactRef;
  readonly eval_dataset?: ArtifactRef | undefined;
  readonly env?: ArtifactRef | undefined;
  readonly config?: ArtifactRef | undefined;
  readonly resume_from_checkpoint?: ArtifactRef | undefined;
}
