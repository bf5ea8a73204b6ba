/** Longest piece of a line, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Cuts bytes into lines. */
export interface LineSplitter {
  /** The lines that `chunk` completes. */
  push(chunk: Uint8Array): string[];
  /** The last line, when it has no end. */
  flush(): string[];
}

/** Splits UTF-8 at `\n` and `\r\n`; pieces of long lines end between characters, wherever the chunks were cut. */
export function lineSplitter(): LineSplitter {
  let rest: Buffer = Buffer.alloc(0);

  return {
    push(chunk) {
      const lines: string[] = [];
      let data: Buffer = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
        lines.push(...pieces(withoutReturn(data.subarray(0, end))));
        data = data.subarray(end + 1);
      }
      // Two bytes more than a piece: what stays behind must be more than the `\r` of a line end.
      while (data.length > MAX_LINE_BYTES + 1) {
        const cut = pieceEnd(data);
        lines.push(data.toString("utf8", 0, cut));
        data = data.subarray(cut);
      }
      rest = Buffer.from(data);
      return lines;
    },
    flush() {
      const last = rest;
      rest = Buffer.alloc(0);
      return last.length === 0 ? [] : pieces(last);
    },
  };
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}

function pieces(line: Buffer): string[] {
  const found: string[] = [];
  let left = line;
  while (left.length > MAX_LINE_BYTES) {
    const cut = pieceEnd(left);
    found.push(left.toString("utf8", 0, cut));
    left = left.subarray(cut);
  }
  found.push(left.toString("utf8"));
  return found;
}

function pieceEnd(data: Buffer): number {
  let cut = MAX_LINE_BYTES;
  // A character has at most three continuation bytes; more of them is not UTF-8 and is cut anywhere.
  for (let back = 0; back < 3 && (data[cut]! & 0xc0) === 0x80; back++) cut--;
  return (data[cut]! & 0xc0) === 0x80 ? MAX_LINE_BYTES : cut;
}
