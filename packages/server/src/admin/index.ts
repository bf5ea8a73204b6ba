import type { AdminTool } from "./admin-tool.ts";
import { cancelTask } from "./cancel-task.ts";
import { checkWorkflow } from "./check-workflow.ts";
import { getEvents } from "./get-events.ts";
import { getLogs } from "./get-logs.ts";
import { getMetrics } from "./get-metrics.ts";
import { getResult } from "./get-result.ts";
import { getStatus } from "./get-status.ts";
import { listModels } from "./list-models.ts";
import { listRuns } from "./list-runs.ts";
import { listTools } from "./list-tools.ts";
import { runWorkflow } from "./run-workflow.ts";

/** The gateway's own tools, in the order in which they are listed. */
export const ADMIN_TOOLS: readonly AdminTool[] = [
  listTools,
  checkWorkflow,
  runWorkflow,
  getStatus,
  getResult,
  getLogs,
  getMetrics,
  getEvents,
  cancelTask,
  listRuns,
  listModels,
];
