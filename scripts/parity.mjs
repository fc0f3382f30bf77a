/**
 * `npm run parity [-- MODEL …]`: runs the nine official tasks whose data lies in ../shared/hub through the command line
 * and compares every score with the Python reference's (../shared/goldens/mteb); prints the largest differences, ends
 * with exit status 1 where one is above its bound.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { prepare, root } from "./prepare.mjs";

const shared = resolve(root, process.env.PRAMANA_SHARED ?? "../shared");
if (!existsSync(join(shared, "hub"))) {
  console.log(`parity: skipped, there is no reference material at ${shared} (PRAMANA_SHARED names another place)`);
  process.exit(0);
}
prepare();

const tasks = [
  "AmazonCounterfactualClassification",
  "Banking77Classification",
  "SICK-R",
  "STS12",
  "STS13",
  "STS14",
  "STS15",
  "STS16",
  "STSBenchmark",
];
const models = ["sentence-transformers/all-MiniLM-L6-v2", "pramana/static-minilm-128"];
/** Scores of the published leaderboard, where no file of the reference is at hand. */
const published = { "sentence-transformers/all-MiniLM-L6-v2": { STS14: 0.75589, STS16: 0.78989 } };
const bounds = {
  /** The main score of STS and its cosine scores. */
  cosine: 1e-5,
  /** Manhattan, Euclidean and the model's own similarity depend on the order in which float32 numbers are added up. */
  otherSimilarity: 1e-4,
  /** Predictions that differ by rounding: half a row of a thousand. */
  accuracy: 5e-4,
  /** Follow from the same predictions; a single row of a rare class moves an average over classes more than accuracy. */
  otherClassification: 5e-3,
};

let failed = 0;
let passed = 0;
const chosen = process.argv.slice(2);
for (const model of chosen.length > 0 ? chosen : models) checkModel(model);
console.log(`parity: ${passed} scores within their bounds, ${failed} outside`);
process.exit(failed > 0 ? 1 : 0);

function checkModel(model) {
  const results = mkdtempSync(join(tmpdir(), "pramana-parity-"));
  const started = Date.now();
  const args = ["run", "--model", model, "--tasks", tasks.join(","), "--results", results];
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const { status } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...args], {
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  console.log(`\n${model}: ${((Date.now() - started) / 1000).toFixed(1)} s for ${tasks.length} tasks`);
  check(`${model}: exit status`, status ?? 1, 0, 0);
  const folder = join(results, model.replace("/", "__"));
  const [revision] = existsSync(folder) ? readdirSync(folder) : [];
  if (revision) for (const task of tasks) checkTask(model, task, join(folder, revision, `${task}.json`));
  rmSync(results, { recursive: true });
}

function checkTask(model, task, file) {
  const ours = JSON.parse(readFileSync(file, "utf8")).scores.test[0];
  const known = published[model]?.[task];
  if (known !== undefined) check(`${task} main_score (published)`, ours.main_score, known, 5.5e-6);
  const golden = join(shared, "goldens/mteb", model.split("/")[1], `${task}.json`);
  if (!existsSync(golden)) {
    if (known === undefined) console.log(`  ${task}: ${ours.main_score} (no reference value at hand)`);
    return;
  }
  const reference = JSON.parse(readFileSync(golden, "utf8")).scores.test[0];
  const differences = {};
  for (const [name, expected] of Object.entries(reference)) {
    if (typeof expected === "number") differences[name] = compare(task, name, ours[name], expected);
    else if (expected === null) check(`${task} ${name}`, ours[name], null, 0);
  }
  for (const [i, experiment] of (reference.scores_per_experiment ?? []).entries()) {
    for (const [name, expected] of Object.entries(experiment)) {
      if (expected !== null) compare(`${task} experiment ${i}`, name, ours.scores_per_experiment[i]?.[name], expected);
    }
  }
  const [worst, difference] = Object.entries(differences).sort((a, b) => b[1] - a[1])[0];
  console.log(
    `  ${task.padEnd(36)} main score ${ours.main_score}, reference ${reference.main_score.toFixed(6)}; largest difference ${difference.toExponential(1)} (${worst})`,
  );
}

function compare(task, name, found, expected) {
  return check(`${task} ${name}`, found, expected, boundOf(task, name));
}

function boundOf(task, name) {
  if (task.includes("Classification"))
    return /^(accuracy|main_score|recall_weighted)$/.test(name) ? bounds.accuracy : bounds.otherClassification;
  return /^(cosine_|main_score)/.test(name) ? bounds.cosine : bounds.otherSimilarity;
}

function check(what, found, expected, bound) {
  const difference = found === expected ? 0 : Math.abs(found - expected);
  if (difference <= bound) passed++;
  else {
    failed++;
    console.log(`  ✗ ${what}: ${found}, expected ${expected}, within ${bound}`);
  }
  return difference;
}
