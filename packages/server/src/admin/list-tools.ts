import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";

/** The catalog: everything a planner may use, with ports and result schemas. */
export const listTools = defineAdminTool({
  name: "list_tools",
  description:
    "Lists the registered tools with their schemas and artifact ports, and the recipes of recommended parameters.",
  annotations: READS,
  input: z.strictObject({}),
  output: z.object({
    tools: z.array(z.looseObject({ name: z.string(), description: z.string() })).describe("ToolDescriptors."),
    recipes: z.array(z.looseObject({ name: z.string(), tool: z.string() })).describe("Recipes."),
  }),
  async call(_input, { registry }) {
    const { tools, recipes } = registry.catalog;
    const text = tools.map(({ name, description }) => `${name}: ${description}`).join("\n");
    return { text: text || "No tools are registered.", value: { tools, recipes } };
  },
});
