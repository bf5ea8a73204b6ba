import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorCodes } from "../src/index.ts";

const root = join(import.meta.dirname, "../../..");

function sources(): string {
  return readdirSync(join(root, "packages"))
    .flatMap((name) => [
      join(root, "packages", name, "src"),
      join(root, "packages", name, "python/trainyard_worker"),
    ])
    .flatMap((folder) => filesIn(folder))
    .filter((file) => /\.(ts|py)$/.test(file) && !/(core\/src\/errors|exit-codes)\.ts$/.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

it("documents every error code, and only those", () => {
  const page = readFileSync(join(root, "docs/reference/errors.md"), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
  expect(new Set(documented)).toEqual(new Set(errorCodes));
});

it("has no code that nothing uses", () => {
  const text = sources();
  expect(errorCodes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});
