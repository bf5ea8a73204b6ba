import type { CommandArguments } from "../command-table.ts";
import type { Context } from "../context.ts";
import { type Check, runChecks } from "../doctor/checks.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import type { Palette, Role } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { padEnd, widthOf } from "../text/width.ts";

/** `trainyard doctor`: checks this machine; its status is that of the environment when something is missing. */
export async function doctorCommand(
  _args: CommandArguments,
  { io, home, json, out }: Context,
): Promise<number> {
  const checks = await runChecks({ home, env: io.env });
  if (json) printJson(io, { checks });
  else printLine(io, renderChecks(checks, out));
  return checks.some(({ verdict }) => verdict === "fail") ? EXIT.environment : EXIT.ok;
}

const ROLES: Readonly<Record<Check["verdict"], Role>> = { ok: "good", warn: "warn", fail: "bad" };

function renderChecks(checks: readonly Check[], palette: Palette): string {
  const width = Math.max(...checks.map(({ name }) => widthOf(name)));
  return checks
    .flatMap(({ name, verdict, detail, fix }) => [
      `${palette(ROLES[verdict], verdict.padEnd(4))}  ${padEnd(name, width)}  ${sanitizeLine(detail)}`,
      ...(fix ? [`${" ".repeat(width + 8)}→ ${sanitizeLine(fix)}`] : []),
    ])
    .join("\n");
}
