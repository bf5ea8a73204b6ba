import { TrainyardError, type JsonValue } from "@trainyard/core";
import { clipped } from "../message-text.ts";
import type { ValueType } from "./native-keys.ts";

/** A value as its key needs it: numbers and switches written as text are read. Throws `CONFIG_INVALID` naming the key. */
export function configValue(key: string, value: JsonValue, type: ValueType): JsonValue {
  const read = READERS[type.is](value, type as never);
  if (read !== undefined) return read;
  throw new TrainyardError("CONFIG_INVALID", `\`${key}\` must be ${described(type)}, not ${shown(value)}.`, {
    data: { key },
  });
}

const TRUE = /^(true|yes|on)$/i;
const FALSE = /^(false|no|off)$/i;
const NUMBER = /^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

function readNumber(value: JsonValue, type: ValueType & { is: "number" }): JsonValue | undefined {
  const isNumeric = typeof value === "string" && NUMBER.test(value.trim());
  const read = isNumeric ? Number(value.trim().replaceAll("_", "")) : value;
  if (typeof read !== "number" || !Number.isFinite(read)) return undefined;
  if (type.integer && !Number.isSafeInteger(read)) return undefined;
  return read < (type.min ?? read) || read > (type.max ?? read) ? undefined : read;
}

function readBoolean(value: JsonValue): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  return TRUE.test(value) ? true : FALSE.test(value) ? false : undefined;
}

function readText(value: JsonValue, type: ValueType & { is: "text" }): string | undefined {
  // YAML 1.1 readers write `eval_strategy: no` as false.
  const read = value === false && type.oneOf?.includes("no") ? "no" : value;
  if (typeof read !== "string" || read === "" || read.length > 4096) return undefined;
  return type.oneOf && !type.oneOf.includes(read) ? undefined : read;
}

/** Characters by which PEFT's pattern over whole module paths is told from a name. */
const PATTERN = /[\\^$*+?()[\]{}|]/;

function readModules(value: JsonValue): JsonValue | undefined {
  if (typeof value === "string" && PATTERN.test(value)) return value.length <= 1000 ? value : undefined;
  const list = typeof value === "string" ? value.split(",").map((name) => name.trim()) : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const names = list as readonly JsonValue[];
  if (!names.every((name) => typeof name === "string" && name !== "" && name.length <= 256)) return undefined;
  return names.length === 1 && ["all", "all-linear"].includes(names[0] as string) ? "all-linear" : names;
}

function readBf16(value: JsonValue): JsonValue | undefined {
  return value === "auto" ? value : readBoolean(value);
}

const READERS: {
  readonly [Is in ValueType["is"]]: (value: JsonValue, type: ValueType & { is: Is }) => JsonValue | undefined;
} = {
  number: readNumber,
  boolean: readBoolean,
  text: readText,
  modules: readModules,
  bf16: readBf16,
};

function described(type: ValueType): string {
  switch (type.is) {
    case "number": {
      const low = type.min === undefined ? "" : ` from ${type.min}`;
      return `${type.integer ? "an integer" : "a number"}${low}${type.max === undefined ? low && " up" : ` to ${type.max}`}`;
    }
    case "boolean":
      return "true or false";
    case "text":
      return type.oneOf ? `one of ${type.oneOf.join(", ")}` : "text";
    case "modules":
      return "a list of module names, one pattern, or `all-linear`";
    case "bf16":
      return "true, false or auto";
  }
}

function shown(value: JsonValue): string {
  return clipped(JSON.stringify(value) ?? "nothing", 80);
}
