import {
  type ArtifactRef,
  isArtifactRef,
  type JsonValue,
  kindFits,
  parseReference,
  type RunRecord,
  type StepRecord,
} from "@trainyard/core";

/** The scores of one evaluated model. */
export interface ModelRow {
  /** Where the model comes from: the step that made it, or the name it was given by. */
  readonly model: string;
  readonly evaluation: string;
  readonly exactMatch?: number | undefined;
  readonly f1?: number | undefined;
  readonly perplexity?: number | undefined;
  /** What lies on disk; of an adapter, the adapter alone. */
  readonly sizeBytes?: number | undefined;
  readonly isAdapter: boolean;
}

/** Collects what the evaluations of a run found, in the order of the workflow. */
export function modelRowsOf(run: RunRecord, steps: readonly StepRecord[]): readonly ModelRow[] {
  const records = new Map(steps.map((step) => [step.stepId, step]));
  return Object.entries(run.spec.steps).flatMap(([stepId, { input }]) => {
    const outputs = records.get(stepId)?.outputs;
    const given = input["model"];
    if (!outputs || given === undefined) return [];
    const row = {
      exactMatch: numberIn(outputs, "exact_match"),
      f1: numberIn(outputs, "f1"),
      perplexity: numberIn(outputs, "perplexity"),
    };
    if (Object.values(row).every((value) => value === undefined)) return [];
    const ref = artifactIn(given, steps);
    const isAdapter = ref !== undefined && kindFits(ref.kind, "model.adapter");
    return [{ model: modelLabel(given), evaluation: stepId, ...row, sizeBytes: ref?.sizeBytes, isAdapter }];
  });
}

/** Every artifact that the steps of a run gave. */
export function artifactsOf(steps: readonly StepRecord[]): readonly ArtifactRef[] {
  return steps.flatMap(({ outputs }) => refsIn(outputs as JsonValue | undefined));
}

/** What steps say about what they made, by step. */
export function descriptionsOf(
  steps: readonly StepRecord[],
): readonly (readonly [stepId: string, description: string])[] {
  return steps.flatMap(({ stepId, outputs }) => {
    const description = outputs?.["description"];
    return typeof description === "string" ? [[stepId, description] as const] : [];
  });
}

function modelLabel(given: JsonValue): string {
  const reference = parseReference(given);
  if (reference) return reference.stepId;
  return isArtifactRef(given) ? (given.name ?? given.digest) : String(given);
}

/** Steps that were taken from an earlier run have no input of their own: the reference is followed instead. */
function artifactIn(given: JsonValue, steps: readonly StepRecord[]): ArtifactRef | undefined {
  const reference = parseReference(given);
  const value = reference
    ? steps.find(({ stepId }) => stepId === reference.stepId)?.outputs?.[reference.output]
    : given;
  return isArtifactRef(value) ? value : undefined;
}

function numberIn(outputs: Readonly<Record<string, JsonValue>>, name: string): number | undefined {
  const value = outputs[name];
  return typeof value === "number" ? value : undefined;
}

function refsIn(value: JsonValue | undefined): readonly ArtifactRef[] {
  if (isArtifactRef(value)) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => refsIn(inner));
}
