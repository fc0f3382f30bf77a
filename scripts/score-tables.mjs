/**
 * `node scripts/score-tables.mjs FOLDER COMMIT` makes reports/prediction/score-tables.json, the scores that `pramana predict` and
 * `pramana run --quick` learn from: FOLDER is `results` of a clone of github.com/embeddings-benchmark/results at COMMIT. Of
 * each benchmark with enough of them it takes the models that have all scores, revisions joined by mteb's rule, and chooses
 * the tasks of `--quick`; of the others it notes what they lack. `node scripts/score-trials.mjs` then adds how good the
 * predictions are.
 */
import { built, prepare } from "./prepare.mjs";

const [folder, commit] = process.argv.slice(2);
if (commit === undefined) throw new Error("score tables: expected a folder of results and its commit");
prepare();
const { readMainScores } = await built("runners/results/read-results.js");
const { joinRevisions } = await built("runners/results/revisions.js");
const { mainRevisionsOf, readBaselines } = await built("reports/baselines.js");
const { knownTasks, requiredOf } = await built("reports/required.js");
const { taskScore } = await built("reports/scores.js");
const { withAggregates } = await built("reports/aggregates.js");
const { benchmarks } = await built("tasks/benchmarks.js");
const { tableOf } = await built("reports/prediction/score-table.js");
const { chooseTasks, cheapTasks, problemOf } = await import("./quick/choose.mjs");
const { writeTables } = await import("./quick/file.mjs");

/** Fewest models with all scores, families of them, and tasks of a benchmark that has a table. */
const fewest = { models: 100, families: 30, tasks: 12 };
/** Most tasks that are chosen. */
const mostChosen = 12;
const known = knownTasks();
const names = new Set(known.map(({ name }) => name));
const { results } = await readMainScores([folder], { now: 0, known: names });
const joined = joinRevisions(withAggregates(results, known), mainRevisionsOf(await readBaselines()));
// What draws its vectors by chance is no model that one would ask about.
const models = joined.filter(({ model }) => !/(^|[/-])random-/.test(model));

/** Makes the table of a benchmark, or says what it lacks. */
function makeTable(benchmark) {
  const tasks = requiredOf(benchmark);
  if (tasks.length < fewest.tasks) return `it has fewer than ${fewest.tasks} tasks, which are better run`;
  const scored = models.map(({ model, results: own }) => ({
    model,
    scores: tasks.map((task) => {
      const { score } = taskScore(own.get(task.name)?.result, task);
      return score === null ? null : Math.round(score * 10_000);
    }),
  }));
  const complete = scored.filter(({ scores }) => scores.every((score) => score !== null));
  const rows = complete.sort((a, b) => (a.model < b.model ? -1 : 1)).map(({ model, scores }) => [model, scores]);
  const stored = { benchmark, tasks: tasks.map(({ name }) => name), models: Object.fromEntries(rows) };
  const table = tableOf(stored);
  if (rows.length < fewest.models || table.families.length < fewest.families) {
    const counts = tasks.map((_, i) => scored.filter(({ scores }) => scores[i] !== null).length);
    const least = Math.min(...counts);
    return (
      `of ${rows.length} models of ${table.families.length} makers there are all its scores, and ${fewest.models} of ` +
      `${fewest.families} are needed (of ${tasks[counts.indexOf(least)].name} there are the fewest, ${least})`
    );
  }
  const chosen = chooseTasks(problemOf(table), cheapTasks(table), mostChosen);
  return { ...stored, chosen: chosen.map((task) => table.tasks[task]), trials: [] };
}

const made = benchmarks().map(({ name }) => ({ name, table: makeTable(name) }));
writeTables({
  origin:
    `Main scores in hundredths of a point: official result files of github.com/embeddings-benchmark/results at ${commit}, ` +
    "of the models that have all of a benchmark's tasks, revisions joined by mteb's rule.",
  tables: made.flatMap(({ table }) => (typeof table === "string" ? [] : [table])),
  without: Object.fromEntries(made.flatMap(({ name, table }) => (typeof table === "string" ? [[name, table]] : []))),
});
