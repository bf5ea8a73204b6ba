import type { ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import type { Action, Variant } from "../goal/reading.ts";
import { variantChoice } from "../goal/variants.ts";
import type { Inputs, Sourced } from "./draft.ts";
import { fromGoal, type Scene } from "./scene.ts";

/**
 * Moves every variant to the nearest action it can belong to: `LoRA` to a finetuning, `int8` to a quantization. What is
 * compared and belongs to none is made first: `compare LoRA and QLoRA` finetunes twice.
 */
export function settleVariants(given: readonly Action[]): readonly Action[] {
  const actions = given.flatMap((action) => [...makingFor(action, given), action]);
  const moved: Variant[][] = actions.map(() => []);
  for (const [index, action] of actions.entries()) {
    for (const variant of action.variants) moved[ownerOf(actions, index, variant)]!.push(variant);
  }
  return actions.map((action, index) => ({ ...action, variants: collapse(moved[index]!, action) }));
}

function makingFor(action: Action, actions: readonly Action[]): readonly Action[] {
  const homeless = action.variants.filter((variant) => !actions.some((one) => owns(one, variant)));
  if (action.verb !== "compare") return [];
  const verbs = new Set(homeless.map((variant) => variantChoice(variant.name)!.verb));
  return [...verbs].map((verb) => {
    // What is compared on a dataset is not calibrated on it, unless the method needs that.
    const isData = verb === "finetune" || homeless.some(({ name }) => variantChoice(name)!.calibrated);
    const mentions = action.mentions.filter(({ role }) => isData || role !== "dataset");
    return { ...action, verb, mentions, references: [], variants: [] };
  });
}

function owns(action: Action, variant: Variant): boolean {
  const choice = variantChoice(variant.name);
  return (
    action.verb === choice?.verb ||
    (action.verb === "finetune" && isFourBit(variant.name)) ||
    (action.verb === "train" && choice?.verb === "finetune")
  );
}

function ownerOf(actions: readonly Action[], index: number, variant: Variant): number {
  const fits = (action: Action | undefined) => action !== undefined && owns(action, variant);
  if (fits(actions[index])) return index;
  for (let away = 1; away < actions.length; away += 1) {
    if (actions[index]?.verb !== "compare" && fits(actions[index - away])) return index - away;
    if (fits(actions[index + away])) return index + away;
    if (fits(actions[index - away])) return index - away;
  }
  return index;
}

function isFourBit(name: string): boolean {
  return name === "int4" || name === "nf4";
}

/** Finetuning in 4 bits is QLoRA, whatever else is said with it; the same variant twice is one. */
function collapse(variants: readonly Variant[], action: Action): readonly Variant[] {
  const unique = variants.filter(
    (variant, index) =>
      variants.findIndex((one) => one.name === variant.name && one.type === variant.type) === index &&
      (variant.type !== undefined || !variants.some((one) => one.name === variant.name && one.type)),
  );
  if (action.verb !== "finetune" && action.verb !== "train") return withBits(unique);
  const bits = unique.find((variant) => isFourBit(variant.name));
  if (!bits) return unique;
  const rest = unique.filter(
    (variant) => !isFourBit(variant.name) && variant.name !== "lora" && variant.name !== "qlora",
  );
  const lora = unique.find((variant) => variant.name === "qlora" || variant.name === "lora");
  return [{ name: "qlora", words: [bits.words, lora?.words].filter(Boolean).join(", ") }, ...rest];
}

/** `GPTQ in 4-bit` is one quantization, not two. */
function withBits(variants: readonly Variant[]): readonly Variant[] {
  const widths = variants.filter(({ name }) => /^int[48]$/.test(name));
  const methods = variants.filter(({ name }) => !/^int[48]$/.test(name));
  const bits = widths.length === 1 ? variantChoice(widths[0]!.name)?.bits : undefined;
  const agree = methods.every(({ name }) => [undefined, bits].includes(variantChoice(name)?.bits));
  if (bits === undefined || methods.length === 0 || !agree) return variants;
  return methods.map((method) => ({ ...method, bits, words: `${method.words}, ${widths[0]!.words}` }));
}

/** Asks about variants of a clause that makes nothing, such as `evaluate it in int8`. */
export function askAboutVariants(scene: Scene, { verb, words, variants }: Action): void {
  if (verb !== "evaluate" && verb !== "load") return;
  for (const variant of variants) {
    scene.draft.ask({
      what: "method",
      question: `\`${words}\` has no method, but the goal says \`${variant.words}\`. Should the model be made that way first?`,
      suggestions: [`${variantChoice(variant.name)?.verb ?? "make"} it with ${variant.words} first`],
    });
  }
}

/** Puts a variant to a tool as far as its schema has a place for it; asks when it has none. */
export function variantInputs(scene: Scene, tool: ToolDescriptor, variant: Variant | undefined): Inputs {
  const choice = variant && variantChoice(variant.name);
  if (!variant || !choice) return new Map();
  const fields = fieldsOf(tool);
  const method = fields.get("method");
  const value =
    choice.methods.find((one) => method?.values.includes(one)) ??
    (method?.values.length === 0 ? choice.methods[0] : undefined);
  if (value !== undefined) {
    const further = { method: value, bits: variant.bits, gguf_type: variant.type };
    return new Map(
      Object.entries(further).flatMap(([name, one]) =>
        one !== undefined && fields.has(name) ? [[name, fromGoal(one, variant.words)] as const] : [],
      ),
    );
  }
  if (
    choice.bits !== undefined &&
    fields.has("bits") &&
    choice.methods.some((one) => one.startsWith("int"))
  ) {
    return new Map<string, Sourced>([["bits", fromGoal(choice.bits, variant.words)]]);
  }
  const known = method?.values ?? [];
  scene.draft.ask({
    what: "method",
    question: `\`${tool.name}\` has no method \`${variant.words}\`. Which one should it use?`,
    suggestions: known,
  });
  return new Map();
}
