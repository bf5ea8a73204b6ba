// Packs every package and checks the tarball as its users' tools will read it.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "./packages.mjs";
import { root, run } from "./run.mjs";

const folder = mkdtempSync(join(tmpdir(), "trainyard-pack-"));
try {
  let worst = await run("npm", [
    "pack",
    "--silent",
    "--pack-destination",
    folder,
    ...packages.flatMap(({ folder: name }) => ["--workspace", `packages/${name}`]),
  ]);
  for (const { path } of packages) worst ||= await run("publint", ["run", path, "--strict"]);
  for (const file of readdirSync(folder)) {
    worst ||= await run(
      "attw",
      [join(folder, file), "--profile", "esm-only", "--format", "ascii", "--quiet"],
      { cwd: root },
    );
  }
  process.exitCode = worst;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
