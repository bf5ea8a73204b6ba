import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { RunEvent, RunStore } from "@trainyard/core";
import { expect, test } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { foldLog, publicStep } from "./fold-log.ts";
import { tempFolder } from "./temp-store.ts";

const KILLS = 10;
const appender = fileURLToPath(new URL("fixtures/appender.ts", import.meta.url));

test("a writer killed at any moment loses nothing it has acknowledged", { timeout: 120_000 }, async () => {
  const path = join(await tempFolder(), "state.db");
  const random = seeded(7);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const runId = `run-${kill}`;
    const acknowledged = await appendUntilKilled(path, runId, 1 + Math.floor(random() * 120));
    const store = sqliteStore({ path });
    await checkSurvivor(store.runs, runId, acknowledged);
    await store.close();
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
    db.close();
  }
});

/** Kills after so many acknowledgements; the writer is then anywhere in a later batch. */
async function appendUntilKilled(path: string, runId: string, afterLines: number): Promise<number> {
  const child = spawn(process.execPath, ["--conditions=@trainyard/source", appender, path, runId], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let acknowledged = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    lines += 1;
    if (lines === afterLines) child.kill("SIGKILL");
  }
  expect(await closed).toEqual([null, "SIGKILL"]);
  return acknowledged;
}

async function checkSurvivor(runs: RunStore, runId: string, acknowledged: number): Promise<void> {
  const events = await runs.events(runId, { limit: 1_000_000 });
  expect(events.length).toBeGreaterThanOrEqual(acknowledged);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  // Every batch ends with a step's end: anything else last is half a batch.
  expect(events.at(-1)?.type).toBe("step-end");
  expect(incompleteBatches(events)).toEqual([]);
  const { run, steps } = foldLog(events);
  expect(await runs.run(runId)).toEqual(run);
  expect(await runs.steps(runId)).toEqual(steps.map(publicStep));
}

function incompleteBatches(events: readonly RunEvent[]): string[] {
  const lines = events.flatMap((event) => (event.type === "step-log" ? [event.message.split(" ")] : []));
  const counts = Map.groupBy(lines, ([batch, place]) => `${batch} of ${place?.split("/")[1]}`);
  return [...counts]
    .filter(([name, found]) => Number(name.split(" of ")[1]) !== found.length)
    .map(([name]) => name);
}

/** Mulberry32: the same moments in every run of the test. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
