import { fileURLToPath } from "node:url";

/** The folder that goes on `PYTHONPATH`; beside `src` and `dist` alike, so this file must stay at their top. */
export const WORKER_FOLDER = fileURLToPath(new URL("../python", import.meta.url));
