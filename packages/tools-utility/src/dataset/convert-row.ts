import { convertMessages, convertPreference } from "./convert-chat.ts";
import { convertSquad } from "./convert-squad.ts";
import { type ConvertedRow, textFields, type Values } from "./converted-row.ts";
import { own } from "./raw-row.ts";
import type { SourceFormat } from "./source-formats.ts";

/** Brings a row into its stored form; `index` (from 0) names rows without an id. */
export function convertRow(values: Values, format: SourceFormat, index: number): ConvertedRow {
  switch (format) {
    case "squad":
      return convertSquad(values, index);
    case "messages":
      return convertMessages(own(values, "messages"), "messages");
    case "sharegpt":
      return convertMessages(own(values, "conversations"), "conversations", own(values, "system"));
    case "preference":
      return convertPreference(values);
    case "alpaca":
      return convertAlpaca(values);
    case "question_answer":
      return convertQuestion(values);
    case "prompt_completion":
      return textFields(values, ["prompt", "completion"]);
    case "text":
      return convertText(values);
  }
}

function convertText(values: Values): ConvertedRow {
  const converted = textFields(values, ["text"]);
  return "row" in converted && converted.notes.includes("empty") ? { dropped: "empty `text`" } : converted;
}

function convertQuestion(values: Values): ConvertedRow {
  const fields = textFields(values, ["question", "answer"]);
  if ("dropped" in fields) return fields;
  const { question, answer } = fields.row as Record<"question" | "answer", string>;
  return { row: { prompt: `question: ${question}\nanswer:`, completion: ` ${answer}` }, notes: fields.notes };
}

function convertAlpaca(values: Values): ConvertedRow {
  const given = own(values, "input") ?? "";
  const fields = textFields({ ...values, input: given }, ["instruction", "input", "output"]);
  if ("dropped" in fields) return fields;
  const { instruction, input, output } = fields.row as Record<"instruction" | "input" | "output", string>;
  const middle = input.trim() === "" ? "" : `### Input:\n${input}\n\n`;
  const isEmpty = instruction.trim() === "" || output.trim() === "";
  return {
    row: { prompt: `### Instruction:\n${instruction}\n\n${middle}### Response:\n`, completion: output },
    notes: fields.notes.filter((note) => note !== "empty" || isEmpty),
  };
}
