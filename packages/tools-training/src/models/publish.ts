import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactRef, JsonObject, ToolContext } from "@trainyard/core";
import { type CardFacts, modelCard } from "./model-card.ts";

/** A model that a worker has written, and all that is known about it. */
export interface FinishedModel {
  readonly folder: string;
  readonly kind: string;
  readonly tool: string;
  readonly card: CardFacts;
  readonly meta: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A stored and registered model. */
export interface PublishedModel {
  readonly ref: ArtifactRef;
  /** `name@version`. */
  readonly version: string;
}

/** Puts the card into the model's folder, stores the folder, and registers it as the next version of its name. */
export async function publishModel(model: FinishedModel, context: ToolContext): Promise<PublishedModel> {
  const card = modelCard(model.card);
  await writeFile(join(model.folder, "README.md"), card);
  const ref = await context.artifacts.put(model.folder, {
    kind: model.kind,
    name: model.card.name,
    meta: model.meta,
  });
  const { name, version } = await context.models.register({
    name: model.card.name,
    ref,
    card,
    manifest: {
      tool: model.tool,
      runId: context.runId,
      stepId: context.stepId,
      inputs: model.inputs,
      parameters: model.card.parameters,
      seed: Number(model.card.parameters["seed"] ?? 42),
      environment: model.environment,
      metrics: model.metrics,
    },
  });
  return { ref, version: `${name}@${version}` };
}
