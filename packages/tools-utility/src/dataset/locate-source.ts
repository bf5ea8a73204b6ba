import { join } from "node:path";
import { TrainyardError, type ToolContext } from "@trainyard/core";
import { findAllowed, whatIsThere } from "../allowed-path.ts";
import { hubSource } from "../hub/hub-source.ts";
import { quoted } from "../message-text.ts";
import { sampleNames, samplesFolder } from "../samples.ts";
import type { Settings } from "../settings.ts";
import { datasetInvalid } from "./invalid.ts";
import { type DataFiles, localSource } from "./local-source.ts";
import { type DatasetSource, fileTypeOf } from "./source.ts";

/** Which dataset is asked for. */
export interface SourceRequest {
  readonly path: string;
  readonly name?: string | undefined;
  readonly dataFiles?: DataFiles | undefined;
  readonly revision?: string | undefined;
}

const HUB_ID = /^[A-Za-z0-9][\w.-]{0,95}(\/[A-Za-z0-9][\w.-]{0,95})?$/;

/**
 * Finds a dataset: `sample`, something on this machine, or a hub id, in this order; never another than was asked for.
 * Throws `FILE_NOT_FOUND`, `PATH_NOT_ALLOWED`, and what the hub throws.
 */
export async function locateSource(
  request: SourceRequest,
  settings: Settings,
  context: ToolContext,
): Promise<DatasetSource> {
  const local = await locateLocally(request, settings);
  return local ?? (await hubSource({ id: request.path, ...request }, settings, context));
}

/** As {@link locateSource}, without asking the hub: undefined for what only the hub can have. */
export async function locateLocally(
  request: SourceRequest,
  settings: Settings,
): Promise<DatasetSource | undefined> {
  const { path } = request;
  if (path === "sample") return sampleSource(request);
  const isHubId = HUB_ID.test(path) && !path.includes("..") && fileTypeOf(path) === undefined;
  const real = await findAllowed(path, settings.allowedRoots).catch((error: unknown) => {
    // A hub id says nothing about this machine, so the roots cannot forbid it.
    if (isHubId && TrainyardError.is(error) && error.code === "PATH_NOT_ALLOWED") return undefined;
    throw error;
  });
  if (real !== undefined) return foundLocally(request, real, isHubId, settings);
  if (isHubId) return undefined;
  const there = await whatIsThere(path, settings.allowedRoots).catch(() => "Check the path.");
  throw new TrainyardError("FILE_NOT_FOUND", `\`${path}\` does not exist. ${there}`, { data: { path } });
}

async function foundLocally(
  request: SourceRequest,
  path: string,
  isHubId: boolean,
  settings: Settings,
): Promise<DatasetSource> {
  if (request.revision !== undefined) {
    throw datasetInvalid(
      `\`${request.path}\` is on this machine, where there is no \`revision\`. Leave it out.`,
    );
  }
  const source = await localSource({
    ...request,
    path,
    label: request.path,
    allowedRoots: settings.allowedRoots,
  });
  const warning = `\`${request.path}\` was read from this machine (${path}), not from the hub.`;
  return isHubId ? { ...source, warnings: [warning, ...source.warnings] } : source;
}

async function sampleSource({ name, dataFiles, revision }: SourceRequest): Promise<DatasetSource> {
  if (dataFiles !== undefined || revision !== undefined) {
    throw datasetInvalid("The `sample` takes a `name`, but neither `data_files` nor `revision`.");
  }
  const names = await sampleNames();
  const chosen = name ?? names[0];
  if (chosen === undefined || !names.includes(chosen)) {
    throw datasetInvalid(`There is no sample \`${chosen ?? ""}\`; there are ${quoted(names) || "none"}.`, {
      found: names,
    });
  }
  return localSource({
    path: join(samplesFolder, chosen),
    label: `sample:${chosen}`,
    allowedRoots: undefined,
  });
}
