import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { type CommandArguments, COMMANDS, COMMON_OPTIONS, type CommandSpec } from "./command-table.ts";
import { commandText, overviewText, type Program } from "./usage.ts";

/** What a command line asks for. */
export type Request = { readonly kind: "text"; readonly text: string } | CommandRequest;

/** A command that is to be run. */
export interface CommandRequest {
  readonly kind: "command";
  readonly command: CommandSpec;
  readonly args: CommandArguments;
}

const FIXED_COMMAND: Readonly<Partial<Record<Program, string>>> = {
  "mcp-agent": "run",
  "mcp-server": "server",
};

/** Reads a command line. Throws `USAGE` naming what is wrong and what comes nearest. */
export async function readCommandLine(program: Program, argv: readonly string[]): Promise<Request> {
  const fixed = FIXED_COMMAND[program];
  const [first, ...others] = argv;
  const name = fixed ?? first;
  const rest = fixed === undefined ? others : argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help")
    return { kind: "text", text: overviewText() };
  if (name === "--version") return { kind: "text", text: readVersion() };
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command)
    throw await usageError(
      `There is no command \`${name}\`.`,
      name,
      COMMANDS.map((known) => known.name),
    );
  const args = await parse(program, command, rest);
  if (args.flags["help"]) return { kind: "text", text: commandText(program, command) };
  if (args.flags["version"]) return { kind: "text", text: readVersion() };
  const extra = args.positionals[command.maxWords ?? Infinity];
  if (extra !== undefined) throw await extraWord(program, command, extra);
  return { kind: "command", command, args };
}

function extraWord(program: Program, command: CommandSpec, word: string): Promise<Error> {
  const call = callOf(program, command);
  return usageError(`\`${word}\` is one word too many for \`${call}\`. See \`${call} --help\`.`);
}

function callOf(program: Program, { name }: CommandSpec): string {
  return program === "trainyard" ? `trainyard ${name}` : program;
}

/** The version of this package. */
function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}

async function parse(
  program: Program,
  command: CommandSpec,
  argv: readonly string[],
): Promise<CommandArguments> {
  const known = [...command.options, ...COMMON_OPTIONS];
  const options = Object.fromEntries(
    known.map(({ name, short, value }) => [
      name,
      { type: value ? "string" : "boolean", ...(short && { short }) },
    ]),
  ) as NonNullable<ParseArgsConfig["options"]>;
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { positionals, flags: values as CommandArguments["flags"] };
  } catch (thrown) {
    const unknown = /Unknown option '(-*)([^']*)'/.exec((thrown as Error).message);
    const call = callOf(program, command);
    if (!unknown)
      throw await usageError(
        `${(thrown as Error).message.split(". ", 1)[0]!.replace(/\.?$/, ".")} See \`${call} --help\`.`,
      );
    throw await usageError(
      `\`${call}\` has no option \`${unknown[1]}${unknown[2]}\`.`,
      unknown[2],
      known.map(({ name }) => name),
      "--",
    );
  }
}

/** Core is loaded on the way out only: the way to `--help` stays short. */
async function usageError(
  message: string,
  given?: string,
  known: readonly string[] = [],
  prefix = "",
): Promise<Error> {
  const { nearestName, TrainyardError } = await import("@trainyard/core");
  const near = given === undefined ? undefined : nearestName(given, known);
  const list = known.map((name) => `\`${prefix}${name}\``).join(", ");
  const hint = near ? ` Did you mean \`${prefix}${near}\`?` : list && ` Known: ${list}.`;
  return new TrainyardError("USAGE", `${message}${hint}`);
}
