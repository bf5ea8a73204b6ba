import { COMMANDS, COMMON_OPTIONS, type CommandSpec, type OptionSpec } from "./command-table.ts";

/** How a program is called. */
export type Program = "trainyard" | "mcp-agent" | "mcp-server";

/** What people start with. */
export const EXAMPLES = [
  'mcp-agent "Finetune Llama-2-7b on SQuAD dataset" --dry-run',
  'mcp-agent "Train a tiny Llama on the sample question-answering dataset and evaluate it"',
] as const;

/** The help of `trainyard` itself. */
export function overviewText(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const list = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "Usage: trainyard COMMAND [options]",
    "",
    "Trains, finetunes, quantizes and evaluates models from a goal in words.",
    "",
    ...list,
    "",
    "`mcp-agent GOAL` is `trainyard run GOAL`; `mcp-server` is `trainyard server`.",
    "`trainyard COMMAND --help` shows the options of a command.",
    "",
    "Examples:",
    ...EXAMPLES.map((example) => `  ${example}`),
  ].join("\n");
}

/** The help of one command, under the name it was called by. */
export function commandText(program: Program, command: CommandSpec): string {
  const calls = command.synopsis.split(" | ").map((call) => callText(program, command, call));
  return [
    `Usage: ${calls.join("\n       ")}`,
    "",
    command.summary,
    "",
    ...optionLines([...command.options, ...COMMON_OPTIONS]),
  ].join("\n");
}

function callText(program: Program, { name }: CommandSpec, call: string): string {
  // An alternative such as `status RUN | latest` is written without its command.
  const full = call.startsWith(name) ? call : `${name} ${call}`;
  return program === "trainyard"
    ? `trainyard ${full} [options]`
    : `${program} ${full.slice(name.length).trim()} [options]`.replaceAll("  ", " ");
}

function optionLines(options: readonly OptionSpec[]): readonly string[] {
  const heads = options.map(
    ({ name, short, value }) => `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return options.map(({ help }, index) => `  ${heads[index]!.padEnd(width)}  ${help}`);
}
