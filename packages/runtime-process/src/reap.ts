import { removeSocket } from "./control-server.ts";
import { removeTempFolder } from "./job-process.ts";
import {
  type ExitRecord,
  type JobFolder,
  type JobRecord,
  readExitRecord,
  readJobRecord,
  writeJsonFile,
} from "./job-record.ts";
import { createProcessTree, endTree } from "./process-tree.ts";

/** Ends what is left of a job whose supervisor was killed, and records that. */
export async function reapJob(folder: JobFolder, record: JobRecord): Promise<ExitRecord> {
  const written = readExitRecord(folder);
  if (written) return written;
  const { token, job } = readJobRecord(folder) ?? record;
  await endTree(createProcessTree(token, job), () => 0);
  const exit: ExitRecord = { code: null, signal: "SIGKILL", supervisorLost: true };
  writeJsonFile(folder.exit, exit);
  removeSocket(record.socketPath, folder.path);
  removeTempFolder(record.tempFolder);
  return exit;
}
