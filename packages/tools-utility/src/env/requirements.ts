import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { TrainyardError } from "@trainyard/core";
import { requireAllowed } from "../allowed-path.ts";
import { clipped } from "../message-text.ts";

/** A package to install. */
export interface Requirement {
  /** What the installer gets: a requirement specifier or an absolute path. */
  readonly argument: string;
  /** What the environment is keyed by: the specifier, or the content of a local file. */
  readonly identity: string;
  /** Set for `name==version`, with the name normalised. */
  readonly pin?: { readonly name: string; readonly version: string };
}

const ARCHIVE = /\.(whl|tar\.gz|zip)$/i;
const NAME = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`;
const VERSION = String.raw`(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+`;
const SPECIFIER = new RegExp(
  String.raw`^${NAME}(?:\[${NAME}(?:\s*,\s*${NAME})*\])?\s*(?:${VERSION}(?:\s*,\s*${VERSION})*)?(?:\s*;[\w\s.'"=<>!()]+)?$`,
);
const PIN = new RegExp(String.raw`^(${NAME})==([A-Za-z0-9.+!_-]+)$`);

/**
 * Reads requirements: names with versions, or local wheels and source archives below the allowed roots. Options and
 * addresses are refused, as they would change where packages come from. Throws `INPUT_INVALID`, `URL_NOT_ALLOWED`,
 * `FILE_NOT_FOUND`, `PATH_NOT_ALLOWED`.
 */
export async function readRequirements(
  texts: readonly string[],
  allowedRoots: readonly string[] | undefined,
): Promise<readonly Requirement[]> {
  return Promise.all(texts.map((text) => readRequirement(text.trim(), allowedRoots)));
}

async function readRequirement(
  text: string,
  allowedRoots: readonly string[] | undefined,
): Promise<Requirement> {
  if (/:\/\/|@/.test(text)) {
    throw new TrainyardError(
      "URL_NOT_ALLOWED",
      `Requirement \`${clipped(text, 80)}\` gives an address. Use a name with a version, and set the index in your pip configuration.`,
    );
  }
  if (!text.startsWith("-") && ARCHIVE.test(text))
    return archiveRequirement(await requireAllowed(text, allowedRoots));
  if (!SPECIFIER.test(text)) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `\`${clipped(text, 80)}\` is not a requirement. Write \`name\`, \`name==1.2.3\`, or the path of a .whl or .tar.gz file.`,
    );
  }
  return specifierRequirement(text);
}

/** A requirement out of `name==version` and the like, unchecked. */
export function specifierRequirement(text: string): Requirement {
  const pin = PIN.exec(text);
  return {
    argument: text,
    identity: text.replaceAll(/\s+/g, " "),
    ...(pin && { pin: { name: normalName(pin[1]!), version: pin[2]! } }),
  };
}

/** A package's name as indexes compare it. */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

async function archiveRequirement(path: string): Promise<Requirement> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { argument: path, identity: `sha256:${hash.digest("hex")}` };
}
