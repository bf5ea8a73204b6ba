import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";

it("gives back what was stored, numbers that are none and look-alikes included", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-sqlite-"));
  const store = sqliteStore({ path: join(folder, "state.db") });
  try {
    const lease = await store.runs.claim("r", "me", 60_000);
    const outputs = { a: { $number: "abc", x: 1 }, b: { $number: "12" }, c: [Number.NaN, -Infinity] };
    await store.runs.append(lease!, [
      {
        type: "run-start",
        principal: "local",
        spec: { name: "w", steps: { s: { tool: "t", input: {}, needs: [] } } },
      },
      { type: "step-end", stepId: "s", attempt: 1, status: "succeeded", outputs },
    ]);
    expect((await store.runs.steps("r"))[0]?.outputs).toEqual(outputs);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
