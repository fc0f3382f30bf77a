/**
 * `npm run calibration [-- --draws 2000 --jobs 1]` counts how often the intervals of a comparison hold the true
 * difference and how often a difference is seen where there is none. It compares made-up pairs of checkpoints with a
 * known difference (scripts/calibration/kinds.mjs), for each task, for the mean over all and, with Holm's correction,
 * for the family. Prints a table, writes it into docs/measurements/calibration.md with --write, ends with status 1
 * where a bound is broken. Takes some six minutes of one core; --jobs says how many of its four parts run at once.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { chance } from "./calibration/chance.mjs";
import { kinds } from "./calibration/kinds.mjs";
import { putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";

const { values: options } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : workerData.args,
  options: {
    draws: { type: "string", default: "2000" },
    resamples: { type: "string", default: "1000" },
    jobs: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});
const [draws, resamples, jobs] = [Number(options.draws), Number(options.resamples), Number(options.jobs)];
if (![draws, resamples - 39, jobs].every((value) => Number.isInteger(value) && value >= 1)) {
  console.error("calibration: --draws and --jobs take a whole number from 1, --resamples one from 40");
  process.exit(1);
}
if (isMainThread) prepare();
const { compareSamples } = await built("tasks/resampling/compare-samples.js");
const { combine, summarize } = await built("tasks/resampling/draws.js");
const { holm } = await built("tasks/resampling/holm.js");

const level = 0.05;
/** Standard error of a rate of 5 % by so many draws. */
const simulationError = Math.sqrt((level * (1 - level)) / draws);
/**
 * Percentage points: with 2,000 draws three simulation errors, the bound that the project sets; one more for the small
 * samples, of which docs/comparison-statistics.md claims less.
 */
const toleranceAt = (size) => (draws === 2000 ? 1.5 : 300 * simulationError) + (size === 0 ? 1 : 0);

const tally = () => ({ held: 0, alarms: 0 });

function count(into, { interval, pValue }, truth) {
  if (interval === undefined) throw new Error("calibration: a made-up comparison has no interval");
  if (interval[0] <= truth && truth <= interval[1]) into.held++;
  if (pValue < level) into.alarms++;
}

/** Draws all kinds at one size `draws` times, with their differences or none. */
async function simulate(size, different) {
  const random = chance(2 * size + Number(different) + 1);
  const tasks = kinds.map((kind) => {
    const units = kind.sizes[size];
    const shift = different ? kind.shift : 0;
    return { kind, units, shift, truth: kind.truth(units, shift), ...tally() };
  });
  const meanTruth = tasks.reduce((sum, { truth }) => sum + truth, 0) / tasks.length;
  const overall = { truth: meanTruth, ...tally() };
  let families = 0;
  for (let draw = 0; draw < draws; draw++) {
    const compared = [];
    for (const { kind, units, shift } of tasks) {
      const pair = kind.draw(units, shift, random);
      compared.push(await compareSamples([pair], { resamples, seed: draw, name: kind.name }));
    }
    const summaries = compared.map((one) => summarize(one));
    summaries.forEach((summary, i) => {
      count(tasks[i], summary, tasks[i].truth);
    });
    count(overall, summarize(combine(compared)), meanTruth);
    if (holm(summaries.map(({ pValue }) => pValue)).some((pValue) => pValue < level)) families++;
    progress(size, different, draw + 1);
  }
  const plain = tasks.map(({ truth, held, alarms }) => ({ truth, held, alarms }));
  return { tasks: plain, overall, families };
}

/** Prints a line for each tenth; parts run side by side, so that none may rewrite its own. */
function progress(size, different, done) {
  const part = `${size === 0 ? "small" : "middling"} samples, ${different ? "a known difference" : "no difference"}`;
  if (done % Math.ceil(draws / 10) === 0 || done === draws) console.error(`${part}: ${done} of ${draws}`);
}

if (!isMainThread) {
  parentPort.postMessage(await simulate(workerData.size, workerData.different));
  process.exit();
}

const inWorker = (size, different) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { size, different, args: process.argv.slice(2) },
    });
    worker.once("message", resolve);
    worker.once("error", reject);
  });

/** Returns the parts' results; the longest parts start first. */
async function simulateAll() {
  const waiting = [
    [1, true],
    [1, false],
    [0, true],
    [0, false],
  ];
  const found = new Map();
  const work = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      found.set(String(part), await inWorker(...part));
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, work));
  return found;
}

const percent = (times) => (100 * times) / draws;
const shown = (times) => percent(times).toFixed(1);

const broken = [];
function check(name, rate, least, most) {
  if (rate < least || rate > most)
    broken.push(`${name}: ${rate.toFixed(2)} %, expected ${least.toFixed(2)} … ${most.toFixed(2)} %`);
}

/** Checks a row and returns its cells: with a known difference, and with none. */
function row(name, different, none, tolerance, cautious = false) {
  const most = cautious ? 100 : 95 + tolerance;
  check(`${name}, a difference held`, percent(different.held), 95 - tolerance, most);
  check(`${name}, none held`, percent(none.held), 95 - tolerance, most);
  check(`${name}, false alarms`, percent(none.alarms), 0, 5 + tolerance);
  const cells = [different.truth.toFixed(4), shown(different.held), shown(different.alarms), shown(none.held)];
  return [...cells, shown(none.alarms)];
}

const lines = [
  "| made-up task | units | true difference | held, % | found, % | held where none, % | false alarms, % |",
  "| --- | --: | --: | --: | --: | --: | --: |",
];
const found = await simulateAll();
for (const size of [0, 1]) {
  const tolerance = toleranceAt(size);
  const none = found.get(String([size, false]));
  const different = found.get(String([size, true]));
  kinds.forEach(({ name, sizes, cautious }, i) => {
    const careful = cautious?.includes(sizes[size]) ?? false;
    const cells = row(`${name}, ${sizes[size]}`, different.tasks[i], none.tasks[i], tolerance, careful);
    lines.push(`| ${[careful ? `${name} *` : name, sizes[size], ...cells].join(" | ")} |`);
  });
  const label = size === 0 ? "small" : "middling";
  lines.push(
    `| ${["**mean over the nine**", label, ...row(`mean, ${label}`, different.overall, none.overall, tolerance)].join(" | ")} |`,
  );
  check(`any of nine with Holm's correction, ${label}`, percent(none.families), 0, 5 + tolerance);
  lines.push(`| **any of the nine, Holm** | ${label} | | | | | ${shown(none.families)} |`);
}

const table = [
  `${draws.toLocaleString("en")} draws, ${resamples.toLocaleString("en")} resamples each; the simulation error of a ` +
    `rate of 5 % is ${(100 * simulationError).toFixed(1)} points. Bounds: the interval holds the true difference in ` +
    `95 ± ${toleranceAt(1).toFixed(1)} % of draws, and false alarms at most 5 + ${toleranceAt(1).toFixed(1)} with the middling samples, ± ` +
    `${toleranceAt(0).toFixed(1)} with the small ones; not less often than that, where marked *. ` +
    (broken.length === 0 ? "All hold." : `${broken.length} broken.`),
  "",
  ...lines,
].join("\n");
console.log(table);
if (options.write) {
  putBetween("docs/measurements/calibration.md", ["<!-- made by scripts/calibration.mjs -->", "<!-- end -->"], table);
}
for (const one of broken) console.error(`broken: ${one}`);
process.exit(broken.length === 0 ? 0 : 1);
