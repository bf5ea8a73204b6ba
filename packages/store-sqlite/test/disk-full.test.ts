import { expect, test } from "vitest";
import { runOnSmallDisk } from "./small-disk.ts";
import { tempFolder } from "./temp-store.ts";

test("a full disk fails the append with DISK_FULL and keeps exactly what was acknowledged", async (context) => {
  const folder = await tempFolder();
  const result = runOnSmallDisk("fill-disk.ts", folder);
  if ("unavailable" in result) return context.skip(result.unavailable);
  const { acknowledged, ...output } = result.output as { acknowledged: number };
  expect(acknowledged).toBeGreaterThan(1);
  expect(output).toEqual({
    code: "DISK_FULL",
    message: expect.stringContaining(folder),
    kept: acknowledged,
    reopened: acknowledged,
    lastSeq: acknowledged,
  });
});
