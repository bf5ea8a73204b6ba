import type { JsonObject, JsonValue } from "@trainyard/core";

/** What a card is written from. */
export interface CardFacts {
  readonly name: string;
  /** One sentence: what the model is. */
  readonly description: string;
  /** Hub name or digest of the base. */
  readonly base?: string | undefined;
  readonly datasets: readonly string[];
  readonly library: "transformers" | "peft";
  readonly tags: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly parameters: JsonObject;
  readonly demo: boolean;
}

const DEMO_NOTE =
  "> This goes back to a tiny random-init demo model: it shows that the pipeline works, and answers nothing beyond its training data.\n";

/** The model card: Markdown with the YAML front matter that model hubs read. A licence that is not known is left out. */
export function modelCard(facts: CardFacts): string {
  const parts = [
    frontMatter(facts),
    `# ${plain(facts.name)}\n`,
    `${plain(facts.description)}\n`,
    ...(facts.demo ? [DEMO_NOTE] : []),
    table("Metrics", ["metric", "value"], facts.metrics),
    table("Parameters", ["parameter", "value"], facts.parameters),
  ];
  return parts.filter(Boolean).join("\n");
}

function frontMatter({ base, datasets, library, tags, metrics }: CardFacts): string {
  const lines = [
    ...(base ? [`base_model: ${yaml(base)}`] : []),
    ...list("datasets", datasets),
    `library_name: ${library}`,
    ...list("tags", ["trainyard", ...tags]),
    ...list("metrics", Object.keys(metrics)),
  ];
  return `---\n${lines.join("\n")}\n---\n`;
}

function list(key: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${key}:`, ...values.map((value) => `  - ${yaml(value)}`)];
}

/** A JSON string is a YAML string, whatever is in it. */
function yaml(value: string): string {
  return /^[A-Za-z][\w./-]*$/.test(value) ? value : JSON.stringify(value);
}

function table(
  title: string,
  head: readonly string[],
  rows: Readonly<Record<string, JsonValue | undefined>>,
): string {
  const entries = Object.entries(rows).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return "";
  const lines = entries.map(([key, value]) => `| ${plain(key)} | ${plain(shown(value))} |`);
  return [`## ${title}\n`, `| ${head.join(" | ")} |`, "| --- | --- |", ...lines, ""].join("\n");
}

function shown(value: JsonValue | undefined): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Keeps one line in its place: no HTML, no table cells, no line breaks of its own. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
