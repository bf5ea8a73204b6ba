// Writes the API report of each package, or with --check fails when a committed one differs.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { packages } from "./packages.mjs";

const COMPILER_OPTIONS = {
  target: "es2023",
  lib: ["es2024", "esnext.disposable"],
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  skipLibCheck: true,
  types: ["node"],
};
const check = process.argv.includes("--check");
const quiet = { logLevel: "none" };
let failed = false;

for (const { path, manifest } of packages) {
  for (const entry of ["index", "testing/index"]) {
    const types = join(path, `dist/${entry}.d.ts`);
    if (existsSync(types)) failed = !report(path, manifest, entry, types) || failed;
  }
}
process.exitCode = failed ? 1 : 0;

function report(path, manifest, entry, types) {
  const name = manifest.name.replace("@trainyard/", "") + (entry === "index" ? "" : "-testing");
  mkdirSync(join(path, "etc"), { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: path,
      mainEntryPointFilePath: types,
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [types] } },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(path, "etc"),
        reportTempFolder: join(path, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: { default: quiet },
        tsdocMessageReporting: { default: quiet },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(path, "package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: !check,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  const good = result.succeeded && !(check && result.apiReportChanged);
  if (!good)
    console.error(
      `The API of ${name} differs from packages/*/etc/${name}.api.md: look at it, then \`npm run api:update\`.`,
    );
  return good;
}
