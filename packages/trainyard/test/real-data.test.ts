import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunEvent, RunEventOf } from "@trainyard/core";
import { emptyFolder, runCli, writeWorkflow } from "./support/cli.ts";

/** Real SQuAD 2.0, kept beside the checkout since its licence is not ours. */
const SQUAD = join(import.meta.dirname, "../../../../shared/data/squad-v2-dev-3-articles.json");

const why = !existsSync(SQUAD)
  ? "no SQuAD file beside the checkout"
  : process.env["TRAINYARD_TEST_PYTHON"]
    ? undefined
    : "no Python environment: `npm test` makes one";

test.skipIf(why !== undefined)(
  `real SQuAD 2.0 is trained, finetuned and evaluated on${why ? ` (${why})` : ""}`,
  { timeout: 300_000 },
  async () => {
    const cwd = await emptyFolder();
    await copyFile(SQUAD, join(cwd, "squad.json"));
    const short = { env: { $from: "env.env" }, max_length: 256, per_device_train_batch_size: 4 };
    const file = await writeWorkflow(cwd, {
      data: { tool: "load_dataset", input: { path: "squad.json", val_size: 0.1 } },
      env: { tool: "create_env" },
      base: {
        tool: "train",
        input: {
          ...short,
          preset: "tiny-llama",
          dataset: { $from: "data.train" },
          max_steps: 40,
          learning_rate: 2e-3,
        },
      },
      tune: {
        tool: "finetune",
        input: {
          ...short,
          model: { $from: "base.model" },
          dataset: { $from: "data.train" },
          max_steps: 6,
          gradient_accumulation_steps: 1,
        },
      },
      eval: {
        tool: "evaluate",
        input: {
          model: { $from: "tune.model" },
          dataset: { $from: "data.validation" },
          env: { $from: "env.env" },
          limit: 24,
          max_new_tokens: 8,
        },
      },
    });
    const { code, stdout, stderr } = await runCli("trainyard", ["run", file, "--yes", "--json-stream"], {
      cwd,
    });
    expect(code, stderr).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    const outputs = new Map(
      events
        .filter((event): event is RunEventOf<"step-end"> => event.type === "step-end")
        .map((event) => [event.stepId, event.outputs]),
    );
    const { format, rows } = outputs.get("data") as {
      format: string;
      rows: { train: number; validation: number };
    };
    expect(format).toBe("squad");
    expect(rows.train + rows.validation).toBe(950);
    // Whole paragraphs are drawn, so that the count is only near a tenth.
    expect(rows.validation).toBeGreaterThanOrEqual(80);
    expect(rows.validation).toBeLessThanOrEqual(140);
    expect(outputs.get("base")).toMatchObject({ steps: 40 });
    expect(outputs.get("eval")).toMatchObject({ total: 24 });
    const losses = events.flatMap((event) =>
      event.type === "step-metric" && event.stepId === "base" ? [event.values["loss"]] : [],
    );
    const numbers = losses.filter((loss): loss is number => loss !== undefined);
    expect(numbers.at(-1)!).toBeLessThan(numbers[0]!);
  },
);
