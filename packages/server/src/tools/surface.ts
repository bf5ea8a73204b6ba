import { type Registry, TrainyardError } from "@trainyard/core";
import { ADMIN_TOOLS } from "../admin/index.ts";
import { bindAdminTool } from "../admin/admin-tool.ts";
import type { Services } from "../services.ts";
import { registeredTool } from "./registered-tool.ts";
import type { WireTool } from "./wire-tool.ts";

/** All tools on the wire by name, in the order in which they are listed; made once per gateway. */
export type Surface = ReadonlyMap<string, WireTool>;

/** Puts registered tools and admin tools side by side. Throws `TOOL_DUPLICATE` when a plugin takes an admin tool's name. */
export function createSurface(services: Services): Surface {
  checkNames(services.registry);
  const registered = [...services.registry.tools.values()].map((tool) => registeredTool(tool, services));
  const admin = ADMIN_TOOLS.map((tool) => bindAdminTool(tool, services));
  return new Map([...registered, ...admin].map((tool) => [tool.listed.name, tool]));
}

function checkNames(registry: Registry): void {
  const taken = ADMIN_TOOLS.find((tool) => registry.tools.has(tool.name));
  if (!taken) return;
  throw new TrainyardError(
    "TOOL_DUPLICATE",
    `A plugin registers \`${taken.name}\`, which is a tool of the gateway; rename it.`,
  );
}
