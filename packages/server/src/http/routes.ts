/** A route the gateway owns. */
export type Route =
  | { readonly name: "mcp"; readonly methods: readonly string[] }
  | { readonly name: "events"; readonly methods: readonly string[]; readonly runId: string }
  | { readonly name: "health"; readonly methods: readonly string[] };

/** Finds the gateway's route for a request target; undefined when it is somebody else's. */
export function matchRoute(target: string | undefined): Route | undefined {
  const path = (target ?? "/").split("?", 1)[0]!;
  if (path === "/mcp") return { name: "mcp", methods: ["GET", "POST", "DELETE"] };
  if (path === "/healthz") return { name: "health", methods: ["GET", "HEAD"] };
  const runId = decoded(/^\/runs\/([^/]{1,256})\/events$/.exec(path)?.[1]);
  return runId === undefined ? undefined : { name: "events", methods: ["GET"], runId };
}

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
