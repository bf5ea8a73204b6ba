/** Names as they stand in a message: each in backticks, at most `limit`. */
export function quoted(names: Iterable<string>, limit = 20): string {
  const all = [...names];
  const shown = all.slice(0, limit).map((name) => `\`${clipped(name, 80)}\``);
  return [...shown, ...(all.length > limit ? [`and ${all.length - limit} more`] : [])].join(", ");
}

/** Text cut to `length` characters, so that hostile input cannot flood a message. */
export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
