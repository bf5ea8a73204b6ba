import { type ArtifactRef, type ModelStore, TrainyardError } from "@trainyard/core";

/** A model found in the registry. */
export interface RegisteredModel {
  readonly name: string;
  readonly ref: ArtifactRef;
  /** False when a version number pins it. */
  readonly floating: boolean;
}

const REGISTERED = /^([A-Za-z0-9][\w.-]{0,95})(?:@([\w.-]{1,96}))?$/;

/** Whether a `model` input can be the name of a registered model: without a slash, with or without `@version`. */
export function looksRegistered(value: string): boolean {
  return REGISTERED.test(value);
}

/** Looks a `name`, `name@3` or `name@alias` up. Throws `MODEL_NOT_FOUND` when a version is asked for and is not there. */
export async function findRegistered(
  value: string,
  models: ModelStore,
): Promise<RegisteredModel | undefined> {
  const [, name = "", which] = REGISTERED.exec(value) ?? [];
  const pinned = which !== undefined && /^[1-9]\d*$/.test(which);
  const found = await models.get(name, pinned ? Number(which) : which);
  if (found) return { name, ref: found.ref, floating: !pinned };
  if (which === undefined) return undefined;
  throw new TrainyardError(
    "MODEL_NOT_FOUND",
    `Model \`${name}\` has no version or alias \`${which}\`; list_models shows what there is.`,
  );
}
