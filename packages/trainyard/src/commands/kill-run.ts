import type { Connection } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";

/** Time that a run has to end once its jobs are dead, in ms. */
const END_MS = 3000;

/**
 * Ends the jobs of a run of a gateway in this process at once, and this process soon after, whatever still hangs; another
 * gateway goes on stopping the run by itself.
 */
export function killRun(runId: string, connection: Connection): void {
  killJobs(runId, connection).catch(() => undefined);
  setTimeout(() => process.exit(EXIT.interrupted), connection.embedded ? END_MS : 0).unref();
}

async function killJobs(runId: string, { client, embedded }: Connection): Promise<void> {
  if (!embedded) return;
  const { steps } = await client.status(runId);
  await Promise.all(
    steps.map(async ({ job }) => {
      const handle = job && (await embedded.runtime.attach(job.jobId));
      await handle?.stop({ graceMs: 0 });
    }),
  );
}
