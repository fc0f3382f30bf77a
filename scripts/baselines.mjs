/**
 * `node scripts/baselines.mjs` makes reports/baselines.json, the published scores and figures that the package carries,
 * from the reference material beside the repository (../shared): the official result files of the 17 models of the
 * published table, their revisions joined, their licences, and the figures of mteb's registry.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("baselines", "results");
prepare();
const { readMainScores } = await built("runners/results/read-results.js");
const { joinRevisions } = await built("runners/results/revisions.js");
const { requiredOf } = await built("reports/required.js");
const { taskScore } = await built("reports/scores.js");

const benchmark = "MTEB(eng, v2)";
const tasks = requiredOf(benchmark);
const [split] = tasks[0].splits;
if (tasks.some(({ splits, subsets }) => splits.length !== 1 || splits[0] !== split || subsets.length !== 1)) {
  throw new Error("baselines: one score per task was expected: a task has several splits or subsets");
}
const facts = JSON.parse(readFileSync(join(shared, "facts-models.json"), "utf8"));
const known = new Set(tasks.map(({ name }) => name));
const { results, models, skipped } = await readMainScores([join(shared, "results")], { now: 0, known });
if (skipped.length > 0) throw new Error(`baselines: ${skipped[0].file}: ${skipped[0].reason}`);
const joined = joinRevisions(results, new Map(facts.models.map(({ name, revision }) => [name, revision])));

/** Reads scores as they stand in the files, which hold more decimals for some tasks than others. */
function scoresOf(model) {
  const row = joined.find((one) => one.model === model);
  if (row === undefined) return {};
  const scoreRevisions = {};
  const scores = tasks.map((task, i) => {
    const stored = row.results.get(task.name);
    const { score, reason } = taskScore(stored.result, task);
    if (score === null) throw new Error(`baselines: ${model}, ${task.name}: ${reason}`);
    scoreRevisions[stored.revision] = [...(scoreRevisions[stored.revision] ?? []), i];
    return score;
  });
  return { scores, scoreRevisions };
}

/** Reads a licence as the results of the revision say it, else those of another revision. */
function licenceOf(model, revision) {
  const own = models.filter((one) => one.model === model && one.licence !== undefined);
  const { licence } = own.find((one) => one.revision === revision) ?? own[0] ?? {};
  return licence === undefined ? {} : { licence };
}

const baselines = {
  origin:
    `Main scores: official result files of the models of the published table of ${benchmark} (github.com/embeddings-benchmark/results), ` +
    `revisions joined by mteb's rule, and licences from their model_meta.json. Revisions and figures: ${facts.source}.`,
  benchmark,
  split,
  tasks: Object.fromEntries(tasks.map(({ name, subsets }) => [name, subsets[0]])),
  models: facts.models.map(({ name, revision, parameters, dimensions, maxTokens }) => ({
    model: name,
    revision,
    parameters,
    dimensions,
    maxTokens,
    ...licenceOf(name, revision),
    ...scoresOf(name),
  })),
};
const file = join(root, "reports/baselines.json");
writeFileSync(file, `${JSON.stringify(baselines)}\n`);
const { status } = spawnSync(join(root, "node_modules/.bin/biome"), ["format", "--write", file], { stdio: "inherit" });
process.exit(status ?? 1);
