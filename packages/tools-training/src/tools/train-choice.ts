/** The fields of `train` that say what is trained. */
export interface TrainChoice {
  readonly preset?: unknown;
  readonly model_config?: unknown;
  readonly base_model?: unknown;
  readonly tokenizer?: unknown;
}

/** The sentence for a contradiction between the ways to say what is trained; undefined when there is none. */
export function trainContradiction(choice: TrainChoice): string | undefined {
  const given = (["preset", "model_config", "base_model"] as const).filter(
    (key) => choice[key] !== undefined,
  );
  if (given.length > 1) {
    return `Give one of preset, model_config and base_model, not ${given.join(" and ")}: they each say which model is trained.`;
  }
  if (choice.base_model !== undefined && choice.tokenizer !== undefined) {
    return "A base_model brings its own tokenizer: leave tokenizer out, or train from scratch with model_config.";
  }
  return undefined;
}
