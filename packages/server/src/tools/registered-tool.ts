import type { AnyTool, JsonObject, ToolDescriptor, WorkflowSpecInput } from "@trainyard/core";
import type { Tool as ListedTool } from "@modelcontextprotocol/server";
import type { Services } from "../services.ts";
import { runHandle, runHandleSchema } from "./run-handle.ts";
import {
  INPUTS_META,
  listedSchema,
  OUTPUT_META,
  OUTPUTS_META,
  parseArguments,
  type WireTool,
} from "./wire-tool.ts";

const handleSchema = listedSchema(runHandleSchema, "output");

/** Shows a registered tool on the wire: a call starts a run of one step and answers with its handle. */
export function registeredTool(tool: AnyTool, services: Services): WireTool {
  return {
    listed: listing(services.registry.descriptors.get(tool.name)!),
    async call(args) {
      parseArguments(tool.name, tool.input, args);
      const { runId } = await services.executor.start(oneStep(tool.name, (args ?? {}) as JsonObject));
      const handle = runHandle(runId, `\`${tool.name}\``);
      return { text: handle.message, value: handle };
    },
  };
}

function oneStep(name: string, input: JsonObject): WorkflowSpecInput {
  return { name, steps: { [name]: { tool: name, input } } } as WorkflowSpecInput;
}

function listing(descriptor: ToolDescriptor): ListedTool {
  const title = descriptor.annotations?.title ?? titleOf(descriptor.name);
  return {
    name: descriptor.name,
    title,
    description: descriptor.description,
    inputSchema: descriptor.inputSchema as ListedTool["inputSchema"],
    outputSchema: handleSchema,
    annotations: { ...descriptor.annotations, title },
    _meta: {
      [OUTPUT_META]: descriptor.outputSchema,
      [INPUTS_META]: descriptor.inputs,
      [OUTPUTS_META]: descriptor.outputs,
    },
  };
}

/** `load_dataset` as people write it: `Load dataset`. */
export function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
