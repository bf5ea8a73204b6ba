// Everything exported here is public API.
export { createLocalGateway } from "./compose.ts";
export type { LocalGateway, LocalGatewayOptions } from "./compose.ts";
export { defineConfig } from "./config.ts";
export type { TrainyardConfig } from "./config.ts";
export { findHome } from "./home.ts";
export type { Home } from "./home.ts";
