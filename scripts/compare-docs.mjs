/**
 * `node scripts/compare-docs.mjs`: compares two models of the reference material beside the repository (../shared, or
 * PRAMANA_SHARED) over the offline tasks, and puts the report into docs/compare.md, its tables of means into README.md.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putBetween } from "./marked-text.mjs";
import { offline, prepare, referenceMaterial, root } from "./prepare.mjs";

const models = ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2"];
const shared = referenceMaterial("compare");
prepare();
const results = mkdtempSync(join(tmpdir(), "pramana-compare-docs-"));
process.on("exit", () => rmSync(results, { recursive: true }));
const benchmark = ["--task-file", offline.file, "--benchmark", offline.name];
for (const model of models) pramana("run", "--model", model, ...benchmark);
const report = pramana("compare", ...models, ...benchmark, "--results", results, "--format", "md").trim();
const means = report.slice(0, report.indexOf("<details>")).trim();
putBetween("docs/compare.md", ["<!-- example -->", "<!-- /example -->"], report);
putBetween("README.md", ["<!-- compare -->", "<!-- /compare -->"], means);

function pramana(command, ...args) {
  const stored = command === "run" ? ["--results", results] : [];
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/cli.js"), command, ...args, ...stored],
    { env, encoding: "utf8", maxBuffer: 2 ** 24 },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
