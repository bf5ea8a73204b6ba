/** Ways in which rows can be written in a file; of several whose columns are there the first one counts. */
export const sourceFormats = [
  "squad",
  "preference",
  "messages",
  "sharegpt",
  "prompt_completion",
  "question_answer",
  "alpaca",
  "text",
] as const;
/** One of {@link sourceFormats}. */
export type SourceFormat = (typeof sourceFormats)[number];

/** The formats of a stored dataset: alpaca and question-answer become prompt and completion, sharegpt becomes messages. */
export type DatasetFormat = Exclude<SourceFormat, "sharegpt" | "alpaca" | "question_answer">;

/** Columns a row of each format needs. */
export const neededColumns: Readonly<Record<SourceFormat, readonly string[]>> = {
  squad: ["context", "question", "answers"],
  messages: ["messages"],
  sharegpt: ["conversations"],
  preference: ["prompt", "chosen", "rejected"],
  prompt_completion: ["prompt", "completion"],
  question_answer: ["question", "answer"],
  alpaca: ["instruction", "output"],
  text: ["text"],
};

/** The format in which rows of `format` are stored. */
export function storedFormat(format: SourceFormat): DatasetFormat {
  if (format === "alpaca" || format === "question_answer") return "prompt_completion";
  return format === "sharegpt" ? "messages" : format;
}
