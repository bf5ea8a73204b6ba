/** Names people give to models, and the hub ids they stand for; `|` separates spellings. */
const NAMES: Readonly<Record<string, string>> = {
  "meta-llama/Llama-2-7b-hf": "llama-2-7b|llama2-7b",
  "meta-llama/Llama-2-7b-chat-hf": "llama-2-7b-chat|llama2-7b-chat",
  "meta-llama/Llama-2-13b-hf": "llama-2-13b|llama2-13b",
  "meta-llama/Llama-2-13b-chat-hf": "llama-2-13b-chat",
  "meta-llama/Llama-2-70b-hf": "llama-2-70b|llama2-70b",
  "meta-llama/Meta-Llama-3-8B": "llama-3-8b|meta-llama-3-8b",
  "meta-llama/Meta-Llama-3-8B-Instruct": "llama-3-8b-instruct",
  "meta-llama/Llama-3.1-8B": "llama-3.1-8b",
  "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b-instruct",
  "meta-llama/Llama-3.1-70B": "llama-3.1-70b",
  "meta-llama/Llama-3.2-1B": "llama-3.2-1b",
  "meta-llama/Llama-3.2-1B-Instruct": "llama-3.2-1b-instruct",
  "meta-llama/Llama-3.2-3B": "llama-3.2-3b",
  "meta-llama/Llama-3.2-3B-Instruct": "llama-3.2-3b-instruct",
  "TinyLlama/TinyLlama-1.1B-Chat-v1.0": "tinyllama|tinyllama-1.1b|tinyllama-chat|tinyllama-1.1b-chat",
  "mistralai/Mistral-7B-v0.1": "mistral-7b|mistral-7b-v0.1",
  "mistralai/Mistral-7B-v0.3": "mistral-7b-v0.3",
  "mistralai/Mistral-7B-Instruct-v0.2": "mistral-7b-instruct-v0.2",
  "mistralai/Mistral-7B-Instruct-v0.3": "mistral-7b-instruct|mistral-7b-instruct-v0.3",
  "mistralai/Mixtral-8x7B-v0.1": "mixtral-8x7b",
  "Qwen/Qwen2.5-0.5B": "qwen2.5-0.5b",
  "Qwen/Qwen2.5-0.5B-Instruct": "qwen2.5-0.5b-instruct",
  "Qwen/Qwen2.5-1.5B": "qwen2.5-1.5b",
  "Qwen/Qwen2.5-1.5B-Instruct": "qwen2.5-1.5b-instruct",
  "Qwen/Qwen2.5-3B": "qwen2.5-3b",
  "Qwen/Qwen2.5-7B": "qwen2.5-7b",
  "Qwen/Qwen2.5-7B-Instruct": "qwen2.5-7b-instruct",
  "Qwen/Qwen3-0.6B": "qwen3-0.6b",
  "Qwen/Qwen3-1.7B": "qwen3-1.7b",
  "Qwen/Qwen3-4B": "qwen3-4b",
  "Qwen/Qwen3-8B": "qwen3-8b",
  "google/gemma-2b": "gemma-2b",
  "google/gemma-7b": "gemma-7b",
  "google/gemma-2-2b": "gemma-2-2b",
  "google/gemma-2-9b": "gemma-2-9b",
  "microsoft/phi-2": "phi-2",
  "microsoft/Phi-3-mini-4k-instruct": "phi-3-mini|phi-3-mini-4k-instruct",
  "HuggingFaceTB/SmolLM2-135M": "smollm2-135m",
  "HuggingFaceTB/SmolLM2-360M": "smollm2-360m",
  "HuggingFaceTB/SmolLM2-1.7B": "smollm2-1.7b",
  "EleutherAI/pythia-70m": "pythia-70m",
  "EleutherAI/pythia-160m": "pythia-160m",
  "facebook/opt-125m": "opt-125m",
  "facebook/opt-350m": "opt-350m",
  "tiiuae/falcon-7b": "falcon-7b",
  "bigscience/bloom-560m": "bloom-560m",
  "openai-community/gpt2": "gpt2|gpt-2",
  "openai-community/gpt2-medium": "gpt2-medium|gpt-2-medium",
  "openai-community/gpt2-large": "gpt2-large|gpt-2-large",
  "distilbert/distilgpt2": "distilgpt2",
};

const FAMILIES =
  "llama tinyllama mistral mixtral qwen gemma phi smollm pythia opt falcon bloom gpt distilgpt deepseek olmo bert roberta t5 yi".split(
    " ",
  );

const ids = new Map<string, string>();
for (const [id, spellings] of Object.entries(NAMES)) {
  for (const spelling of [...spellings.split("|"), id.slice(id.indexOf("/") + 1)])
    ids.set(normalise(spelling), id);
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** The hub id a name stands for: `Llama 2 7B` is `meta-llama/Llama-2-7b-hf`. Undefined for names that are not in the table. */
export function modelId(name: string): string | undefined {
  return ids.get(normalise(name));
}

/** The family a word begins with, such as `llama` for `Llama-2-9b`. */
export function modelFamily(word: string): string | undefined {
  const lower = word.toLowerCase();
  return FAMILIES.find((family) => lower.startsWith(family) && !/^\p{L}/u.test(lower.slice(family.length)));
}

/** Hub ids of a family, to suggest when a name does not say which member is meant. */
export function familyMembers(family: string): readonly string[] {
  return Object.keys(NAMES).filter((id) => normalise(id.slice(id.indexOf("/") + 1)).includes(family));
}
