import type { RunEventOf } from "@trainyard/core";
import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { readEvents } from "./event-pages.ts";
import { requireRun, runArgument, runIdOf } from "./run-argument.ts";

interface Series {
  readonly step_id: string;
  readonly name: string;
  /** Values by step, so that an attempt which repeats a step replaces its value. */
  readonly values: Map<number, number>;
}

type Point = readonly [step: number, value: number];

/** The curves of a run. */
export const getMetrics = defineAdminTool({
  name: "get_metrics",
  description: "Gives the metrics of a run as series of [step, value], such as the loss while it trains.",
  annotations: READS,
  input: z.strictObject({
    ...runArgument,
    step_id: z.string().optional().describe("Only this step's metrics."),
    max_points: z
      .number()
      .int()
      .min(2)
      .max(10_000)
      .default(1000)
      .describe("Longer series are thinned out evenly."),
  }),
  output: z.object({
    series: z.array(
      z.object({
        step_id: z.string(),
        name: z.string(),
        points: z.array(z.array(z.number())).describe("[step, value] each."),
      }),
    ),
  }),
  async call(input, { runs }) {
    const { runId } = await requireRun(runs, runIdOf(input));
    const all = new Map<string, Series>();
    for await (const event of readEvents(runs, runId)) {
      if (event.type === "step-metric" && (input.step_id ?? event.stepId) === event.stepId)
        collect(all, event);
    }
    const series = [...all.values()].map(({ values, ...rest }) => ({
      ...rest,
      points: pointsOf(values, input.max_points),
    }));
    return { text: series.map(summary).join("\n") || "There are no metrics.", value: { series } };
  },
});

function collect(all: Map<string, Series>, event: RunEventOf<"step-metric">): void {
  for (const [name, value] of Object.entries(event.values)) {
    const key = JSON.stringify([event.stepId, name]);
    const series = all.get(key) ?? { step_id: event.stepId, name, values: new Map() };
    all.set(key, series);
    series.values.set(event.step ?? series.values.size, value);
  }
}

function pointsOf(values: ReadonlyMap<number, number>, max: number): readonly Point[] {
  const points = [...values].toSorted(([a], [b]) => a - b);
  if (points.length <= max) return points;
  return Array.from(
    { length: max },
    (_, index) => points[Math.round((index * (points.length - 1)) / (max - 1))]!,
  );
}

function summary({
  step_id: stepId,
  name,
  points,
}: {
  step_id: string;
  name: string;
  points: readonly Point[];
}): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  return `${stepId} ${name}: ${first[1]} at step ${first[0]}, ${last[1]} at step ${last[0]}, ${points.length} points`;
}
