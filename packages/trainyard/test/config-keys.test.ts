import { createRegistry } from "@trainyard/core";
import { trainingTools } from "@trainyard/tools-training";
import { nativeConfigKeys } from "@trainyard/tools-utility";
import { expect, test } from "vitest";
import type * as z from "zod";

/** What a step takes beside parameters: ports, the model and its name. */
const NOT_CONFIGURED = new Set([
  "base_model",
  "config",
  "dataset",
  "env",
  "eval_dataset",
  "model_config",
  "name",
  "preset",
  "tokenizer",
]);

test.each(["train", "finetune"])("load_config knows every parameter of %s", (name) => {
  const { input } = createRegistry([trainingTools()]).get(name);
  const parameters = Object.keys((input as z.ZodObject).shape).filter((key) => !NOT_CONFIGURED.has(key));
  expect(parameters).toContain("learning_rate");
  expect(parameters.filter((key) => !nativeConfigKeys.includes(key))).toEqual([]);
});
