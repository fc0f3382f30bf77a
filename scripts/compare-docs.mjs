/**
 * `node scripts/compare-docs.mjs` runs two models of the reference material beside the repository (../shared, or
 * PRAMANA_SHARED) over its official tasks and compares them. It puts the scores of the second model's run, without this
 * machine's speed, and the means of the comparison into README.md, and the whole report into docs/compare.md.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putBetween } from "./marked-text.mjs";
import { prepare, referenceMaterial, root } from "./prepare.mjs";

const models = ["pramana/static-minilm-128", "sentence-transformers/all-MiniLM-L6-v2"];
const tasks = [
  ...["Banking77Classification", "AmazonCounterfactualClassification", "SICK-R"],
  ...["STS12", "STS13", "STS14", "STS15", "STS16", "STSBenchmark"],
];
const shared = referenceMaterial("compare");
prepare();
const results = mkdtempSync(join(tmpdir(), "pramana-compare-docs-"));
process.on("exit", () => rmSync(results, { recursive: true }));
const runs = models.map((model) =>
  pramana("run", "--no-cache", "--model", model, "--benchmark", "MTEB(eng, v1)", "--tasks", tasks.join(",")),
);
const report = pramana("compare", ...models, "--format", "md").trim();
const means = report.slice(0, report.indexOf("<details>")).trim();
/** Keeps task, type and score of a row and leaves out its seconds. */
const scoresOf = (row) => `${row.split("|").slice(0, 4).join("|")}|`;
const [table] = runs[1].split("\n\n");
putBetween("docs/compare.md", ["<!-- example -->", "<!-- /example -->"], report);
putBetween("README.md", ["<!-- run -->", "<!-- /run -->"], table.trim().split("\n").map(scoresOf).join("\n"));
putBetween("README.md", ["<!-- compare -->", "<!-- /compare -->"], means);

function pramana(command, ...args) {
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/cli.js"), command, ...args, "--results", results],
    { env, encoding: "utf8", maxBuffer: 2 ** 24 },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
