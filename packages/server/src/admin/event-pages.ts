import type { RunEvent, RunStore } from "@trainyard/core";

const PAGE_SIZE = 1000;

/** Reads a run's log from `afterSeq` on, page by page, so that no more of it is in memory than a page. */
export async function* readEvents(runs: RunStore, runId: string, afterSeq = 0): AsyncGenerator<RunEvent> {
  let after = afterSeq;
  for (;;) {
    const page = await runs.events(runId, { afterSeq: after, limit: PAGE_SIZE });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE_SIZE) return;
    after = last.seq;
  }
}
