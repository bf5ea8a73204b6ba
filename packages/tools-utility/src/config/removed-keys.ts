/** A key that transformers 5 or trl 1 no longer has. */
export interface RemovedKey {
  readonly key: string;
  /** The key to use instead; empty where there is none. */
  readonly replacement: string;
  readonly reason: string;
}

const REMOVED: readonly RemovedKey[] = [
  {
    key: "warmup_ratio",
    replacement: "warmup_steps",
    reason:
      "removed from TrainingArguments in transformers 5; warmup_steps below 1 is a share of all steps. It still works here.",
  },
  {
    key: "evaluation_strategy",
    replacement: "eval_strategy",
    reason: "renamed in transformers 5. Its value was taken over.",
  },
  { key: "max_seq_length", replacement: "max_length", reason: "renamed in trl 1. Its value was taken over." },
  {
    key: "tokenizer",
    replacement: "processing_class",
    reason: "renamed in transformers 5; the tokenizer comes with the model here.",
  },
  {
    key: "no_cuda",
    replacement: "use_cpu",
    reason: "removed from transformers 5; the device is chosen by what is there.",
  },
  {
    key: "overwrite_output_dir",
    replacement: "",
    reason: "removed from transformers 5; every run has its own folder here.",
  },
  {
    key: "save_safetensors",
    replacement: "",
    reason: "removed from transformers 5; weights are always safetensors.",
  },
  {
    key: "logging_dir",
    replacement: "",
    reason: "removed from transformers 5; metrics are in the run's log here.",
  },
  { key: "group_by_length", replacement: "", reason: "removed from transformers 5." },
  {
    key: "per_gpu_train_batch_size",
    replacement: "per_device_train_batch_size",
    reason: "removed from transformers 5; set the replacement.",
  },
];

/** Those of `keys` that current libraries have removed. */
export function removedKeys(keys: Iterable<string>): readonly RemovedKey[] {
  const given = new Set(keys);
  return REMOVED.filter(({ key }) => given.has(key));
}

/** Names of all removed keys: known, so never reported as unknown. */
export const removedKeyNames: ReadonlySet<string> = new Set(REMOVED.map(({ key }) => key));
