import { artifactRefSchema, type ModelStore, TrainyardError } from "@trainyard/core";

/** What is registered as a model version. */
export type ModelRegistration = Parameters<ModelStore["register"]>[0];

const NAME = /^[A-Za-z0-9._/-]{1,128}$/;

/** Refuses names that could not be part of a path or a URL. Throws `INPUT_INVALID`. */
export function checkName(what: "model" | "alias", name: string): void {
  const segments = typeof name === "string" && NAME.test(name) ? name.split("/") : [""];
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `${JSON.stringify(name)} is no ${what} name; use letters, digits, \`.\`, \`_\`, \`-\` and \`/\` between them, 128 at most.`,
    );
  }
}

/** Refuses aliases that the store moves itself or that would read as a version. Throws `INPUT_INVALID`. */
export function checkAlias(alias: string): void {
  checkName("alias", alias);
  if (alias === "latest") {
    throw new TrainyardError("INPUT_INVALID", "`latest` moves by itself; use another alias.");
  }
  if (/^\d+$/.test(alias)) {
    throw new TrainyardError("INPUT_INVALID", `\`${alias}\` would read as a version; use another alias.`);
  }
}

/** Refuses what could not be read back as a model version. Throws `INPUT_INVALID`. */
export function checkRegistration(model: ModelRegistration): void {
  checkName("model", model.name);
  const ref = artifactRefSchema.safeParse(model.ref);
  const problem = ref.success
    ? manifestProblem(model)
    : `\`ref\`: ${ref.error.issues[0]?.message ?? "invalid"}`;
  if (problem) {
    throw new TrainyardError("INPUT_INVALID", `Model \`${model.name}\` cannot be registered: ${problem}.`);
  }
}

function manifestProblem({ manifest, card }: ModelRegistration): string | undefined {
  if (typeof card !== "string") return "`card` must be text";
  if (typeof manifest !== "object" || manifest === null) return "`manifest` must be an object";
  const inputs: unknown = manifest.inputs;
  if (typeof inputs !== "object" || inputs === null) return "`manifest.inputs` must be an object";
  const wrong = Object.entries(inputs).find(([, input]) => typeof input !== "string" || input === "");
  return wrong && `\`manifest.inputs.${wrong[0]}\` must be a digest or a hub name`;
}
