import type { ServerResponse } from "node:http";
import type { ErrorCode, ErrorRecord } from "@trainyard/core";

/** A request that is answered with a status other than 200. */
export interface HttpProblem {
  readonly status: number;
  readonly error: ErrorRecord;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes a problem from its status and error code. */
export function problem(
  status: number,
  code: ErrorCode,
  message: string,
  headers?: Readonly<Record<string, string>>,
): HttpProblem {
  return { status, error: { code, message, retryable: status === 503 }, ...(headers && { headers }) };
}

/** Answers with JSON. */
export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  res.writeHead(status, {
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  res.end(JSON.stringify(body));
}

/** Answers a plain route with `{ error }`. */
export function sendProblem(res: ServerResponse, { status, error, headers }: HttpProblem): void {
  sendJson(res, status, { error }, headers);
}

/** Answers an MCP route with a JSON-RPC error that carries the record as its data. */
export function sendRpcProblem(res: ServerResponse, { status, error, headers }: HttpProblem): void {
  const code = RPC_CODES[status] ?? -32_000;
  sendJson(
    res,
    status,
    { jsonrpc: "2.0", id: null, error: { code, message: error.message, data: error } },
    headers,
  );
}

const RPC_CODES: Readonly<Record<number, number>> = { 400: -32_700, 500: -32_603 };
