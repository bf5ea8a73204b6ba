import type { IncomingMessage } from "node:http";
import { type HttpProblem, problem } from "./reply.ts";

/** Most bytes a request body may have. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Bytes of a body that is too large which are read and dropped, so that the client gets to read the answer. */
const MAX_DRAIN_BYTES = 4 * MAX_BODY_BYTES;
const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

/** A parsed body, or why there is none. */
export type BodyResult =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly problem: HttpProblem };

/** Reads a JSON body within bounds on size, depth and number of values. A body parsed by middleware is taken as it is. */
export async function readJsonBody(req: IncomingMessage & { body?: unknown }): Promise<BodyResult> {
  if (!/^application\/json\s*(;|$)/i.test(req.headers["content-type"] ?? "")) {
    return refused(problem(415, "INPUT_INVALID", "Send the body as `Content-Type: application/json`."));
  }
  if (req.body !== undefined) return checked(req.body);
  const bytes = await readBytes(req);
  if (bytes === undefined) return refused(tooLarge());
  try {
    return checked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return refused(problem(400, "INPUT_INVALID", "The request body is not valid JSON."));
  }
}

async function readBytes(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  if (Number(req.headers["content-length"] ?? 0) > MAX_DRAIN_BYTES) return undefined;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_DRAIN_BYTES) return undefined;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return sizeBytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function checked(body: unknown): BodyResult {
  const fault = jsonFault(body);
  return fault === undefined ? { ok: true, body } : refused(problem(400, "INPUT_INVALID", fault));
}

/** Says what is unreasonable about a JSON value, or undefined when nothing is. */
function jsonFault(root: unknown): string | undefined {
  let level: readonly unknown[] = [root];
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    if (depth > MAX_DEPTH) return `The request nests deeper than ${MAX_DEPTH} levels.`;
    if (count > MAX_VALUES) return `The request holds more than ${MAX_VALUES} values.`;
    if (level.some(hasProtoKey)) return "The request has a key `__proto__`.";
    level = level.flatMap(childrenOf);
  }
  return undefined;
}

function hasProtoKey(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");
}

function childrenOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function tooLarge(): HttpProblem {
  const message = `The request body is larger than ${MAX_BODY_BYTES} bytes; pass files as artifacts or paths instead.`;
  return problem(413, "INPUT_INVALID", message, { connection: "close" });
}

function refused(fault: HttpProblem): BodyResult {
  return { ok: false, problem: fault };
}
