import { type FileHandle, open } from "node:fs/promises";
import type { JobLine } from "@trainyard/core";
import type { Bell } from "./bell.ts";
import type { JobFolder } from "./job-record.ts";
import { lineSplitter } from "./line-splitter.ts";

const CHUNK_BYTES = 64 * 1024;
/** Longest time until new output is seen although no announcement came. */
const POLL_MS = 250;

/** What a reader of output needs to know about the job. */
export interface OutputSource {
  readonly folder: JobFolder;
  /** Rings on new output and at the end. */
  readonly bell: Bell;
  /** True once all output is in the files; throws when nobody watches the job any more. */
  ended(): boolean;
}

/** Reads a job's output from its first line to its end, at the reader's own speed. */
export async function* followOutput({
  folder,
  bell,
  ended,
}: OutputSource): AsyncGenerator<JobLine, void, undefined> {
  const streams = [tail("stdout", folder.stdout), tail("stderr", folder.stderr)];
  try {
    for (;;) {
      // Asked before reading: what is written after a `false` is read in the next round.
      const last = ended();
      const rings = bell.rings();
      let quiet = true;
      for (const stream of streams) {
        const lines = await stream.next();
        if (lines === undefined) continue;
        quiet = false;
        yield* lines;
      }
      if (quiet && last) break;
      if (quiet) await bell.wait(rings, POLL_MS);
    }
    for (const stream of streams) yield* stream.rest();
  } finally {
    await Promise.all(streams.map((stream) => stream.close()));
  }
}

interface Tail {
  /** Lines completed by the next chunk; undefined when nothing new is there. */
  next(): Promise<JobLine[] | undefined>;
  rest(): JobLine[];
  close(): Promise<void>;
}

function tail(stream: JobLine["stream"], path: string): Tail {
  const splitter = lineSplitter();
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let file: FileHandle | undefined;
  let position = 0;
  const named = (lines: readonly string[]): JobLine[] => lines.map((line) => ({ stream, line }));
  return {
    async next() {
      file ??= await openIfThere(path);
      const { bytesRead = 0 } = (await file?.read(buffer, 0, CHUNK_BYTES, position)) ?? {};
      position += bytesRead;
      return bytesRead === 0 ? undefined : named(splitter.push(buffer.subarray(0, bytesRead)));
    },
    rest: () => named(splitter.flush()),
    close: async () => file?.close(),
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
