import type { Variant } from "./reading.ts";
import type { Taken } from "./numbers.ts";
import { textOf } from "./numbers.ts";
import type { Verb } from "./verbs.ts";
import type { Word } from "./words.ts";

/** How a variant is put to a tool: candidates for its `method`, best first, and further fields. */
export interface VariantChoice {
  readonly verb: Verb;
  readonly methods: readonly string[];
  readonly bits?: number;
  /** Whether it looks at data, so that the optional dataset of a tool is needed. */
  readonly calibrated?: boolean;
}

const CHOICES: ReadonlyMap<string, VariantChoice> = new Map(
  Object.entries({
    lora: { verb: "finetune", methods: ["lora"] },
    qlora: { verb: "finetune", methods: ["qlora"] },
    full: { verb: "finetune", methods: ["full"] },
    dpo: { verb: "finetune", methods: ["dpo"] },
    orpo: { verb: "finetune", methods: ["orpo"] },
    int8: { verb: "quantize", methods: ["int8", "dynamic-int8", "bnb-int8", "torchao-int8"], bits: 8 },
    int4: { verb: "quantize", methods: ["int4", "nf4", "bnb-nf4", "bnb-int4"], bits: 4 },
    nf4: { verb: "quantize", methods: ["nf4", "bnb-nf4"], bits: 4 },
    gptq: { verb: "quantize", methods: ["gptq"], calibrated: true },
    awq: { verb: "quantize", methods: ["awq"], calibrated: true },
    gguf: { verb: "quantize", methods: ["gguf"] },
  } satisfies Record<string, VariantChoice>),
);

const WORDS: ReadonlyMap<string, string> = new Map([
  ["lora", "lora"],
  ["low-rank", "lora"],
  ["qlora", "qlora"],
  ["dpo", "dpo"],
  ["orpo", "orpo"],
  ["int8", "int8"],
  ["8bit", "int8"],
  ["8-bit", "int8"],
  ["8-bits", "int8"],
  ["int4", "int4"],
  ["4bit", "int4"],
  ["4-bit", "int4"],
  ["4-bits", "int4"],
  ["nf4", "nf4"],
  ["bnb-nf4", "nf4"],
  ["gptq", "gptq"],
  ["awq", "awq"],
  ["gguf", "gguf"],
  ["full-parameter", "full"],
]);

/** Types of weights in a GGUF file, as `Q5_K_M`. */
const GGUF_TYPE = /^(i?q[1-8]_(0|1|k|xxs|xs|s|m|nl|k_(s|m|l|xl))|tq[12]_0)$/;

/** How a variant of the given name is put to a tool. */
export function variantChoice(name: string): VariantChoice | undefined {
  return CHOICES.get(name);
}

/** A variant and the place of its first word. */
export interface PlacedVariant {
  readonly at: number;
  readonly variant: Variant;
}

/** Finds methods of finetuning and of quantization in a goal; marks their words as taken. */
export function readVariants(words: readonly Word[], taken: Taken): readonly PlacedVariant[] {
  const variants: PlacedVariant[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index)) continue;
    const length = lengthAt(words, index);
    const name =
      length === 2 ? WORDS.get(`${words[index]!.lower}-${words[index + 1]!.lower}`) : nameAt(words, index);
    if (!name) continue;
    for (let at = index; at < index + length; at += 1) taken.add(at);
    const type = GGUF_TYPE.test(words[index]!.lower) ? words[index]!.text.toUpperCase() : undefined;
    variants.push({ at: index, variant: { name, type, words: textOf(words, index, index + length) } });
  }
  return variants;
}

function lengthAt(words: readonly Word[], index: number): 1 | 2 {
  const next = words[index + 1]?.lower;
  return next !== undefined && WORDS.has(`${words[index]!.lower}-${next}`) ? 2 : 1;
}

const FULL_OF = /^(fine|fine-?tun\w*|finetun\w*|training|parameter|parameters|weights|method)$/;

function nameAt(words: readonly Word[], index: number): string | undefined {
  const { lower } = words[index]!;
  if (lower === "full" || lower === "fully") {
    const next = words[index + 1]?.lower ?? "";
    const before = words[index - 1]?.lower ?? "";
    return FULL_OF.test(next) || /^(method|with|and|vs|versus|using)$/.test(before) ? "full" : undefined;
  }
  return GGUF_TYPE.test(lower) ? "gguf" : WORDS.get(lower);
}
