/**
 * `node scripts/stopping-watch.mjs [--watches 1000] [--checkpoints 12] [--jobs 2] [--write]` counts how many watches of equal
 * checkpoints raise a false alarm with `pramana watch --stop-when-sure 0.05`. It makes checkpoints of the samples of two models
 * of the reference material beside the repository (../shared, or PRAMANA_SHARED): of each unit chance says whose outcome a
 * checkpoint has. Each is held against the best whole one before as the program does it; at the last look stands the interval
 * of the looks in place of the bootstrap, which would take days. Prints a table, writes it into docs/watch.md with --write, and
 * ends with status 1 where more watches are alarmed than stated.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { chance } from "./calibration/chance.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";
import { populationOf } from "./stopping/populations.mjs";
import { models, runTwoModels } from "./stopping/two-models.mjs";

const { values: options } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : workerData.args,
  options: {
    watches: { type: "string", default: "1000" },
    checkpoints: { type: "string", default: "12" },
    jobs: { type: "string", default: "2" },
    results: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const [watches, checkpoints, jobs] = [options.watches, options.checkpoints, options.jobs].map(Number);
const error = 0.05;
/** Tasks, with the number of units of each: few are the harder case, and the quicker one. */
const tasks = { STSBenchmark: 500, TrecQARetrieval: 250, SickSummaries: 500 };
const sizes = Object.values(tasks);

/** How much error a look may spend: as the program does, and as one does who forgets the other checkpoints, or looks. */
const ways = {
  "as the program does": (levelOf, look, { spends }) => levelOf(look, error) * spends,
  "the same error at each checkpoint, shared among its looks": (_, __, { spends }) => error * spends,
  "the same error at each look": () => error,
};

if (!isMainThread) {
  parentPort.postMessage(await simulate(workerData));
  process.exit();
}

/** Counts the watches that raise an alarm, in each way. */
async function simulate({ results, seed, count }) {
  const { openStatistic } = await built("tasks/statistic.js");
  const { planLooks } = await built("tasks/resampling/looks.js");
  const { spreadOf, meanSpread, intervalOf } = await built("tasks/resampling/paired-spread.js");
  const { levelOf } = await built("reports/watch/drop.js");
  const { findRun } = await built("runners/results/stored-run.js");
  const [first, second] = await Promise.all(models.map((model) => findRun(model, [results], 0)));
  const populations = [];
  for (const name of Object.keys(tasks)) {
    const [[a], [b]] = [await first.samplesOf(name), await second.samplesOf(name)];
    populations.push(populationOf(name, a.samples, b.samples, openStatistic));
  }
  const looks = planLooks(sizes);
  const random = chance(seed);
  const scoreOf = (checkpoint) =>
    checkpoint.reduce((sum, open, i) => sum + open(sizes[i]).scores()[0], 0) / checkpoint.length;
  /** How the mean and each task of a checkpoint differ from the base's, at a look. */
  const spreadsAt = (base, candidate, { most = Number.POSITIVE_INFINITY }) => {
    const each = candidate.map((open, i) => {
      const units = Math.min(most, sizes[i]);
      const places = Int32Array.from({ length: units }, (_, u) => u);
      return spreadOf([{ base: base[i](units), candidate: open(units), places }]);
    });
    return [meanSpread(each), ...each];
  };
  const isWorse = (spread, level) => (intervalOf(spread, level)?.[1] ?? 0) < 0;
  const isBetter = (spread, level) => (intervalOf(spread, level)?.[0] ?? 0) > 0;
  const alarmed = Object.fromEntries(Object.keys(ways).map((way) => [way, 0]));
  for (let watch = 0; watch < count; watch++) {
    const drawn = populations.map(({ drawAlike }, i) => drawAlike(sizes[i], random));
    const all = Array.from({ length: checkpoints }, () => drawn.map((next) => next()));
    const scores = all.map(scoreOf);
    const known = new Map();
    const spreads = (base, candidate, look) => {
      const key = [base, candidate, looks.indexOf(look)].join();
      if (!known.has(key)) known.set(key, spreadsAt(all[base], all[candidate], look));
      return known.get(key);
    };
    for (const [way, levelAt] of Object.entries(ways)) alarmed[way] += Number(isAlarmed(levelAt));
    function isAlarmed(levelAt) {
      let best = 0;
      for (let candidate = 1; candidate < checkpoints; candidate++) {
        const early = looks.slice(0, -1);
        for (const look of early) {
          const level = levelAt(levelOf, candidate, look);
          const [mean] = spreads(best, candidate, look);
          if (isWorse(mean, level / 2)) return true;
          if (isBetter(mean, level / 2)) break;
        }
        // The bootstrap's intervals are widened to one side alone.
        const last = looks.at(-1);
        const level = levelAt(levelOf, candidate, last);
        const [mean, ...each] = spreads(best, candidate, last);
        if (isWorse(mean, level) || each.some((one) => isWorse(one, level / each.length))) return true;
        if (scores[candidate] > scores[best]) best = candidate;
      }
      return false;
    }
  }
  return alarmed;
}

prepare();
const results = runTwoModels(Object.keys(tasks), options.results);
const shares = Array.from({ length: jobs }, (_, job) => Math.floor((watches + job) / jobs));
const found = await Promise.all(
  shares.map(
    (count, job) =>
      new Promise((resolve, reject) => {
        const data = { results, seed: 100 + job, count, args: process.argv.slice(2) };
        const worker = new Worker(new URL(import.meta.url), { workerData: data });
        worker.once("message", resolve);
        worker.once("error", reject);
      }),
  ),
);
const rateOf = (way) => found.reduce((sum, one) => sum + one[way], 0) / watches;
const rows = Object.keys(ways).map((way) => [way, (100 * rateOf(way)).toFixed(1)]);
const table = [
  `${watches.toLocaleString("en")} watches of ${checkpoints} equal checkpoints:`,
  "",
  numberTable(["what an evaluation is stopped by", "watches with a false alarm, %"], rows),
].join("\n");
console.log(table);
if (options.write) putBetween("docs/watch.md", ["<!-- made by scripts/stopping-watch.mjs -->", "<!-- end -->"], table);
/** Three simulation errors above the stated error. */
const most = error + 3 * Math.sqrt((error * (1 - error)) / watches);
process.exit(rateOf("as the program does") <= most ? 0 : 1);
