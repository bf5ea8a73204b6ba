import { quoted } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";
import type { DatasetSource, SourceFile } from "./source.ts";
import { canonicalSplit } from "./split-names.ts";

/** The splits to load, by the output they fill. */
export interface ChosenSplits {
  readonly train: { readonly split: string; readonly files: readonly SourceFile[] };
  readonly validation?: readonly SourceFile[] | undefined;
  readonly test?: readonly SourceFile[] | undefined;
  readonly warnings: readonly string[];
}

/** Picks `train`, `validation` and `test`, or the one split asked for. Throws `DATASET_INVALID` naming the splits there are. */
export function chooseSplits({ splits, label }: DatasetSource, wanted: string | undefined): ChosenSplits {
  const name = wanted === undefined ? "train" : splits.has(wanted) ? wanted : canonicalSplit(wanted);
  const files = splits.get(name);
  if (!files) {
    const there = [...splits.keys()];
    const fix = wanted === undefined && there[0] ? ` Pass \`split: "${there[0]}"\` to load that one.` : "";
    throw datasetInvalid(`\`${label}\` has no split \`${name}\`; it has ${quoted(there)}.${fix}`, {
      found: there,
    });
  }
  if (wanted === undefined) {
    const others = [...splits.keys()].filter((split) => !["train", "validation", "test"].includes(split));
    const warnings =
      others.length > 0
        ? [`Splits that were not loaded: ${quoted(others)}. Pass \`split\` for one of them.`]
        : [];
    return {
      train: { split: name, files },
      validation: splits.get("validation"),
      test: splits.get("test"),
      warnings,
    };
  }
  const warnings =
    name === "train" ? [] : [`\`train\` holds the rows of the split \`${name}\`, as asked for.`];
  return { train: { split: name, files }, warnings };
}
