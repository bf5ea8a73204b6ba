import { expect, test } from "vitest";
import { runOnSmallDisk } from "./small-disk.ts";
import { tempFolder } from "./temp-store.ts";

test("a full disk fails with DISK_FULL and leaves nothing of what did not fit", async (context) => {
  const result = runOnSmallDisk("fill-disk.ts", await tempFolder());
  if ("unavailable" in result) return context.skip(result.unavailable);
  expect(result.output).toEqual({
    put: "DISK_FULL",
    left: 0,
    temporary: [],
    materialized: "DISK_FULL",
    copied: [],
  });
});
