import type { ModelVersion, RunRecord, StepRecord } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitize, sanitizeLine } from "../text/sanitize.ts";
import { alignCells } from "../text/table.ts";
import { bytesText, durationText } from "../text/units.ts";
import { renderLeafOutputs } from "./leaf-outputs.ts";
import { artifactsOf, descriptionsOf, modelRowsOf } from "./model-rows.ts";
import { renderModels } from "./model-table.ts";

/** Everything that is told of a run once it has ended. */
export interface RunReport {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  /** Registered models, of which those of this run are shown. */
  readonly models: readonly ModelVersion[];
  /** The folder or the gateway that keeps the models. */
  readonly place: string;
  /** The working directory that a failed step left on this machine. */
  folderOf(step: StepRecord): string | undefined;
}

/** The end of a run for people: scores, where the models lie, how to look again. */
export function renderSummary(report: RunReport, palette: Palette): string {
  const { run, steps } = report;
  const rows = modelRowsOf(run, steps);
  const made = modelsOf(report);
  const best = made[0];
  const blocks = [
    [headline(run, steps, palette), ...failureLines(report, palette)].join("\n"),
    ...(rows.length > 0 ? [renderModels(rows, palette)] : []),
    ...renderLeafOutputs(run, steps, new Set(rows.map(({ evaluation }) => evaluation)), palette),
    ...(made.length > 0 ? [`Models in ${report.place}\n${modelLines(made, palette)}`] : []),
    demoNotes(steps, palette).join("\n"),
    [
      ...(best ? [`Export:      trainyard models export ${best.name}@${best.version} ./model`] : []),
      `Look again:  trainyard status ${shortId(run.runId)}`,
    ].join("\n"),
  ];
  return blocks.filter(Boolean).join("\n\n");
}

/** The registered models that are outputs of this run, the last made first. */
export function modelsOf({ steps, models }: RunReport): readonly ModelVersion[] {
  const digests = artifactsOf(steps).map(({ digest }) => digest);
  const made = models.filter(({ ref }) => digests.includes(ref.digest));
  return made.toSorted((a, b) => digests.lastIndexOf(b.ref.digest) - digests.lastIndexOf(a.ref.digest));
}

/** As much of a run's id as a person wants to type. */
export function shortId(runId: string): string {
  return runId.slice(0, 8);
}

function headline(
  { name, status, createdAt, endedAt }: RunRecord,
  steps: readonly StepRecord[],
  palette: Palette,
): string {
  const role = status === "succeeded" ? "good" : status === "failed" ? "bad" : "warn";
  const took = endedAt === undefined ? "" : ` in ${durationText(endedAt - createdAt)}`;
  const cached = steps.filter((step) => step.status === "cached").length;
  const reused = cached > 0 ? `, ${cached} of ${steps.length} steps from earlier runs` : "";
  return `${palette(role, status)}${took}${reused}: ${sanitizeLine(name)}`;
}

/** The steps that failed, in the order in which they did: what failed first is the likeliest cause of the rest. */
export function failedSteps(steps: readonly StepRecord[]): readonly StepRecord[] {
  const failed = steps.filter(({ status }) => status === "failed");
  return failed.toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
}

function failureLines({ run, steps, folderOf }: RunReport, palette: Palette): readonly string[] {
  const failed = failedSteps(steps).flatMap((step) => {
    const folder = folderOf(step);
    return [
      `${palette("bad", "✗")} ${step.stepId}: ${sanitize(step.error?.message ?? "failed")}`,
      `  Logs:   trainyard logs ${shortId(run.runId)} ${step.stepId}`,
      ...(folder === undefined ? [] : [`  Files:  ${folder}`]),
    ];
  });
  return run.error ? [`${palette("bad", "✗")} ${sanitize(run.error.message)}`, ...failed] : failed;
}

/** Nobody should take a demo model for a real one. */
function demoNotes(steps: readonly StepRecord[], palette: Palette): readonly string[] {
  const demos = descriptionsOf(steps).filter(([, description]) => /\bdemo model\b/i.test(description));
  return demos.map(([stepId, text]) => `${palette("warn", "note:")} ${stepId}: ${sanitizeLine(text)}`);
}

function modelLines(models: readonly ModelVersion[], palette: Palette): string {
  const rows = models.map(({ name, version, ref }) => [
    palette("name", `${sanitizeLine(name)}@${version}`),
    ref.kind,
    bytesText(ref.sizeBytes),
    `${ref.digest.slice(0, 19)}…`,
  ]);
  return alignCells(rows)
    .map((row) => `  ${row}`)
    .join("\n");
}
