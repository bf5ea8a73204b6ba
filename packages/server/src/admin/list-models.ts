import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { limitArgument } from "./page-argument.ts";
import { modelVersion } from "./records.ts";

/** The registered models. */
export const listModels = defineAdminTool({
  name: "list_models",
  description:
    "Lists registered model versions with their metrics and origin, newest first; all models, or the versions of one.",
  annotations: READS,
  input: z.strictObject({
    name: z.string().min(1).max(256).optional().describe("Only this model."),
    limit: limitArgument,
  }),
  output: z.object({ models: z.array(modelVersion) }),
  async call({ name, limit }, { models }) {
    const found = await models.list({ limit, ...(name !== undefined && { name }) });
    const text = found
      .map((model) => `${model.name} v${model.version} ${model.aliases.join(" ")}`.trimEnd())
      .join("\n");
    return { text: text || "There are no models.", value: { models: found } };
  },
});
