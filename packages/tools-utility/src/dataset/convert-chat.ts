import { type ConvertedRow, type RowNote, textFields } from "./converted-row.ts";
import { isRecord, own } from "./raw-row.ts";
import { fromCell, toText } from "./row-text.ts";

const ROLES: Readonly<Record<string, string>> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  prompter: "user",
  assistant: "assistant",
  gpt: "assistant",
  chatgpt: "assistant",
  model: "assistant",
  bot: "assistant",
  function_call: "assistant",
  tool: "tool",
  function: "tool",
  function_response: "tool",
  observation: "tool",
};

interface Message {
  readonly role: string;
  readonly content: string;
}

/** A conversation, as `role`/`content` or as ShareGPT's `from`/`value`; `system` goes in front. */
export function convertMessages(value: unknown, column: string, system?: unknown): ConvertedRow {
  const list = fromCell(value);
  if (!Array.isArray(list) || list.length === 0) return { dropped: `no messages in \`${column}\`` };
  const first = toText(system);
  const all: unknown[] =
    first && first.text.trim() !== "" ? [{ role: "system", content: first.text }, ...list] : list;
  const messages: Message[] = [];
  for (const item of all) {
    const message = messageOf(item);
    if (typeof message === "string") return { dropped: message };
    messages.push(message);
  }
  const notes: RowNote[] = messages.some(({ content }) => content.trim() === "") ? ["empty"] : [];
  return { row: { messages: messages.map(({ role, content }) => ({ role, content })) }, notes };
}

function messageOf(item: unknown): Message | string {
  if (!isRecord(item)) return "a message that is not an object";
  const role = own(item, "role") ?? own(item, "from");
  const known = typeof role === "string" ? role.toLowerCase() : "";
  if (!Object.hasOwn(ROLES, known)) return "a message with an unknown role";
  const content = contentText(own(item, "content") ?? own(item, "value"));
  return content === undefined ? "a message without text" : { role: ROLES[known]!, content };
}

/** Text, or the text parts of a multi-part message; undefined as soon as a part is something else. */
function contentText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return toText(content)?.text;
  const parts = content.map((part: unknown) => (isRecord(part) ? own(part, "text") : part));
  return parts.every((part) => typeof part === "string") ? parts.join("") : undefined;
}

/** A prompt with a better and a worse answer; answers given as conversations keep their last message. */
export function convertPreference(values: Readonly<Record<string, unknown>>): ConvertedRow {
  const chosen = fromCell(own(values, "chosen"));
  const rejected = fromCell(own(values, "rejected"));
  const prompt = fromCell(own(values, "prompt"));
  if (![chosen, rejected, prompt].some(Array.isArray))
    return textFields(values, ["prompt", "chosen", "rejected"]);
  const converted = textFields(
    {
      prompt: Array.isArray(prompt)
        ? joined(prompt)
        : (prompt ?? (Array.isArray(chosen) ? joined(chosen.slice(0, -1)) : undefined)),
      chosen: lastContent(chosen),
      rejected: lastContent(rejected),
    },
    ["prompt", "chosen", "rejected"],
  );
  return "row" in converted
    ? { row: converted.row, notes: [...new Set([...converted.notes, "converted" as const])] }
    : converted;
}

function lastContent(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const last = messageOf(value.at(-1));
  return typeof last === "string" ? undefined : last.content;
}

function joined(messages: readonly unknown[]): string | undefined {
  const all = messages.map(messageOf);
  return all.length > 0 && all.every((message) => typeof message !== "string")
    ? all.map(({ content }) => content).join("\n\n")
    : undefined;
}
