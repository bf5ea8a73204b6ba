import { artifact } from "@trainyard/core";
import * as z from "zod";

/** A model as a step's input: an artifact, a registered model, a folder or a hub name. */
export const modelInput = z
  .union([z.string().min(1).max(1000), artifact("model")])
  .describe(
    "A model from another step, a registered model (name, name@3), a folder, or a hub name such as org/name.",
  );

/** The environment port that all training tools share. */
export const envInput = artifact(
  "env",
  "Where the Python worker runs, from create_env. Default: TRAINYARD_PYTHON, else python3.",
).optional();

/** The configuration port of tools with many parameters. */
export const configInput = artifact(
  "config",
  "Parameters from load_config; the step's own input overrules them.",
).optional();

/** The dataset that training measures itself on. */
export const evalDatasetInput = artifact(
  "dataset",
  "Rows to measure eval_loss on, which are not trained on.",
).optional();

/** The checkpoint to go on from. */
export const checkpointInput = artifact(
  "checkpoint",
  "A checkpoint that a cancelled training left behind.",
).optional();
