import { describe, expect, it } from "vitest";
import { embeddedPlanner } from "../../src/index.ts";
import { extendedCatalog } from "./catalog.ts";
import { goals, openGoals } from "./goals.ts";
import { summarize } from "./summary.ts";

async function page(list: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    list.map(async (goal) => {
      const plan = await embeddedPlanner().plan({ goal, catalog: extendedCatalog });
      return [`## ${JSON.stringify(goal)}`, ...summarize(plan)].join("\n");
    }),
  );
  return `${parts.join("\n\n")}\n`;
}

describe("plans of the embedded planner", () => {
  it("are those of the golden file", async () => {
    await expect(await page(goals)).toMatchFileSnapshot("goals.golden.txt");
  });

  it("ask the questions of the golden file", async () => {
    await expect(await page(openGoals)).toMatchFileSnapshot("open-goals.golden.txt");
  });
});
