import { kindFits, type Catalog, type ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import type { Action, GoalReading, Mention, Variant } from "../goal/reading.ts";
import { variantChoice } from "../goal/variants.ts";
import { toolForVerb } from "../goal/verbs.ts";
import { inOrder } from "./action-order.ts";
import { createDraft, type Draft, type DraftStep, identifier, type Inputs } from "./draft.ts";
import { evaluateAll, evaluateAsked, evaluateModel, evaluateRemaining } from "./evaluations.ts";
import { referred } from "./referred.ts";
import { datasetPorts, modelField, modelLabel, roleOf, slugOf } from "./roles.ts";
import { askForModel, type DatasetEntity, fromGoal, type ModelNode, type Scene } from "./scene.ts";
import { type Bindings, bindSettings, toolOf } from "./settings.ts";
import { chooseProducer, loadDataset, planStep, type Regress } from "./step.ts";
import { askAboutVariants, settleVariants, variantInputs } from "./variants.ts";
import { useWholeFiles } from "./whole-files.ts";

/** Turns what a goal asks for into steps, action by action, regressing over whatever tools the catalog has. */
export function lowerGoal(reading: GoalReading, catalog: Catalog): Draft {
  const actions = inOrder(settleVariants(reading.actions).map((action) => settleVerb(action, catalog)));
  const wanted = actions.filter((action) => !action.negated);
  const bindings = bindSettings(wanted, catalog);
  const scene: Scene = {
    draft: createDraft(catalog),
    puzzles: reading.puzzles,
    named: new Set(wanted.flatMap((action) => toolOf(action, catalog) ?? [])),
    shared: bindings.shared,
    derives: wanted.some((action) => action.verb === "finetune" || action.verb === "quantize"),
    models: [],
    subject: undefined,
    dataset: undefined,
    derived: undefined,
    config: undefined,
    evaluated: new Map(),
  };
  for (const question of bindings.unresolved) scene.draft.ask(question);
  for (const [index, action] of wanted.entries()) lowerAction(scene, action, wanted, bindings, index);
  const unwanted = actions.some((action) => action.negated && action.verb === "evaluate");
  if (!unwanted) evaluateRemaining(scene, regress);
  loadUnused(scene, wanted);
  if (wanted.every((action) => action.split === undefined)) useWholeFiles(scene.draft);
  return scene.draft;
}

/** Training that is said to use an adapter, or that starts from a model no `train` could take, is finetuning. */
function settleVerb(action: Action, catalog: Catalog): Action {
  if (action.verb !== "train") return action;
  const train = toolForVerb("train", catalog.tools);
  const finetune = toolForVerb("finetune", catalog.tools);
  const takesModel = train !== undefined && modelField(train) !== undefined;
  const named = action.mentions.some((mention) => mention.role === "model");
  return finetune && (action.variants.length > 0 || (named && !takesModel))
    ? { ...action, verb: "finetune" }
    : action;
}

/** Makes what a step needs and nothing in the goal has: a report about the current model. */
const regress: Regress = (scene, tool) => {
  if (tool === toolForVerb("evaluate", scene.draft.catalog.tools))
    return evaluateModel(scene, { model: scene.subject }, regress);
  return planStep(
    scene,
    {
      tool,
      given: new Map(),
      model: scene.subject,
      dataset: scene.dataset,
      data: scene.derived,
      ids: [roleOf(tool)],
    },
    regress,
    [tool],
  );
};

function lowerAction(
  scene: Scene,
  action: Action,
  actions: readonly Action[],
  bindings: Bindings,
  index: number,
): void {
  const { catalog } = scene.draft;
  const tool = toolOf(action, catalog);
  const datasets = datasetsOf(action, bindings, index);
  const models = modelsOf(scene, action);
  const previous = scene.dataset;
  if (datasets[0]) [scene.dataset, scene.derived] = [datasets[0], undefined];
  else if (scene.dataset && bindings.data[index]!.size > 0)
    scene.dataset = refine(scene.dataset, bindings.data[index]!);
  scene.config = action.mentions.find((mention) => mention.role === "config") ?? scene.config;
  if (models.at(-1)) scene.subject = models.at(-1);
  if (!tool) return askForTool(scene, action, catalog);
  askAboutVariants(scene, action);
  if (action.verb === "load" || isLoader(tool)) return;
  if (datasets.length > 1 && action.verb !== "evaluate" && action.verb !== "compare")
    askWhichDataset(scene, action, datasets);

  const given = bindings.own[index]!;
  if (action.verb === "compare") return evaluateAll(scene, given, regress);
  if (action.verb === "evaluate") {
    const tasks = action.mentions.filter((mention) => mention.role === "task" || mention.role === "measure");
    const preset = action.mentions.find((mention) => mention.role === "preset");
    if (preset && models.length === 0 && !scene.subject) askAboutPreset(scene, tool, preset);
    const own =
      datasets.length > 0 ? datasets : bindings.data[index]!.size > 0 && scene.dataset ? [scene.dataset] : [];
    evaluateAsked(scene, { action, given, models, datasets: own, tasks }, regress);
    // The dataset of an evaluation is not what a later training uses, unless there is no other.
    if (previous && datasets.length > 0) scene.dataset = previous;
    return;
  }
  if (action.verb === "finetune") trainFirst(scene, action, models);
  const bases = basesOf(scene, action, models);
  const variants = action.variants.length > 0 ? action.variants : [undefined];
  const own = (base: ModelNode | undefined) =>
    bases.length > 1 && base ? [base.label || slugOf(base.value)] : [];
  for (const base of bases) {
    for (const variant of variants) {
      makeStep(scene, {
        action,
        tool,
        settings: given,
        base,
        variant,
        config: scene.config,
        suffix: [...own(base), ...(variants.length > 1 && variant ? [variant.name] : [])].join("_"),
      });
    }
  }
}

/** The dataset of a clause: what it names, with the values it gives for loading it. */
function datasetsOf(action: Action, bindings: Bindings, index: number): readonly DatasetEntity[] {
  return action.mentions
    .filter((mention) => mention.role === "dataset")
    .map((mention) => ({ mention, parameters: bindings.data[index]! }))
    .filter((entity, at, all) => all.findIndex((one) => one.mention.value === entity.mention.value) === at);
}

function refine(entity: DatasetEntity, parameters: Inputs): DatasetEntity {
  return { ...entity, parameters: new Map([...entity.parameters, ...parameters]) };
}

function modelsOf(scene: Scene, action: Action): readonly ModelNode[] {
  return action.mentions
    .filter((mention) => mention.role === "model")
    .map((mention) => namedModel(scene, mention))
    .filter((node, index, all) => all.indexOf(node) === index);
}

function namedModel(scene: Scene, mention: Mention): ModelNode {
  const known = scene.models.find((node) => node.value === mention.value);
  if (known) return known;
  const node: ModelNode = {
    label: "",
    value: mention.value,
    words: mention.words,
    step: undefined,
    parent: undefined,
    data: undefined,
  };
  scene.models.push(node);
  return node;
}

/** What an action works on: what it refers to, else what it names, else what was made or named last. */
function basesOf(
  scene: Scene,
  action: Action,
  models: readonly ModelNode[],
): readonly (ModelNode | undefined)[] {
  const meant = referred(scene, action.references, models);
  if (meant.length > 0) return meant;
  if (models.length > 0) return models;
  if (action.references.includes("both")) return scene.models.slice(-2);
  const preset = action.mentions.find((mention) => mention.role === "preset");
  // A preset names a model to train, or the one that was trained from it.
  if (preset) return [scene.models.find((node) => node.step?.inputs.get("preset")?.value === preset.value)];
  return [scene.subject];
}

/** A preset is random weights, on which an adapter learns nothing: it is trained before it is finetuned. */
function trainFirst(scene: Scene, action: Action, models: readonly ModelNode[]): void {
  const { tools } = scene.draft.catalog;
  const tool = toolForVerb("train", tools);
  const preset = action.mentions.find((mention) => mention.role === "preset");
  const isKnown = basesOf(scene, action, models).some((base) => base !== undefined);
  const takesPreset = toolForVerb("finetune", tools);
  if (!tool || !preset || isKnown || (takesPreset && fieldsOf(takesPreset).has("preset"))) return;
  if (!fieldsOf(tool).get("preset")?.values.includes(preset.value)) return;
  const train: Action = { ...action, verb: "train", variants: [], references: [] };
  makeStep(scene, {
    action: train,
    tool,
    settings: new Map(),
    base: undefined,
    variant: undefined,
    config: undefined,
    suffix: "",
  });
}

interface MakeRequest {
  readonly action: Action;
  readonly tool: ToolDescriptor;
  readonly settings: Inputs;
  readonly base: ModelNode | undefined;
  readonly variant: Variant | undefined;
  readonly config: Mention | undefined;
  /** Tells apart the steps of an action that makes several. */
  readonly suffix: string;
}

function makeStep(scene: Scene, request: MakeRequest): void {
  const { action, tool, settings, base, variant, config, suffix } = request;
  const preset = action.mentions.find((mention) => mention.role === "preset");
  const given = new Map([...variantInputs(scene, tool, variant), ...settings]);
  if (preset && base) given.delete("preset");
  else if (preset && fieldsOf(tool).has("preset")) given.set("preset", fromGoal(preset.value, preset.words));
  else if (preset) askAboutPreset(scene, tool, preset);
  const startsFresh = action.verb === "train" && !base && !given.has("preset");
  const named = action.mentions.some((mention) => mention.role === "dataset");
  const calibrated = variant !== undefined && variantChoice(variant.name)?.calibrated;
  const role = roleOf(tool);
  const ids = suffix ? [`${role}_${suffix}`] : [role, ...(variant ? [`${role}_${variant.name}`] : [])];
  const step = planStep(
    scene,
    {
      tool,
      given,
      model: base,
      dataset: scene.dataset,
      datasetNamed: named || calibrated,
      data: scene.derived ?? (named ? undefined : calibrationData(tool, base)),
      config,
      split: action.split,
      ids,
    },
    regress,
  );
  if (startsFresh && !step.inputs.has("preset") && !step.inputs.has(modelField(tool) ?? ""))
    askForModel(scene, tool, fieldsOf(tool).get("preset")?.values);
  remember(scene, step, base);
}

/** A tool that may look at data beside its model looks at what the model was trained on. */
function calibrationData(tool: ToolDescriptor, base: ModelNode | undefined): DraftStep | undefined {
  const [port] = datasetPorts(tool);
  return port !== undefined && tool.inputs[port]!.optional ? base?.data : undefined;
}

/** Makes what a step gives the subject of what follows. */
function remember(scene: Scene, step: DraftStep, parent: ModelNode | undefined): void {
  for (const [output, port] of Object.entries(step.tool.outputs)) {
    const reference = { $from: `${step.id}.${output}` };
    if (kindFits(port.kind, "dataset")) scene.derived = step;
    if (!kindFits(port.kind, "model")) continue;
    const node = {
      label: modelLabel(step.tool, step.id),
      value: reference,
      words: step.id,
      step,
      parent,
      data: dataStepOf(scene, step) ?? parent?.data,
    };
    scene.models.push(node);
    scene.subject = node;
  }
}

function dataStepOf(scene: Scene, step: DraftStep): DraftStep | undefined {
  for (const [name, { value }] of step.inputs) {
    const port = step.tool.inputs[name];
    if (!port || !kindFits(port.kind, "dataset")) continue;
    return scene.draft.made.find((made) => JSON.stringify(made.reference) === JSON.stringify(value))?.step;
  }
  return undefined;
}

/** A tool that only brings a dataset in: it is planned where the dataset is needed. */
function isLoader(tool: ToolDescriptor): boolean {
  const makes = Object.values(tool.outputs).some((port) => kindFits(port.kind, "dataset"));
  return makes && Object.values(tool.inputs).every((port) => port.optional);
}

/** A goal that only loads a dataset plans its loading. */
function loadUnused(scene: Scene, actions: readonly Action[]): void {
  const loads = actions.some((action) => action.verb === "load" || (action.tool && isLoader(action.tool)));
  if (!loads || scene.draft.steps.size > 0 || !scene.dataset) return;
  const loader = chooseProducer(scene, "dataset", []);
  if (loader) loadDataset(scene, loader, scene.dataset, new Map(), regress);
}

function askForTool(scene: Scene, action: Action, catalog: Catalog): void {
  scene.draft.ask({
    what: "tool",
    question: `No registered tool can \`${action.words}\`. Which of the registered tools should be used, or which plugin brings one?`,
    suggestions: catalog.tools.map((tool) => tool.name).slice(0, 20),
  });
}

function askWhichDataset(scene: Scene, action: Action, datasets: readonly DatasetEntity[]): void {
  const values = datasets.map((dataset) => dataset.mention.value);
  scene.draft.ask({
    what: "dataset",
    question: `\`${action.words}\` takes one dataset, but the goal names ${values.length}: ${values.map((value) => `\`${value}\``).join(", ")}. Which one?`,
    suggestions: values,
  });
}

function askAboutPreset(scene: Scene, tool: ToolDescriptor, preset: Mention): void {
  scene.draft.ask({
    what: "model",
    question: `\`${tool.name}\` takes no preset, so \`${preset.words}\` has to be trained first. Should it be?`,
    suggestions: [`Train ${preset.words} first, then ${tool.name} it`],
  });
}

/** A readable name for a workflow, from what its goal asks for. */
export function workflowName(reading: GoalReading): string {
  const parts = reading.actions
    .filter((action) => !action.negated)
    .slice(0, 3)
    .flatMap((action) => [
      action.verb ?? action.tool?.name ?? "",
      ...action.mentions.slice(0, 2).map((mention) => mention.words),
    ]);
  const name = parts
    .map((part) => identifier(part).toLowerCase().replaceAll("_", "-"))
    .filter(Boolean)
    .join("-");
  return name.slice(0, 80) || "workflow";
}
