import { parseReference } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import type { Draft, DraftStep } from "./draft.ts";
import { chooseOutput, isJudge } from "./ports.ts";
import { datasetPorts, sourceField } from "./roles.ts";
import { fromPlan } from "./scene.ts";

/** Parameters of loaders that set rows of the training data aside. */
const SET_ASIDE = ["val_size", "validation_size", "test_size"];
/** One file has no splits of its own; a folder or a dataset of the hub may have. */
const ONE_FILE = /\.(jsonl?|ndjson|csv|tsv|parquet|arrow|txt)(\.gz)?$/i;

/** Where nothing trains on a file, all of it is evaluated, not the share that would be set aside for that. */
export function useWholeFiles(draft: Draft): void {
  for (const loader of draft.steps.values()) {
    const field = SET_ASIDE.find((name) => fieldsOf(loader.tool).get(name)?.minimum === 0);
    const source = loader.inputs.get(sourceField(loader.tool) ?? "")?.value;
    if (field === undefined || loader.inputs.has(field) || !ONE_FILE.test(String(source))) continue;
    const judges = readersOf(draft, loader);
    if (judges.length === 0 || !judges.every(({ tool }) => isJudge(tool))) continue;
    draft.replace(loader, new Map([...loader.inputs, [field, fromPlan(0, "nothing trains on this file")]]));
    for (const judge of judges) draft.replace(judge, readingAll(judge, loader));
  }
}

function readersOf(draft: Draft, loader: DraftStep): readonly DraftStep[] {
  return [...draft.steps.values()].filter(({ inputs }) =>
    [...inputs.values()].some(({ value }) => parseReference(value)?.stepId === loader.id),
  );
}

function readingAll(judge: DraftStep, loader: DraftStep): DraftStep["inputs"] {
  const inputs = new Map(judge.inputs);
  for (const port of datasetPorts(judge.tool)) {
    const read = inputs.get(port);
    const output = chooseOutput(loader.tool, judge.tool, port, "train");
    if (read && parseReference(read.value)?.stepId === loader.id && output !== undefined)
      inputs.set(port, fromPlan({ $from: `${loader.id}.${output}` }, `all rows of \`${loader.id}\``));
  }
  return inputs;
}
