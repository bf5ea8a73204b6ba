import type { Draft } from "./special-keys.ts";

/** A value that decides about several native keys together, such as `adapter: qlora`. */
export type Special =
  | "adapter"
  | "load_in_4bit"
  | "load_in_8bit"
  | "quantization_bit"
  | "stage"
  | "rl"
  | "target_linear"
  | "trains_on_prompt"
  | "dataset"
  | "datasets"
  | "fp16"
  | "val_share";

/** Where the value of a foreign key goes: to a native key, or through a special rule. */
type Alias = string | { readonly special: Special };

/** The keys of one dialect, as data. */
export interface DialectKeys {
  readonly aliases: Readonly<Record<string, Alias>>;
  /** Known keys that mean nothing here. */
  readonly ignored: readonly string[];
  /** Keys that no other dialect has, by which it is recognised. */
  readonly marks: readonly string[];
  /** Sets what the dialect's own program takes for granted where a file is silent. */
  readonly imply?: (draft: Draft) => void;
}
