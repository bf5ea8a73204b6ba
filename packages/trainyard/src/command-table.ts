import type { Context } from "./context.ts";

/** One option of a command. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What its value is called; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

/** What a command is called with. */
export interface CommandArguments {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** Runs a command and gives its exit status. */
type CommandMain = (args: CommandArguments, context: Context) => Promise<number>;

/** A command of `trainyard`; its code is loaded when it is called, so that `--help` loads none. */
export interface CommandSpec {
  readonly name: string;
  readonly synopsis: string;
  readonly summary: string;
  /** Most words it takes beside its options; unlimited where it takes a goal. */
  readonly maxWords?: number;
  readonly options: readonly OptionSpec[];
  load(): Promise<CommandMain>;
}

const JSON_OPTION: OptionSpec = { name: "json", help: "Print one JSON document on stdout." };
const SERVER: OptionSpec = {
  name: "server",
  value: "URL",
  help: "Use this gateway (also TRAINYARD_SERVER) instead of the one of this folder.",
};

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: "no-color", help: "No colours (also NO_COLOR)." },
  { name: "help", short: "h", help: "Show this help." },
  { name: "version", help: "Show the version." },
];

const PLANNING: readonly OptionSpec[] = [
  {
    name: "plan",
    value: "FILE",
    help: "Take the workflow from a JSON file (- for stdin) instead of planning a goal.",
  },
  SERVER,
  JSON_OPTION,
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "run",
    synopsis: "run GOAL | run --plan FILE | run SPEC.json",
    summary: "Plan a goal, show the plan, check what it needs, and run it.",
    options: [
      ...PLANNING,
      { name: "yes", short: "y", help: "Run without asking." },
      { name: "plan-only", help: "Show the plan and stop." },
      { name: "dry-run", help: "Show the resolved parameters and what each step needs, and stop." },
      { name: "force", help: "Run although the machine seems too small." },
      { name: "no-cache", help: "Do every step again, even where an earlier result would do." },
      { name: "json-stream", help: "Print the run's events on stdout, one JSON object per line." },
    ],
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "plan",
    synopsis: "plan GOAL | plan --plan FILE",
    summary: "Show the plan for a goal without running it.",
    options: PLANNING,
    load: async () => (await import("./commands/plan.ts")).planCommand,
  },
  {
    name: "status",
    synopsis: "status [RUN | latest]",
    summary: "Show where a run and its steps stand; the latest run by default.",
    maxWords: 1,
    options: [{ name: "all", help: "List the latest 50 runs instead." }, SERVER, JSON_OPTION],
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  {
    name: "logs",
    synopsis: "logs RUN [STEP]",
    summary: "Show what the steps of a run logged.",
    maxWords: 2,
    options: [{ name: "follow", short: "f", help: "Go on until the run ends." }, SERVER, JSON_OPTION],
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  {
    name: "models",
    synopsis: "models [NAME] | models export NAME[@VERSION] DIR",
    summary: "List the registered models, or write one into a folder.",
    maxWords: 3,
    options: [SERVER, JSON_OPTION],
    load: async () => (await import("./commands/models.ts")).modelsCommand,
  },
  {
    name: "cancel",
    synopsis: "cancel RUN | cancel latest",
    summary: "Stop a run and wait until nothing of it is alive.",
    maxWords: 1,
    options: [SERVER, JSON_OPTION],
    load: async () => (await import("./commands/cancel.ts")).cancelCommand,
  },
  {
    name: "server",
    synopsis: "server",
    summary: "Start a gateway that MCP clients can connect to.",
    maxWords: 0,
    options: [
      { name: "port", value: "PORT", help: "Port on 127.0.0.1; 0 takes a free one. Default 7331." },
      JSON_OPTION,
    ],
    load: async () => (await import("./commands/server.ts")).serverCommand,
  },
  {
    name: "doctor",
    synopsis: "doctor",
    summary: "Check this machine: Node, Python, GPU, disk, the hub, and how to mend what is missing.",
    maxWords: 0,
    options: [JSON_OPTION],
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
];
