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

/** Lists the rows that differ from the reference's in a value, and those that differ in their rank. */
function differencesOf(rows, table) {
  const byModel = new Map(rows.map((row) => [row.model, row]));
  const isSame = (ours, theirs) =>
    ours === null ? theirs === null : theirs !== null && Math.abs(ours - theirs) < 1e-9;
  const values = table.filter((theirs) => {
    const row = byModel.get(theirs.Model);
    if (row === undefined) return true;
    const pairs = [
      [row.meanTask, "Mean (Task)"],
      [row.meanType, "Mean (TaskType)"],
      ...Object.entries(row.byType).map(([type, own]) => [own, type]),
    ];
    return pairs.some(([own, column]) => column in theirs && !isSame(own, theirs[column]));
  });
  const ranks = table.filter((theirs) => byModel.get(theirs.Model)?.rank !== theirs["Rank (Borda)"]);
  return { values: values.map(({ Model }) => Model), ranks: ranks.map(({ Model }) => Model) };
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
  const board = (stored) => makeLeaderboard(stored, required, required, { descriptions: models, published }).rows;
  // mteb makes no mean of an aggregate's parts: once without such means, which has to be its table, and once as shown.
  const plain = differencesOf(board(results), table);
  const shown = differencesOf(board(withAggregates(results, knownTasks())), table);
  failures += plain.values.length + plain.ranks.length;
  console.log(
    `${benchmark}: ${table.length} rows of mteb, ${plain.values.length} with another value, ${plain.ranks.length} with another rank` +
      `${plain.values.length > 0 ? ` (${plain.values.join(", ")})` : ""}; ` +
      `with means of CQADupstack's parts ${shown.values.length} (${shown.values.join(", ") || "none"}) and ${shown.ranks.length}; ` +
      `${seconds(benchmark)} s, a second time ${seconds(benchmark)} s`,
  );
}
rmSync(cache, { recursive: true });
process.exit(failures === 0 ? 0 : 1);
