import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@trainyard/source", ...defaultServerConditions] } },
  resolve: { conditions: ["@trainyard/source", ...defaultServerConditions] },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/test/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
