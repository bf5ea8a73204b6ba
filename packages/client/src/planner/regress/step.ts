import { kindFits, parseReference, type JsonValue, type ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import { datasetParameters } from "../goal/dataset-names.ts";
import { addDefaults, checkMethod } from "./defaults.ts";
import type { DraftStep, Inputs, Sourced } from "./draft.ts";
import { chooseOutput, isJudge, producersOf } from "./ports.ts";
import { adviceFor, type Advice } from "./recipes.ts";
import { datasetPorts, modelField, roleOf, slugOf, sourceField } from "./roles.ts";
import {
  askForDataset,
  askForModel,
  type DatasetEntity,
  fromGoal,
  fromPlan,
  type Scene,
  type StepRequest,
} from "./scene.ts";

/** Makes a report about the current model where a step needs one; given by the caller, since it is made of steps. */
export type Regress = (scene: Scene, tool: ToolDescriptor) => DraftStep | undefined;

/**
 * Plans one step: its model and dataset, then what matching recipes say, then a producer for every other port that is
 * required or that a recipe names.
 */
export function planStep(
  scene: Scene,
  request: StepRequest,
  regress: Regress,
  above: readonly ToolDescriptor[] = [],
): DraftStep {
  const { tool } = request;
  const inputs = new Map<string, Sourced>([...(scene.shared.get(tool.name) ?? []), ...request.given]);
  setModel(scene, request, inputs);
  const advice = adviceFor(scene.draft.catalog.recipes, tool.name, literalsOf(scene, request, inputs));
  for (const port of portsInOrder(tool)) {
    if (inputs.has(port) || !isWanted(request, port, advice)) continue;
    const value = feed(scene, request, port, advice, regress, [...above, tool]);
    if (value) inputs.set(port, value);
  }
  // A configuration file of the user's decides before a recipe does.
  if (!request.config)
    for (const [name, value] of advice.input) if (!inputs.has(name)) inputs.set(name, value);
  addDefaults(scene, request, inputs);
  askForRequired(scene, request, inputs);
  checkMethod(scene, tool, inputs);
  return scene.draft.add(tool, inputs, request.ids);
}

const PORT_ORDER = ["dataset", "config", "env"];

function portsInOrder(tool: ToolDescriptor): readonly string[] {
  const place = (kind: string) => {
    const at = PORT_ORDER.findIndex((one) => kindFits(kind, one));
    return at < 0 ? PORT_ORDER.length : at;
  };
  return Object.keys(tool.inputs).toSorted(
    (a, b) => place(tool.inputs[a]!.kind) - place(tool.inputs[b]!.kind),
  );
}

function setModel(scene: Scene, { tool, model }: StepRequest, inputs: Map<string, Sourced>): void {
  const field = modelField(tool);
  if (!field || !model || inputs.has(field)) return;
  const port = tool.inputs[field];
  if (model.step ? port : !port || port.literal) {
    inputs.set(
      field,
      model.step
        ? fromPlan(model.value, `the model of \`${model.step.id}\``)
        : fromGoal(model.value, model.words),
    );
    return;
  }
  scene.draft.ask({
    what: "model",
    question: model.step
      ? `\`${tool.name}\` takes the name of a model, not one that \`${model.step.id}\` has yet to make. Which model is meant?`
      : `\`${tool.name}\` takes a model that another step has made, not \`${String(model.value)}\` by name. Which step should make it?`,
    suggestions: [],
  });
}

/** What conditions of recipes may look at: the step's literals with their defaults, and those of the steps that feed it. */
function literalsOf(scene: Scene, request: StepRequest, inputs: Inputs): ReadonlyMap<string, JsonValue> {
  const literals = literalInputs(request.tool, inputs);
  const field = modelField(request.tool);
  if (field && request.model?.step)
    addFeeding(literals, field, literalInputs(request.model.step.tool, request.model.step.inputs));
  for (const port of datasetPorts(request.tool)) {
    const loaded = request.data && literalInputs(request.data.tool, request.data.inputs);
    const feeding = loaded ?? (request.dataset ? entityLiterals(scene, request.dataset) : undefined);
    if (feeding) addFeeding(literals, port, feeding);
  }
  return literals;
}

function addFeeding(
  literals: Map<string, JsonValue>,
  port: string,
  feeding: ReadonlyMap<string, JsonValue>,
): void {
  for (const [name, value] of feeding) literals.set(`${port}.${name}`, value);
}

function literalInputs(tool: ToolDescriptor, inputs: Inputs): Map<string, JsonValue> {
  const literals = new Map<string, JsonValue>();
  for (const field of fieldsOf(tool).values())
    if (field.fallback !== undefined) literals.set(field.name, field.fallback);
  for (const [name, { value }] of inputs) if (!parseReference(value)) literals.set(name, value);
  return literals;
}

function entityLiterals(scene: Scene, entity: DatasetEntity): ReadonlyMap<string, JsonValue> {
  const loader = chooseProducer(scene, "dataset", []);
  const given = loader && loaderInputs(loader, entity);
  return loader && given ? literalInputs(loader, given) : new Map();
}

function loaderInputs(loader: ToolDescriptor, entity: DatasetEntity): Map<string, Sourced> {
  const field = sourceField(loader);
  const { value, words } = entity.mention;
  const known = Object.entries(datasetParameters(value)).flatMap(([name, one]) =>
    one !== undefined && fieldsOf(loader).has(name)
      ? [[name, fromPlan(one, `how \`${value}\` is loaded`)] as const]
      : [],
  );
  return new Map<string, Sourced>([
    ...known,
    ...(field ? [[field, fromGoal(value, words)] as const] : []),
    ...entity.parameters,
  ]);
}

function isWanted(request: StepRequest, port: string, advice: Advice): boolean {
  const { kind, optional } = request.tool.inputs[port]!;
  if (!optional || advice.sources.has(port)) return true;
  if (kindFits(kind, "config")) return request.config !== undefined;
  const primary = datasetPorts(request.tool)[0] === port;
  return primary && (request.datasetNamed ?? isJudge(request.tool));
}

/** The value of a port: what the goal or an earlier step has for it, else what a producer is planned to make. */
function feed(
  scene: Scene,
  request: StepRequest,
  port: string,
  advice: Advice,
  regress: Regress,
  above: readonly ToolDescriptor[],
): Sourced | undefined {
  const { kind, list, optional } = request.tool.inputs[port]!;
  if (port === modelField(request.tool)) return missingModel(scene, request);
  if (kindFits(kind, "dataset")) return feedDataset(scene, request, port, advice, regress, above);
  const made = scene.draft.made.filter((one) => kindFits(one.kind, kind));
  const producer = chooseProducer(scene, kind, above);
  const isSource = producer && !Object.values(producer.inputs).some((one) => !one.optional);
  if (!isSource && made.length > 0)
    return wire(
      made.map((one) => one.reference),
      list,
    );
  if (!producer) {
    if (!optional)
      ask(
        scene,
        kind,
        `No registered tool makes the \`${kind}\` that \`${request.tool.name}\` needs as \`${port}\`. Which plugin does?`,
      );
    return undefined;
  }
  const step = isSource
    ? planSource(scene, request, port, producer, advice, regress, above)
    : regress(scene, producer);
  const output = step && chooseOutput(step.tool, request.tool, port);
  return step && output !== undefined ? wire([{ $from: `${step.id}.${output}` }], list) : undefined;
}

function ask(scene: Scene, what: string, question: string, suggestions: readonly string[] = []): void {
  scene.draft.ask({ what, question, suggestions });
}

function wire(references: readonly JsonValue[], list: boolean): Sourced {
  const last = references.at(-1)!;
  const from = (value: JsonValue) => `\`${parseReference(value)?.stepId ?? ""}\``;
  return list
    ? fromPlan(references, `from ${references.map(from).join(", ")}`)
    : fromPlan(last, `from ${from(last)}`);
}

function missingModel(scene: Scene, { tool }: StepRequest): undefined {
  askForModel(scene, tool, fieldsOf(tool).get("preset")?.values ?? []);
}

function planSource(
  scene: Scene,
  request: StepRequest,
  port: string,
  producer: ToolDescriptor,
  advice: Advice,
  regress: Regress,
  above: readonly ToolDescriptor[],
): DraftStep | undefined {
  const isConfig = kindFits(request.tool.inputs[port]!.kind, "config");
  const file = isConfig && request.config ? sourceField(producer) : undefined;
  const named =
    file && request.config ? [[file, fromGoal(request.config.value, request.config.words)] as const] : [];
  const advised = file
    ? new Map<string, Sourced>()
    : withoutGiven(advice.sources.get(port) ?? new Map(), request.given);
  // A configuration of which the goal has overruled everything is no configuration.
  if (isConfig && !file && isEmptied(advice.sources.get(port)) !== isEmptied(advised)) return undefined;
  const role = roleOf(producer);
  return planStep(
    scene,
    {
      tool: producer,
      given: new Map([...advised, ...named]),
      ids: [role, `${role}_${request.ids[0] ?? ""}`],
    },
    regress,
    above,
  );
}

function isEmptied(parameters: Inputs | undefined): boolean {
  return Object.keys(parameters?.get("overrides")?.value ?? {}).length === 0;
}

/** A value the goal gives for the step itself is not repeated, or contradicted, in the configuration that feeds it. */
function withoutGiven(advised: Inputs, given: Inputs): Inputs {
  return new Map(
    [...advised].map(([name, sourced]) => {
      const { value } = sourced;
      if (name !== "overrides" || typeof value !== "object" || value === null || Array.isArray(value))
        return [name, sourced];
      return [
        name,
        { ...sourced, value: Object.fromEntries(Object.entries(value).filter(([key]) => !given.has(key))) },
      ];
    }),
  );
}

function feedDataset(
  scene: Scene,
  request: StepRequest,
  port: string,
  advice: Advice,
  regress: Regress,
  above: readonly ToolDescriptor[],
): Sourced | undefined {
  const step = request.data ?? loadFor(scene, request, port, advice, regress, above);
  const output = step && chooseOutput(step.tool, request.tool, port, request.split);
  if (step && output !== undefined)
    return wire([{ $from: `${step.id}.${output}` }], request.tool.inputs[port]!.list);
  const isPrimary = datasetPorts(request.tool)[0] === port;
  if (!step && (!request.tool.inputs[port]!.optional || isPrimary)) askForDataset(scene, request.tool);
  return undefined;
}

function loadFor(
  scene: Scene,
  request: StepRequest,
  port: string,
  advice: Advice,
  regress: Regress,
  above: readonly ToolDescriptor[],
): DraftStep | undefined {
  const entity = request.dataset;
  const loader = chooseProducer(scene, "dataset", above);
  if (!entity || !loader) return undefined;
  const advised =
    advice.sources.get(port) ??
    advice.sources.get(datasetPorts(request.tool)[0] ?? "") ??
    new Map<string, Sourced>();
  return loadDataset(scene, loader, entity, advised, regress, above);
}

/** Plans the step that loads a dataset. */
export function loadDataset(
  scene: Scene,
  loader: ToolDescriptor,
  entity: DatasetEntity,
  advised: Inputs,
  regress: Regress,
  above: readonly ToolDescriptor[] = [],
): DraftStep {
  const given = new Map([...advised, ...loaderInputs(loader, entity)]);
  const field = sourceField(loader);
  const configuration = [...given].find(
    ([name, { value }]) => name !== field && typeof value === "string",
  )?.[1].value;
  const role = roleOf(loader);
  const ids = [
    role,
    ...(configuration === undefined ? [] : [`${role}_${String(configuration)}`]),
    `${role}_${slugOf(entity.mention.value)}`,
  ];
  return planStep(scene, { tool: loader, given, ids }, regress, above);
}

/** Chooses the tool that makes something of a kind: the one the goal names, else the one that needs least; asks when two are as good. */
export function chooseProducer(
  scene: Scene,
  kind: string,
  above: readonly ToolDescriptor[],
): ToolDescriptor | undefined {
  const candidates = producersOf(scene.draft.catalog.tools, kind).filter((tool) => !above.includes(tool));
  const word = kind.split(".")[0]!;
  const rank = (tool: ToolDescriptor) =>
    (scene.named.has(tool) ? 0 : 100) +
    10 * Object.values(tool.inputs).filter((port) => !port.optional).length +
    (tool.name.split("_").includes(word) ? 0 : 1);
  const sorted = candidates.toSorted((a, b) => rank(a) - rank(b));
  const [first, second] = sorted;
  if (first && second && rank(first) === rank(second)) {
    const tied = sorted.filter((tool) => rank(tool) === rank(first)).map((tool) => tool.name);
    ask(
      scene,
      "tool",
      `Several tools can make the ${word}: ${tied.map((name) => `\`${name}\``).join(", ")}. Which one should?`,
      tied,
    );
  }
  return first;
}

function askForRequired(scene: Scene, { tool }: StepRequest, inputs: Inputs): void {
  const field = modelField(tool);
  for (const { name, required, fallback, values, description } of fieldsOf(tool).values()) {
    if (!required || fallback !== undefined || inputs.has(name) || Object.hasOwn(tool.inputs, name)) continue;
    if (name === field) askForModel(scene, tool, []);
    else
      ask(
        scene,
        name,
        `\`${tool.name}\` needs \`${name}\`${description ? ` (${description.slice(0, 120)})` : ""}. What should it be?`,
        values,
      );
  }
}
