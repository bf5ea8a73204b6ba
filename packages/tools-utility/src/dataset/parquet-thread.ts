import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { cancelled } from "../cancel.ts";
import { clipped } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";

/** A Parquet file open in a thread of its own: damaged files can make a decoder run for ever or out of memory. */
export interface ParquetThread {
  /** Rows of each row group, in order. */
  rowGroups(): Promise<readonly number[]>;
  rows(span: { readonly rowStart: number; readonly rowEnd: number }): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Bounds of a {@link ParquetThread}. */
export interface ParquetLimits {
  readonly signal: AbortSignal;
  /** Longest wait for one answer in ms. Default 120,000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const HEAP_MIB = 2048;

// As text, for a bundle has no file of its own for it; the libraries are found from here.
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const opened = (async () => {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import(workerData.hyparquet);
  const { compressors } = await import(workerData.compressors);
  const file = await asyncBufferFromFile(workerData.path);
  const metadata = await parquetMetadataAsync(file);
  return { metadata, read: (span) => parquetReadObjects({ file, metadata, compressors, ...span }) };
})();
opened.catch(() => {});
parentPort.on("message", async (span) => {
  try {
    const { metadata, read } = await opened;
    const value = span ? await read(span) : metadata.row_groups.map((group) => Number(group.num_rows));
    parentPort.postMessage({ value });
  } catch (error) {
    parentPort.postMessage({ problem: String((error && error.message) || error) });
  }
});
`;

/** Opens a file. Every method throws `DATASET_INVALID`, `CANCELLED`; `close` must be called. */
export function openParquet(path: string, name: string, limits: ParquetLimits): ParquetThread {
  const workerData = {
    path,
    hyparquet: import.meta.resolve("hyparquet"),
    compressors: import.meta.resolve("hyparquet-compressors"),
  };
  const worker = new Worker(THREAD, {
    eval: true,
    workerData,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  const ask = async (span: object | null): Promise<unknown> => {
    const patience = AbortSignal.timeout(limits.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const answer = once(worker, "message", { signal: AbortSignal.any([limits.signal, patience]) });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(span);
      const [{ value, problem }] = (await answer) as [{ value?: unknown; problem?: string }];
      if (problem !== undefined) throw new Error(problem);
      return value;
    } catch (error) {
      if (limits.signal.aborted) throw cancelled(error);
      throw unreadable(
        name,
        patience.aborted ? "decoding it does not come to an end" : (error as Error).message,
        error,
      );
    }
  };
  return {
    rowGroups: async () => (await ask(null)) as readonly number[],
    rows: async (span) => (await ask(span)) as readonly unknown[],
    close: async () => void (await worker.terminate()),
  };
}

function unreadable(name: string, reason: string, cause: unknown): Error {
  const message = `${name} is not a readable Parquet file: ${clipped(reason, 200)}. It may be damaged: fetch it again.`;
  return datasetInvalid(message, undefined, cause);
}
