import { readFileSync } from "node:fs";
import { jobFolder } from "./job-record.ts";
import { supervise } from "./supervise.ts";
import type { Supervision } from "./supervision.ts";

const folder = jobFolder(process.argv[2] ?? "");
const supervision = JSON.parse(readFileSync(0, "utf8")) as Supervision;
// The gateway may be gone before it has read the report.
process.stdout.on("error", () => {});
process.on("SIGHUP", () => {});
await supervise(folder, supervision, (report) => process.stdout.write(`${JSON.stringify(report)}\n`));
process.exit();
