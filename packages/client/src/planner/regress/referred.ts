import type { Reference } from "../goal/reading.ts";
import type { ModelNode, Scene } from "./scene.ts";

/** The models that words like `the fine-tuned model` mean; of those the clause names, where it names some. */
export function referred(
  scene: Scene,
  references: readonly Reference[],
  named: readonly ModelNode[],
): readonly ModelNode[] {
  const family = scene.models.filter(
    (node) => named.length === 0 || named.some((one) => comesFrom(node, one)),
  );
  const meant = references.flatMap((reference) => {
    const labelled = family.findLast((node) => node.label.startsWith(reference));
    return labelled ?? (reference === "base" ? family.find((node) => !node.parent) : undefined) ?? [];
  });
  return [...new Set(meant)];
}

/** Whether a model is `ancestor`, or was made from it. */
export function comesFrom(node: ModelNode | undefined, ancestor: ModelNode): boolean {
  return node !== undefined && (node === ancestor || comesFrom(node.parent, ancestor));
}
