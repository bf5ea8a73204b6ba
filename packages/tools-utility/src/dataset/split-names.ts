const SPLITS: Readonly<Record<string, string>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  eval: "validation",
  test: "test",
  testing: "test",
};

/** The split a path names, by its file name or else the folder it is in, such as `dev-v2.0.json` or `test/0000.parquet`. */
export function splitOfPath(path: string): string | undefined {
  const segments = path.split("/").slice(-2).toReversed();
  for (const segment of segments) {
    const words = segment.toLowerCase().split(/[^a-z]+/);
    const found = words.find((word) => Object.hasOwn(SPLITS, word));
    if (found !== undefined) return SPLITS[found];
  }
  return undefined;
}

/** The usual name of a split: `dev` and `val` are `validation`; other names stay as they are. */
export function canonicalSplit(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(SPLITS, lower) ? SPLITS[lower]! : name;
}
