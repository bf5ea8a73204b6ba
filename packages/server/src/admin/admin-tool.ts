import type { ToolAnnotations } from "@trainyard/core";
import type * as z from "zod";
import type { Services } from "../services.ts";
import { titleOf } from "../tools/registered-tool.ts";
import { listedSchema, parseArguments, type ToolReply, type WireTool } from "../tools/wire-tool.ts";

/** A tool of the gateway itself, which answers at once. */
export interface AdminTool {
  readonly name: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: z.ZodType;
  /** What is listed as the input where it says more than `input` checks. */
  readonly listedInput?: z.ZodType;
  readonly output: z.ZodType;
  call(input: never, services: Services): Promise<ToolReply>;
}

/** Gives an admin tool its types. */
export function defineAdminTool<Input extends z.ZodType>(
  tool: Omit<AdminTool, "input" | "call"> & {
    readonly input: Input;
    call(input: z.output<Input>, services: Services): Promise<ToolReply>;
  },
): AdminTool {
  return tool;
}

/** Hints of a tool that only looks. */
export const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };

/** Shows an admin tool on the wire. */
export function bindAdminTool(tool: AdminTool, services: Services): WireTool {
  const title = titleOf(tool.name);
  return {
    listed: {
      name: tool.name,
      title,
      description: tool.description,
      inputSchema: listedSchema(tool.listedInput ?? tool.input, "input"),
      outputSchema: listedSchema(tool.output, "output"),
      annotations: { title, ...tool.annotations },
    },
    call: async (args) => tool.call(parseArguments(tool.name, tool.input, args) as never, services),
  };
}
