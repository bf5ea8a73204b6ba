import { type ErrorRecord, type JsonObject, TrainyardError } from "@trainyard/core";
import type { CallToolResult, Tool as ListedTool } from "@modelcontextprotocol/server";
import * as z from "zod";

/** Where a failed call carries its {@link ErrorRecord}, under `_meta`. */
const ERROR_META = "dev.trainyard/error";
/** Where a listed tool carries the JSON Schema of its result, under `_meta`. */
export const OUTPUT_META = "dev.trainyard/output";
/** Where a listed tool carries the artifact ports of its input, under `_meta`. */
export const INPUTS_META = "dev.trainyard/inputs";
/** Where a listed tool carries the artifact ports of its output, under `_meta`. */
export const OUTPUTS_META = "dev.trainyard/outputs";

/** What a tool answers: the same thing for programs and, shortened, for people and language models. */
export interface ToolReply {
  readonly text: string;
  readonly value: object;
}

/** A tool as it stands on the wire. */
export interface WireTool {
  readonly listed: ListedTool;
  call(args: unknown): Promise<ToolReply>;
}

/** Longest text of a reply, in characters; the structured content is always whole. */
const MAX_TEXT_CHARS = 8000;

/** Writes a reply as MCP's result. */
export function toCallResult({ text, value }: ToolReply): CallToolResult {
  const short = text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}… (shortened)` : text;
  return { content: [{ type: "text", text: short }], structuredContent: value };
}

/** Writes a failure as MCP's result. */
export function toErrorResult(error: ErrorRecord): CallToolResult {
  return {
    isError: true,
    content: [{ type: "text", text: `${error.code}: ${error.message}` }],
    _meta: { [ERROR_META]: error },
  };
}

/** JSON Schema of an object, as tools list it. */
export function listedSchema(schema: z.ZodType, io: "input" | "output"): ListedTool["inputSchema"] {
  return z.toJSONSchema(schema, { io }) as ListedTool["inputSchema"];
}

/** Parses a call's arguments. Throws `INPUT_INVALID` with every problem in `data.problems`. */
export function parseArguments<T extends z.ZodType>(tool: string, schema: T, args: unknown): z.output<T> {
  const parsed = schema.safeParse(args ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue): JsonObject => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const list = problems.map(({ path, message }) =>
    path ? `\`${String(path)}\`: ${String(message)}` : String(message),
  );
  throw new TrainyardError("INPUT_INVALID", `The input of \`${tool}\` does not fit: ${list.join("; ")}`, {
    data: { problems },
  });
}
