const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size for people, in decimal units, such as `13.5 GB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${UNITS[power]}`;
}

/** A duration for people, such as `1h 05m`, `2m 07s`, `3.2s`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** A count for people, such as `6.74 B` or `150 K`. */
export function countText(count: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [1e9, " B"],
    [1e6, " M"],
    [1e3, " K"],
  ];
  const [size, unit] = steps.find(([limit]) => count >= limit) ?? [1, ""];
  return `${Number((count / size).toPrecision(3))}${unit}`;
}

/** A measured number with at most four digits that matter. */
export function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
