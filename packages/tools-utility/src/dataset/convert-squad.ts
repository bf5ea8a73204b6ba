import type { ConvertedRow, RowNote } from "./converted-row.ts";
import { plainNumber } from "./exact-json.ts";
import { isRecord, kindOf, own } from "./raw-row.ts";
import { fromCell, toText } from "./row-text.ts";

interface Answer {
  readonly text: string;
  readonly start: number | undefined;
}

/** A SQuAD question, flat as on the hub or out of nested JSON; unanswerable ones get empty lists. */
export function convertSquad(values: Readonly<Record<string, unknown>>, index: number): ConvertedRow {
  const context = toText(own(values, "context"));
  const question = toText(own(values, "question"));
  if (!context || !question) return { dropped: `no \`${context ? "question" : "context"}\`` };
  const impossible = isTrue(own(values, "is_impossible"));
  const answers = impossible ? [] : answersOf(fromCell(own(values, "answers")));
  if (!answers) return { dropped: "`answers` of an unknown shape" };
  const title = toText(own(values, "title"));
  const notes: RowNote[] = [];
  if (answers.length === 0) notes.push("unanswerable");
  if (context.converted || question.converted) notes.push("converted");
  if (context.text.trim() === "" || question.text.trim() === "") notes.push("empty");
  if (answers.some(({ text }) => !context.text.includes(text))) notes.push("answer-elsewhere");
  return {
    row: {
      id: toText(own(values, "id"))?.text ?? `row-${index}`,
      ...(title && { title: title.text }),
      context: context.text,
      question: question.text,
      answers: {
        text: answers.map(({ text }) => text),
        answer_start: answers.map(({ text, start }) => start ?? codePointIndex(context.text, text)),
      },
    },
    notes,
  };
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}

function answersOf(value: unknown): readonly Answer[] | undefined {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value === "string" || kindOf(value) === "number")
    return [{ text: toText(value)!.text, start: undefined }];
  const list = Array.isArray(value) ? value : isRecord(value) ? columnsToList(value) : undefined;
  const answers = list?.map(answerOf);
  return answers?.every((answer) => answer !== undefined) ? answers : undefined;
}

/** `{ text: [...], answer_start: [...] }`, or the same with single values, as a list of pairs. */
function columnsToList(value: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const text = own(value, "text");
  const start = own(value, "answer_start");
  if (typeof text === "string") return [value];
  if (!Array.isArray(text)) return undefined;
  return text.map((item: unknown, at) => ({
    text: item,
    answer_start: Array.isArray(start) ? (start[at] as unknown) : undefined,
  }));
}

function answerOf(value: unknown): Answer | undefined {
  if (typeof value === "string") return { text: value, start: undefined };
  if (!isRecord(value)) return undefined;
  const text = toText(own(value, "text"));
  const start = plainNumber(own(value, "answer_start"));
  return (
    text && {
      text: text.text,
      start: typeof start === "number" && Number.isInteger(start) ? start : undefined,
    }
  );
}

/** SQuAD counts characters as Python does, by code point; -1 where the answer is not in the context. */
function codePointIndex(context: string, answer: string): number {
  const at = context.indexOf(answer);
  return at < 0 ? at : Array.from(context.slice(0, at)).length;
}
