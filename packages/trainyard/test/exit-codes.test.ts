import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { COMMANDS, COMMON_OPTIONS } from "../src/command-table.ts";
import { EXIT, EXIT_BY_CODE } from "../src/exit-codes.ts";

const reference = (name: string) =>
  readFile(new URL(`../../../docs/reference/${name}`, import.meta.url), "utf8");

test("the reference lists every error code under its exit status", async () => {
  const page = await reference("exit-codes.md");
  const rows = new Map(
    [...page.matchAll(/^\| (\d+) +\|(.*)$/gm)].map(([, status, rest]) => [Number(status), rest!]),
  );
  for (const status of Object.values(EXIT)) expect(rows.has(status), `status ${status}`).toBe(true);
  for (const [code, status] of Object.entries(EXIT_BY_CODE))
    expect(rows.get(status), code).toContain(`\`${code}\``);
});

test("the reference lists every command with its options", async () => {
  const page = await reference("cli.md");
  for (const { name, options } of COMMANDS) {
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0];
    expect(section, name).toBeDefined();
    for (const option of options) expect(section, `${name} --${option.name}`).toContain(`--${option.name}`);
  }
  for (const option of COMMON_OPTIONS) expect(page).toContain(`--${option.name}`);
});
