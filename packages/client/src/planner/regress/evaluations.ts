import { fieldsOf } from "../fields.ts";
import type { Action, Mention } from "../goal/reading.ts";
import { toolForVerb } from "../goal/verbs.ts";
import type { DraftStep, Inputs } from "./draft.ts";
import { comesFrom, referred } from "./referred.ts";
import { roleOf, slugOf } from "./roles.ts";
import { type DatasetEntity, fromGoal, type ModelNode, type Scene } from "./scene.ts";
import { planStep, type Regress } from "./step.ts";

/** A clause that asks for an evaluation. */
export interface EvaluationRequest {
  readonly action: Action;
  readonly given: Inputs;
  readonly models: readonly ModelNode[];
  /** The datasets the clause itself names; without one, that of the last training is used. */
  readonly datasets: readonly DatasetEntity[];
  /** Benchmarks and measures the clause names. */
  readonly tasks: readonly Mention[];
}

interface One {
  readonly model: ModelNode | undefined;
  readonly given?: Inputs | undefined;
  readonly dataset?: DatasetEntity | undefined;
  readonly split?: string | undefined;
  /** The step whose dataset the last of several models was trained on. */
  readonly data?: DraftStep | undefined;
  /** False where the evaluation needs no dataset of the plan. Default `true`. */
  readonly ownData?: boolean | undefined;
}

/**
 * Plans the evaluations of a clause. Models that a plan itself makes from a model it trains are evaluated together with
 * what they were made from, on the same dataset: a number means something only beside another.
 */
export function evaluateAsked(scene: Scene, request: EvaluationRequest, regress: Regress): void {
  const { action, datasets } = request;
  const given = withTasks(scene, request);
  // A benchmark brings its own questions.
  const ownData = datasets.length > 0 || !request.tasks.some((task) => task.role === "task");
  const models = modelsMeant(scene, request);
  const list: readonly (DatasetEntity | undefined)[] = datasets.length > 0 ? datasets : [undefined];
  const data = dataOf(models.at(-1));
  for (const dataset of list) {
    for (const model of models.length > 0 ? models : [undefined]) {
      evaluateModel(scene, { model, given, dataset, split: action.split, data, ownData }, regress);
    }
  }
}

function withTasks(scene: Scene, { given, tasks }: EvaluationRequest): Inputs {
  const tool = toolForVerb("evaluate", scene.draft.catalog.tools);
  if (tasks.length === 0 || !tool) return given;
  if (fieldsOf(tool).get("tasks")?.types.has("array")) {
    return new Map([
      ...given,
      [
        "tasks",
        fromGoal(
          tasks.map((task) => task.value),
          tasks.map((task) => task.words).join(", "),
        ),
      ],
    ]);
  }
  scene.draft.ask({
    what: "tasks",
    question: `\`${tool.name}\` takes no benchmarks. Which dataset should it use instead of \`${tasks[0]!.words}\`?`,
    suggestions: [],
  });
  return given;
}

/** Plans the evaluation of one model; on the data of its training where the goal names no other. */
export function evaluateModel(
  scene: Scene,
  { model, given, dataset, split, data, ownData = true }: One,
  regress: Regress,
): DraftStep | undefined {
  const tool = toolForVerb("evaluate", scene.draft.catalog.tools);
  if (!tool) return undefined;
  const own = dataset ? undefined : (scene.derived ?? data ?? dataOf(model));
  const ids = idsFor(scene, roleOf(tool), model, dataset);
  const step = planStep(
    scene,
    {
      tool,
      given: given ?? new Map<string, never>(),
      model,
      dataset: dataset ?? scene.dataset,
      datasetNamed: ownData,
      data: own,
      split,
      ids,
    },
    regress,
  );
  if (model) scene.evaluated.set(model, step);
  return step;
}

/** The step that loaded what a model, or what it was made from, was trained on. */
function dataOf(model: ModelNode | undefined): DraftStep | undefined {
  return model?.data ?? (model?.parent ? dataOf(model.parent) : undefined);
}

function modelsMeant(scene: Scene, { action, models }: EvaluationRequest): readonly ModelNode[] {
  const { references } = action;
  const named = referred(scene, references, models);
  if (models.length > 0) return named.length > 0 ? named : models;
  if (references.includes("all")) return allMade(scene);
  if (references.includes("both")) return scene.models.slice(-2);
  if (named.length > 0)
    return [
      ...new Set(
        references.includes("base") && scene.subject && isBeforeAfter(action)
          ? [...named, scene.subject]
          : named,
      ),
    ];
  return scene.subject ? lineOf(scene, scene.subject) : [];
}

function isBeforeAfter(action: Action): boolean {
  return !action.references.includes("tuned") && !action.references.includes("quantized");
}

function allMade(scene: Scene): readonly ModelNode[] {
  const made = scene.models.filter((node) => node.step);
  return made.length > 0 ? made : scene.models;
}

/** A model with those it was made from, where the first of them is trained by the plan itself. */
function lineOf(scene: Scene, model: ModelNode): readonly ModelNode[] {
  const line: ModelNode[] = [];
  for (let node: ModelNode | undefined = model; node; node = node.parent) line.unshift(node);
  const trainedHere = line[0]?.step !== undefined;
  return trainedHere ? line.filter((node) => node === model || !scene.evaluated.has(node)) : [model];
}

/** `eval` for a lone model, `eval_tuned` and the like where there are several. */
function idsFor(
  scene: Scene,
  role: string,
  model: ModelNode | undefined,
  dataset: DatasetEntity | undefined,
): readonly string[] {
  const others = scene.models.length > 1;
  const label =
    model === undefined
      ? ""
      : model.label || (scene.derives && isBase(scene, model) ? "base" : others ? slugOf(model.value) : "");
  const id = label ? `${role}_${label}` : role;
  return [id, ...(dataset ? [`${id}_${slugOf(dataset.mention.value)}`] : [])];
}

function isBase(scene: Scene, model: ModelNode): boolean {
  return scene.models.every((node) => node === model || node.step !== undefined);
}

/** Comparing means one evaluation for every model of the plan, those it starts from included. */
export function evaluateAll(scene: Scene, given: Inputs, regress: Regress): void {
  const data = dataOf(scene.models.findLast((node) => node.data));
  for (const model of scene.models)
    if (!scene.evaluated.has(model)) evaluateModel(scene, { model, given, data }, regress);
  if (scene.models.length === 0) evaluateModel(scene, { model: undefined, given }, regress);
}

/**
 * Finetuning is done for its result: where nothing that comes of a finetuned model is evaluated, it is evaluated itself,
 * and so is what is made smaller from it.
 */
export function evaluateRemaining(scene: Scene, regress: Regress): void {
  for (const model of scene.models.filter(isResult)) {
    const covered = [...scene.evaluated.keys()].some((node) => comesFrom(node, model));
    const tunedFurther = scene.models.some((node) => node.parent === model && hasRole(node, "tune"));
    if (!covered && !tunedFurther) evaluateModel(scene, { model }, regress);
  }
}

function isResult(node: ModelNode): boolean {
  return (
    hasRole(node, "tune") ||
    (hasRole(node, "quantized") && node.parent !== undefined && isResult(node.parent))
  );
}

function hasRole(node: ModelNode, role: string): boolean {
  return node.step !== undefined && roleOf(node.step.tool) === role;
}
