import type { JsonObject } from "@trainyard/core";
import type * as z from "zod";
import { type ClientOptions, resolveOptions } from "./client-options.ts";
import { createConnection } from "./connection.ts";
import { nonsense } from "./errors.ts";
import { gatewayCalls } from "./gateway-calls.ts";
import { readRunEvents } from "./run-events.ts";
import type { TrainyardClient } from "./trainyard-client.ts";

/** Makes a client of a gateway; connects at the first call. Throws `CONFIG_INVALID`. */
export function createClient(given: ClientOptions): TrainyardClient {
  const options = resolveOptions(given);
  const { timeoutMs } = options;
  const url = options.endpoint.href;
  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const connection = createConnection(options, signal);

  async function ask<T extends z.ZodType>(
    schema: T,
    name: string,
    args: JsonObject = {},
    limitMs = timeoutMs,
  ): Promise<z.output<T>> {
    const { value } = await connection.call(name, withoutUndefined(args), limitMs);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw nonsense(
      url,
      `an answer of \`${name}\` that does not fit: \`${issue?.path.join(".") ?? ""}\` ${issue?.message ?? ""}`,
    );
  }

  return {
    url,
    // Stopping a run waits until a training has written its checkpoint.
    ...gatewayCalls(ask, timeoutMs * 10),
    callTool: (name, args = {}) => connection.call(name, withoutUndefined(args), timeoutMs),
    events: (runId, { afterSeq = 0, signal: until } = {}) =>
      readRunEvents({ options, runId, afterSeq, signal: until ? AbortSignal.any([signal, until]) : signal }),
    async close() {
      closing.abort();
      await connection.close();
    },
  };
}

function withoutUndefined(args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
