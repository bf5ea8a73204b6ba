import type { Shortfall } from "@trainyard/core";
import { hubToken } from "./hub-cache.ts";

/** What asking a hub for a model's config has brought. */
export type HubAnswer =
  | { readonly status: "open"; readonly config: unknown }
  | { readonly status: "refused"; readonly shortfall: Shortfall };

/** How a hub is asked. */
export interface HubRequest {
  readonly model: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Limit of the whole question in ms. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const MAX_CONFIG_BYTES = 1_000_000;

/** Asks whether this machine may download `model`: fetches its `config.json`, which gated models keep back too. */
export async function askHub({
  model,
  environment,
  signal,
  timeoutMs = 5000,
}: HubRequest): Promise<HubAnswer> {
  const endpoint = (environment["HF_ENDPOINT"] || DEFAULT_ENDPOINT).replace(/\/+$/, "");
  if (isOn(environment["HF_HUB_OFFLINE"]) || isOn(environment["TRANSFORMERS_OFFLINE"])) {
    return refused(
      `\`${model}\` is not in the local cache, and HF_HUB_OFFLINE forbids to ask the hub.`,
      "Unset HF_HUB_OFFLINE, or give the path of a local folder as model.",
    );
  }
  const token = await hubToken(environment);
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { "user-agent": "trainyard", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${endpoint}/${model}/resolve/main/config.json`, {
      signal: limited,
      headers,
    });
    return await readAnswer(response, model, endpoint, token !== undefined);
  } catch (thrown) {
    signal.throwIfAborted();
    return unreachable(model, endpoint, reason(thrown, timeoutMs));
  }
}

async function readAnswer(
  response: Response,
  model: string,
  endpoint: string,
  hasToken: boolean,
): Promise<HubAnswer> {
  if (response.ok) return { status: "open", config: parse(await boundedText(response)) };
  await response.body?.cancel();
  const code = response.headers.get("x-error-code");
  if (response.status === 404 && code === "EntryNotFound") return { status: "open", config: undefined };
  if (response.status === 404 || code === "RepoNotFound") return missing(model, endpoint);
  if (response.status === 401 || response.status === 403)
    return gated(model, endpoint, response.status, hasToken);
  return unreachable(model, endpoint, `it answers ${response.status}`);
}

function gated(model: string, endpoint: string, status: number, hasToken: boolean): HubAnswer {
  const page = `${endpoint}/${model}`;
  const fix = hasToken
    ? `Accept the licence at ${page} with the account that the token belongs to, or name an ungated model.`
    : `Accept the licence at ${page}, log in with \`hf auth login\` or set HF_TOKEN to a token of that account, or name an ungated model.`;
  return refused(
    `\`${model}\` is gated, or does not exist: the hub answers ${status} ${hasToken ? "to this machine's token" : "without a token"}.`,
    fix,
  );
}

function missing(model: string, endpoint: string): HubAnswer {
  return refused(
    `\`${model}\` does not exist on ${endpoint}, or is private.`,
    "Check the spelling of organisation and name, or give a local folder. A private model needs a token: `hf auth login`, or HF_TOKEN.",
  );
}

function unreachable(model: string, endpoint: string, why: string): HubAnswer {
  return refused(
    `The hub ${endpoint} cannot be asked for \`${model}\`: ${why}.`,
    "Set HF_ENDPOINT to a hub that can be reached, or give the path of a local folder as model.",
  );
}

function refused(message: string, fix: string): HubAnswer {
  return { status: "refused", shortfall: { resource: "model-access", message, fix } };
}

async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MAX_CONFIG_BYTES) return "";
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(thrown: unknown, timeoutMs: number): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  const cause = thrown.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? thrown.message;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "yes", "on"].includes(value.toLowerCase());
}
