import { existsSync } from "node:fs";
import { defineConfig } from "tsup";

const entry = ["src/index.ts", "src/testing/index.ts", "src/cli.ts", "src/supervisor.ts"].filter((file) =>
  existsSync(file),
);

export default defineConfig({
  entry,
  format: "esm",
  target: "node22",
  dts: false,
  // `sqlite` without its prefix is no module.
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
  splitting: true,
});
