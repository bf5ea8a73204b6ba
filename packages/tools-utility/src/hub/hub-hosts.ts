import { TrainyardError } from "@trainyard/core";

const HUGGING_FACE = "huggingface.co";
// The hub answers downloads with redirects to its own storage hosts.
const HUGGING_FACE_SUFFIXES: readonly string[] = [".huggingface.co", ".hf.co"];

/** Decides which addresses may be fetched from. */
export interface HubHosts {
  readonly endpoint: URL;
  /** Throws `URL_NOT_ALLOWED` for any address but those of the endpoint and of the hosts it may redirect to. */
  check(url: URL): void;
  /** Whether the user's token may go there: to the endpoint itself and nowhere else. */
  mayHaveToken(url: URL): boolean;
}

/** The policy for one endpoint. Throws `CONFIG_INVALID` for an address that cannot be one. */
export function hubHosts(endpointText: string, extraHosts: readonly string[]): HubHosts {
  const endpoint = parseEndpoint(endpointText);
  const suffixes = endpoint.host === HUGGING_FACE ? HUGGING_FACE_SUFFIXES : [];
  const isKnown = (host: string): boolean =>
    host === endpoint.host || extraHosts.includes(host) || suffixes.some((suffix) => host.endsWith(suffix));
  return {
    endpoint,
    check(url) {
      const isSafe = url.protocol === "https:" || url.protocol === endpoint.protocol;
      if (isSafe && url.username === "" && url.password === "" && isKnown(url.host)) return;
      throw new TrainyardError(
        "URL_NOT_ALLOWED",
        `The hub ${endpoint.origin} points to ${url.protocol}//${url.host}, which is not one of its hosts. Add it to \`hubHosts\` if you trust it.`,
        { data: { host: url.host } },
      );
    },
    mayHaveToken: (url) => url.origin === endpoint.origin,
  };
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === "")
    return url;
  throw new TrainyardError(
    "CONFIG_INVALID",
    "The hub endpoint must be an http or https address without credentials; check `HF_ENDPOINT`.",
  );
}
