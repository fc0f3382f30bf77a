/**
 * `node scripts/stopping.mjs [--draws 2000] [--jobs 2] [--write]` counts how often a comparison that stops when it is sure
 * claims something wrong, and how many units it takes where there is a difference. It runs two models of the reference
 * material beside the repository (../shared, or PRAMANA_SHARED), makes pairs of runs of their samples that are alike but for
 * chance or a point apart (scripts/stopping/populations.mjs), and looks at each as `pramana run --stop-when-sure` does. Prints
 * tables, writes them into docs/stopping.md with --write, ends with status 1 where more is claimed wrongly than stated.
 */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { chance } from "./calibration/chance.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";
import { populationOf, rareChanges } from "./stopping/populations.mjs";
import { models, runTwoModels } from "./stopping/two-models.mjs";

const { values: options } = parseArgs({
  args: isMainThread ? process.argv.slice(2) : workerData.args,
  options: {
    draws: { type: "string", default: "2000" },
    jobs: { type: "string", default: "2" },
    results: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const draws = Number(options.draws);
const error = 0.05;

/** What is simulated: tasks, and the number of units of each, the task's own where there is none. */
const single = [
  { name: "Banking77Classification, accuracy", tasks: ["Banking77Classification"] },
  { name: "AmazonCounterfactualClassification, F1", tasks: ["AmazonCounterfactualClassification"], measure: "f1" },
  { name: "STSBenchmark, Spearman", tasks: ["STSBenchmark"] },
  { name: "SickEntailmentPairs, average precision", tasks: ["SickEntailmentPairs"] },
  { name: "TrecQARetrieval, nDCG@10", tasks: ["TrecQARetrieval"] },
  { name: "SickSummaries, Spearman of each text", tasks: ["SickSummaries"] },
];
const six = ["AmazonCounterfactualClassification", "STSBenchmark", "STS16"].concat([
  "TrecQARetrieval",
  "TrecQAReranking",
  "SickSummaries",
]);
const mean = { name: "mean of six tasks", tasks: six };
const many = {
  name: "mean of 36 tasks, each of the six six times",
  tasks: [...six, ...six, ...six, ...six, ...six, ...six],
};
const larger = single
  .filter(({ tasks: [task] }) =>
    ["Banking77Classification", "STSBenchmark", "SickEntailmentPairs", "TrecQARetrieval"].includes(task),
  )
  .map((one) => ({ ...one, units: 40_000 }));
const parts = [
  ...single.map((one) => ({ ...one, difference: 0 })),
  {
    name: "made up: 2 % of the units lose 50 points, the others gain as much together",
    tasks: ["rare"],
    units: 500,
    difference: 0,
  },
  { ...mean, difference: 0 },
  ...[...single, mean, many, ...larger].map((one) => ({ ...one, difference: -0.01 })),
];
/** Most units of a task where there is no difference: few are the harder case, and the quicker one. */
const mostAlike = 500;
/** A middle and a tenth are known from fewer draws than a rate of 5 %. */
const drawsOf = ({ difference }) => (difference === 0 ? draws : Math.ceil(draws / 8));

if (!isMainThread) {
  parentPort.postMessage(await simulate(workerData.part, workerData.results));
  process.exit();
}

async function simulate(part, results) {
  const { tasks, units: wanted, difference, measure } = part;
  const { openStatistic } = await built("tasks/statistic.js");
  const { planLooks } = await built("tasks/resampling/looks.js");
  const { spreadOf, meanSpread, intervalOf } = await built("tasks/resampling/paired-spread.js");
  const { findRun } = await built("runners/results/stored-run.js");
  const [first, second] = await Promise.all(models.map((model) => findRun(model, [results], 0)));
  const populations = [];
  for (const name of tasks) {
    if (name === "rare") populations.push(rareChanges(openStatistic));
    else {
      const [[a], [b]] = [await first.samplesOf(name), await second.samplesOf(name)];
      const [one, other] = [a, b].map(({ samples }) => (measure === undefined ? samples : { ...samples, measure }));
      populations.push(populationOf(name, one, other, openStatistic));
    }
  }
  const shares = populations.map(({ shareFor }) => (difference === 0 ? 500 : shareFor(difference)));
  if (shares.includes(undefined)) return undefined;
  const sizes = populations.map(({ size }) => wanted ?? (difference === 0 ? Math.min(size, mostAlike) : size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const looks = planLooks(sizes);
  const random = chance(tasks.length + 1);
  const found = { worse: 0, better: 0, any: 0, used: [], total, draws: drawsOf(part) };
  for (let draw = 0; draw < found.draws; draw++) {
    const runs = populations.map(({ draw: drawOne }, i) => drawOne(sizes[i], shares[i], random));
    let [isTold, isAny] = [false, false];
    for (const { most = Number.POSITIVE_INFINITY, spends } of looks) {
      const spreads = runs.map((open, i) => {
        const [base, candidate] = open(Math.min(most, sizes[i]));
        const places = Int32Array.from({ length: base.units }, (_, u) => u);
        return spreadOf([{ base, candidate, places }]);
      });
      const ends = intervalOf(meanSpread(spreads), error * spends);
      // As a gate with `any` does, which asks of every task.
      isAny ||= spreads.some((spread) => excludes(intervalOf(spread, (error * spends) / spreads.length)));
      if (isTold || !(excludes(ends) || most === Number.POSITIVE_INFINITY)) continue;
      isTold = true;
      found.worse += Number(ends?.[1] < 0);
      found.better += Number(ends?.[0] > 0);
      found.used.push(sizes.reduce((sum, size) => sum + Math.min(size, most), 0) / total);
      if (difference !== 0 || tasks.length === 1) break;
    }
    found.any += Number(isAny);
  }
  return found;
}

function excludes(ends) {
  return ends !== undefined && (ends[0] > 0 || ends[1] < 0);
}

const inWorker = (part, results) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { part, results, args: process.argv.slice(2) } });
    worker.once("message", resolve);
    worker.once("error", reject);
  });

async function simulateAll(results) {
  const waiting = [...parts.keys()];
  const found = [];
  const work = async () => {
    for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
      const started = performance.now();
      found[i] = await inWorker(parts[i], results);
      console.error(`${parts[i].name}, ${parts[i].difference}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
  return found;
}

prepare();
const results = runTwoModels([...single.flatMap(({ tasks }) => tasks), ...six], options.results);
const found = await simulateAll(results);
const percent = (share) => (100 * share).toFixed(1);
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const broken = [];
/** Three simulation errors above the stated error. */
const most = error + 3 * Math.sqrt((error * (1 - error)) / draws);
const alike = parts.flatMap(({ name, difference, tasks }, i) => {
  if (difference !== 0) return [];
  const { worse, better, any, total } = found[i];
  const row = (what, wrong, sides) => {
    if (wrong / draws > most) broken.push(`${what}: ${percent(wrong / draws)} % wrong`);
    return [what, total.toLocaleString("en"), ...sides, percent(wrong / draws)];
  };
  const own = row(name, worse + better, [percent(worse / draws), percent(better / draws)]);
  return tasks.length === 1 ? [own] : [own, row("any of the six tasks", any, ["", ""])];
});
const apart = parts.flatMap((part, i) => {
  if (part.difference === 0 || found[i] === undefined) return [];
  const { worse, better, used, total } = found[i];
  const count = drawsOf(part);
  if (better / count > most) broken.push(`${part.name}: ${percent(better / count)} % wrong`);
  const cells = [worse / count, better / count, quantile(used, 0.5), quantile(used, 0.9)].map(percent);
  return [[part.name, total.toLocaleString("en"), ...cells]];
});
const tables = [
  `${draws.toLocaleString("en")} pairs a row without a difference:`,
  "",
  numberTable(["no difference", "units", "told worse, %", "told better, %", "wrong, %"], alike),
  "",
  `${drawsOf(parts.at(-1)).toLocaleString("en")} pairs a row of which the candidate is a point worse:`,
  "",
  numberTable(
    ["a point worse", "units", "told, %", "wrong, %", "units used, middle case, %", "9 in 10 use at most, %"],
    apart,
  ),
].join("\n");
console.log(tables);
if (options.write) putBetween("docs/stopping.md", ["<!-- made by scripts/stopping.mjs -->", "<!-- end -->"], tables);
for (const one of broken) console.error(`broken: ${one}`);
process.exit(broken.length === 0 ? 0 : 1);
