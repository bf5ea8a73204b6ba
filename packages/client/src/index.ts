// Everything exported here is public API.
export { createAgent } from "./agent.ts";
export type { Agent, AgentRun, PlannedGoal } from "./agent.ts";
export type { ClientOptions } from "./gateway/client-options.ts";
export { createClient } from "./gateway/create-client.ts";
export type {
  CheckProblem,
  EventOptions,
  LogEntry,
  LogOptions,
  LogPage,
  MetricSeries,
  RunResult,
  RunState,
  RunWorkflowOptions,
  ToolCallResult,
  TrainyardClient,
  WorkflowCheck,
  WorkflowHandle,
} from "./gateway/trainyard-client.ts";
export { embeddedPlanner, exampleGoals } from "./planner/embedded-planner.ts";
