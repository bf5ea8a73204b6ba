// Everything exported here is public API.
export { createGateway } from "./gateway.ts";
export type { Gateway, GatewayOptions } from "./gateway.ts";
export type { GatewayHandler } from "./http/handler.ts";
export type { Listening, ListenOptions } from "./http/listen.ts";
export type { SessionLimits } from "./mcp/sessions.ts";
export type { ErrorListener } from "./wire-error.ts";
