import { closeSync, openSync, writeSync } from "node:fs";

/** Keeps one output stream of a job. */
export interface OutputSink {
  write(chunk: Uint8Array): void;
  close(): void;
}

/** Appends to a file up to `maxBytes`, then leaves a mark and drops the rest, so that the job is never held back. */
export function outputSink(path: string, name: string, maxBytes: number): OutputSink {
  const fd = openSync(path, "wx", 0o600);
  let left = maxBytes;
  let open = true;

  function cut(reason: string): void {
    open = false;
    tryWrite(`\n[trainyard: ${name} cut here: ${reason}; the job goes on]\n`);
  }
  function tryWrite(data: Uint8Array | string): string | undefined {
    try {
      const bytes = Buffer.from(data as string);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  return {
    write(chunk) {
      if (!open) return;
      const failure = tryWrite(chunk.subarray(0, left));
      left -= chunk.length;
      if (failure !== undefined) cut(failure);
      else if (left < 0) cut(`more than ${maxBytes} bytes`);
    },
    close: () => closeSync(fd),
  };
}
