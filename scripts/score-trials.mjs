/**
 * `node scripts/score-trials.mjs [--benchmark NAME]` finds how good predictions from the chosen tasks are, and writes it into
 * reports/prediction/score-tables.json: each model of a table, and each family, is left out in turn; the tasks are chosen
 * anew and the fit is made of the others, and the means of what was left out are predicted. A benchmark whose intervals
 * hold too few or too many of the models is taken out of the file. Prints the tables of docs/quick.md.
 */
import { built, prepare } from "./prepare.mjs";

prepare();
const { tableOf } = await built("reports/prediction/score-table.js");
const { readTables, writeTables } = await import("./quick/file.mjs");
const { tryDrawn, tryOut, tryUnlike, least, most, usual } = await import("./quick/trials.mjs");

const only = process.argv[process.argv.indexOf("--benchmark") + 1];
const isAsked = ({ benchmark }) => !process.argv.includes("--benchmark") || benchmark === only;
/** What share of the models an interval of 95 % is to hold, of those left out one by one. */
const bounds = [0.9, 0.98];

for (const { benchmark } of readTables().tables.filter(isAsked)) {
  // Read anew: the file is written after each of them.
  const { tables, without, ...file } = readTables();
  const stored = tables.find((table) => table.benchmark === benchmark);
  const started = performance.now();
  const { trials, byMean, ofPublished } = tryOut(tableOf(stored));
  const { held } = trials.find(({ tasks }) => tasks === usual).oneLeftOut;
  const isGood = held >= bounds[0] && held <= bounds[1];
  const reason = `of the ${Object.keys(stored.models).length} models, each left out in turn, the interval held ${Math.round(held * 100)} of 100`;
  writeTables({
    ...file,
    tables: tables.flatMap((table) => (table !== stored ? [table] : isGood ? [{ ...table, trials }] : [])),
    without: isGood ? without : { ...without, [benchmark]: reason },
  });
  console.log(
    `${benchmark}: ${((performance.now() - started) / 1000).toFixed(0)} s${isGood ? "" : `, taken out: ${reason}`}`,
  );
  for (const tasks of [least, 5, usual, most]) {
    const found = trials.find((trial) => trial.tasks === tasks);
    if (found === undefined) continue;
    const text = ({ off, held: share }) => `${off.toFixed(2)} | ${(100 * share).toFixed(0)} %`;
    console.log(`| ${benchmark} | ${tasks} | ${text(found.oneLeftOut)} | ${text(found.familyLeftOut)} |`);
  }
  const shares = byMean.map(({ held: share }) => `${(100 * share).toFixed(0)} %`);
  console.log(`  intervals of Mean (Task), Mean (Type), and each type hold ${shares.join(", ")}`);
  for (const tasks of [usual, Math.round(stored.tasks.length / 2)]) {
    const { off, held: share } = tryDrawn(tableOf(stored), tasks);
    console.log(`  ${tasks} tasks drawn by chance: off by ${off.toFixed(2)}, held ${(100 * share).toFixed(0)} %`);
  }
  for (const { tasks, off } of ofPublished)
    console.log(`  the published table's models, ${tasks} tasks: ${off.toFixed(2)}`);
  for (const { group, models, off, held: share, told } of tryUnlike(tableOf(stored))) {
    console.log(
      `| ${benchmark} | ${group} | ${models} | ${off.toFixed(2)} | ${(100 * share).toFixed(0)} % | ${told} |`,
    );
  }
}
