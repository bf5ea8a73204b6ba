import type { Services } from "../services.ts";

/** A family of resources by URI pattern, as MCP lists it. */
export interface ResourceFamily {
  readonly uriTemplate: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
}

interface Source extends ResourceFamily {
  read(services: Services, id: string): Promise<object | undefined>;
}

const SOURCES: readonly Source[] = [
  {
    uriTemplate: "trainyard://runs/{id}",
    name: "run",
    description: "A run and its steps as they are now.",
    mimeType: "application/json",
    async read({ runs }, id) {
      const run = await runs.run(id);
      return run && { run, steps: await runs.steps(id) };
    },
  },
  {
    uriTemplate: "trainyard://models/{name}",
    name: "model",
    description: "The versions of a registered model, newest first.",
    mimeType: "application/json",
    async read({ models }, name) {
      const versions = await models.list({ name });
      return versions.length > 0 ? { models: versions } : undefined;
    },
  },
];

/** The resource templates of the gateway. */
export function listTemplates(): ResourceFamily[] {
  return SOURCES.map(({ uriTemplate, name, description, mimeType }) => ({
    uriTemplate,
    name,
    description,
    mimeType,
  }));
}

/** Reads a resource; undefined when there is none under this URI. */
export async function readResource(services: Services, uri: string): Promise<object | undefined> {
  const [, family, rawId] = /^trainyard:\/\/(runs|models)\/(.{1,1024})$/.exec(uri) ?? [];
  const source = SOURCES.find((candidate) => candidate.uriTemplate.startsWith(`trainyard://${family}/`));
  const id = decoded(rawId);
  return source && id !== undefined ? source.read(services, id) : undefined;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
