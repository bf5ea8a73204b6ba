import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { TrainyardError } from "@trainyard/core";
import { datasetInvalid } from "../dataset/invalid.ts";
import type { HubAnswer, HubClient } from "./hub-client.ts";

const REPORT_BYTES = 4 * 1024 * 1024;

/** One download. */
export interface Download {
  readonly url: URL;
  readonly name: string;
  readonly target: string;
  /** Called every few MiB; `total` where the hub says it. */
  readonly onBytes: (current: number, total: number | undefined) => void;
}

/**
 * Fetches a file to `target`, whole or not at all: a reader never sees a part of it. A file that is there already is
 * kept. Throws `HUB_UNREACHABLE`, `DATASET_INVALID`, `DISK_FULL`, and what the client throws.
 */
export async function download(client: HubClient, { url, name, target, onBytes }: Download): Promise<string> {
  if (await isFile(target)) return target;
  const answer = await client.get(url);
  if (answer.status === 404) throw datasetInvalid(`\`${name}\` does not exist on the hub.`, { name });
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}.part`;
  try {
    const total = lengthOf(answer);
    const received = await writeBody(answer, part, (bytes) => onBytes(bytes, total));
    if (total !== undefined && received !== total) throw truncated(name, received, total);
    await rename(part, target);
    return target;
  } finally {
    await rm(part, { force: true });
  }
}

async function writeBody(answer: HubAnswer, part: string, onBytes: (bytes: number) => void): Promise<number> {
  let received = 0;
  let reported = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of answer.chunks()) {
      received += chunk.byteLength;
      if (received - reported >= REPORT_BYTES) onBytes((reported = received));
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(part, { flags: "wx", flush: true }));
  return received;
}

function lengthOf(answer: HubAnswer): number | undefined {
  const length = answer.headers.get("content-length");
  // An encoded body has another length once it is decoded.
  return length === null || answer.headers.has("content-encoding") ? undefined : Number(length);
}

function truncated(name: string, received: number, total: number): TrainyardError {
  return new TrainyardError(
    "HUB_UNREACHABLE",
    `\`${name}\` broke off after ${received} of ${total} bytes. Run again to fetch it anew.`,
    {
      retryable: true,
      data: { received, total },
    },
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
