import * as z from "zod";

/** The name of a registered model. */
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,95}$/,
    "must start with a letter or digit, then letters, digits, `.`, `_` or `-`, 96 in all",
  );

/** The default name of a model made from `label` in a certain way, such as `tiny-llama-lora`. */
export function defaultModelName(label: string, suffix: string): string {
  const base =
    label
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, "-")
      .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, "") || "model";
  const tail = base.endsWith(`-${suffix}`) || suffix === "" ? "" : `-${suffix}`;
  return base.slice(0, 96 - tail.length) + tail;
}
