import { defineTool, type JsonObject, TrainyardError } from "@trainyard/core";
import { resolveModel } from "../models/model-source.ts";
import type { TrainingSettings } from "../options.ts";
import { preflightEvaluate } from "../preflight/preflight-evaluate.ts";
import { runWorker } from "../worker/run-worker.ts";
import { stageArtifact, stageModel } from "../worker/staging.ts";
import { evaluateInput, evaluateOutput, isBenchmark } from "./evaluate-schema.ts";
import { isFloating } from "./floating.ts";
import { resolveEvaluate } from "./resolve-evaluate.ts";

/** Makes the tool that measures a model. */
export function evaluateTool(settings: TrainingSettings) {
  return defineTool({
    name: "evaluate",
    description:
      "Measures a model: SQuAD exact match and F1, exact match of completions, perplexity, or lm-eval benchmarks.",
    version: "1",
    input: evaluateInput,
    output: evaluateOutput,
    annotations: { title: "Evaluate a model", readOnlyHint: true, openWorldHint: true },
    isolation: "process",
    resources: settings.resources,
    cache: true,
    validate: async ({ report }) => !isFloating(report),
    preflight: (input, context) => preflightEvaluate(input, context, settings),
    async run(input, context) {
      const parameters = resolveEvaluate(input);
      const source = await resolveModel(input.model, {
        models: context.models,
        modelRoots: settings.modelRoots,
      });
      const outcome = await runWorker(
        {
          tool: "evaluate",
          env: input.env,
          async stage(folder) {
            const staged = await stageModel(source, folder, context.artifacts);
            const dataset = await stageArtifact(input.dataset, folder, "dataset", context.artifacts);
            const values = { ...parameters, model: staged.model, ...(dataset && { dataset }) };
            const benchmarks = input.tasks?.some(isBenchmark) ?? false;
            return { input: values, hub: staged.hub || benchmarks, readOnly: staged.readOnly };
          },
        },
        context,
        settings,
      );
      const results = numbersOf(outcome.values);
      if (Object.keys(results).length === 0)
        throw new TrainyardError("WORKER_FAILED", "The worker of `evaluate` ended without a single score.");
      const { path } = await outcome.output("report", ["report"]);
      const report = await context.artifacts.put(path, {
        kind: "report",
        name: `${source.label}-report`,
        meta: { model: source.label, results, ...(source.floating && { floating: true }) },
      });
      return { report, ...headlines(results), results, duration_ms: outcome.durationMs };
    },
  });
}

/** Times differ from run to run and would make equal reports differ. */
const NOT_SCORES = new Set(["runtime_s", "model_size_bytes"]);

function numbersOf(values: JsonObject): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number" && !NOT_SCORES.has(entry[0]),
    ),
  );
}

function headlines({ exact_match, f1, perplexity, total }: Readonly<Record<string, number>>) {
  return {
    ...(exact_match !== undefined && { exact_match }),
    ...(f1 !== undefined && { f1 }),
    ...(perplexity !== undefined && { perplexity }),
    ...(total !== undefined && { total: Math.round(total) }),
  };
}
