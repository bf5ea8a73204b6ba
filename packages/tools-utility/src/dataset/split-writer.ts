import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** Writes lines to one file with backpressure, counting and hashing them. */
export interface SplitWriter {
  write(line: string): Promise<void>;
  /** Closes the file whole. */
  end(): Promise<{ readonly rows: number; readonly sha256: string }>;
  /** Closes the file after a failure; never throws. */
  abandon(): void;
}

/** Opens `path` for writing; it must not exist. System errors such as a full disk come out of `write` and `end`. */
export function createSplitWriter(path: string): SplitWriter {
  const stream = createWriteStream(path, { flags: "wx" });
  const hash = createHash("sha256");
  const done = finished(stream);
  let failure: unknown;
  done.catch((error: unknown) => (failure = error));
  let rows = 0;
  return {
    async write(line) {
      if (failure) throw failure;
      rows += 1;
      hash.update(line).update("\n");
      if (!stream.write(`${line}\n`)) await Promise.race([once(stream, "drain"), done]);
    },
    async end() {
      stream.end();
      await done;
      return { rows, sha256: hash.digest("hex") };
    },
    abandon: () => void stream.destroy(),
  };
}
