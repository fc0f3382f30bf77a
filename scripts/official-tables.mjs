/**
 * `node scripts/official-tables.mjs FOLDER` makes the tables of the public results repository (its folder `results/`, as
 * github.com/embeddings-benchmark/results has it) and compares every value and rank with those that mteb 2.26.24 makes of
 * the same files (../shared/goldens/official-results). It ends with 1 where one differs that is not accounted for.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const goldens = join(referenceMaterial("official-tables", "goldens/official-results"), "goldens/official-results");
const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error("official-tables: name the folder results/ of a copy of github.com/embeddings-benchmark/results");
  process.exit(2);
}
prepare();
const { readMainScores } = await built("runners/results/read-results.js");
const { withAggregates } = await built("reports/aggregates.js");
const { makeLeaderboard } = await built("reports/leaderboard.js");
const { readBaselines } = await built("reports/baselines.js");
const { knownTasks, requiredOf } = await built("reports/required.js");
const { partsOf } = await built("tasks/aggregates.js");

const benchmarks = {
  "MTEB(eng, v2)": "MTEBengv2",
  "MTEB(eng, v1)": "MTEBengv1",
  "MTEB(cmn, v1)": "MTEBcmnv1",
  BEIR: "BEIR",
};
const published = await readBaselines();

/** Lists the models whose rows lack what mteb's have or differ from it, those that have more, and those of another rank. */
function differencesOf(rows, table) {
  const byModel = new Map(rows.map((row) => [row.model, row]));
  const values = table.flatMap((theirs) => {
    const row = byModel.get(theirs.Model);
    if (row === undefined) return [{ model: theirs.Model, ours: null, theirs: "a row" }];
    const means = { "Mean (Task)": row.meanTask, "Mean (TaskType)": row.meanType, ...row.byType };
    return Object.entries(means)
      .filter(([column]) => column in theirs)
      .map(([column, ours]) => ({ model: theirs.Model, ours, theirs: theirs[column] }));
  });
  const modelsOf = (found) => [...new Set(found.map(({ model }) => model))];
  return {
    others: modelsOf(
      values.filter(({ ours, theirs }) => theirs !== null && !(ours !== null && Math.abs(ours - theirs) < 1e-9)),
    ),
    more: modelsOf(values.filter(({ ours, theirs }) => theirs === null && ours !== null)),
    ranks: table.filter((theirs) => byModel.get(theirs.Model)?.rank !== theirs["Rank (Borda)"]),
  };
}

const cache = mkdtempSync(join(tmpdir(), "pramana-official-"));
const seconds = (benchmark) => {
  const started = performance.now();
  const args = ["leaderboard", "--results", folder, "--benchmark", benchmark, "--format", "json"];
  const env = { ...process.env, PRAMANA_CACHE: cache };
  const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...args], {
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(stderr);
  return ((performance.now() - started) / 1000).toFixed(1);
};

let failures = 0;
for (const [benchmark, file] of Object.entries(benchmarks)) {
  const required = requiredOf(benchmark);
  const names = new Set(required.flatMap(({ name }) => [name, ...partsOf(name)]));
  const { results, models } = await readMainScores([folder], { now: 0, known: names, wanted: names });
  const table = JSON.parse(readFileSync(join(goldens, `${file}.json`), "utf8"));
  const stored = withAggregates(results, knownTasks());
  const { rows } = makeLeaderboard(stored, required, required, { descriptions: models, published });
  // mteb makes no mean of CQADupstack's parts, so that some models have means here that they lack there.
  const { others, more, ranks } = differencesOf(rows, table);
  failures += others.length + ranks.length;
  console.log(
    `${benchmark}: ${rows.length} rows, ${table.length} of them mteb's; ${others.length} with another value, ` +
      `${ranks.length} with another rank, ${more.length} with a mean that mteb has not${more.length > 0 ? ` (${more.join(", ")})` : ""}; ` +
      `${seconds(benchmark)} s, a second time ${seconds(benchmark)} s`,
  );
}
rmSync(cache, { recursive: true });
process.exit(failures === 0 ? 0 : 1);
