/**
 * `node scripts/verify.mjs [--checks 400] [--write]` forges results: some units are made better, and samples, score, checksums
 * and receipt are made to fit. Each forgery is checked again and again, each time with another seed, and how often it was found
 * stands beside the probability that `pramana verify` states. Results that nobody touched are checked as often, and none may be
 * accused. Ends with status 1 where a share is further off than chance allows; --write puts the table into docs/verify.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";
import { generator } from "./random.mjs";

const { values: options } = parseArgs({
  options: { checks: { type: "string", default: "400" }, write: { type: "boolean", default: false } },
});
prepare();
const { withPlan } = await built("runners/measure.js");
const { openWorld } = await built("runners/world.js");
const { selectNamed } = await built("runners/select.js");
const { runTasks } = await built("runners/run.js");
const { recomputeUnits } = await built("runners/verify/recompute.js");
const { chanceToFind } = await built("runners/verify/probability.js");

const checks = Number(options.checks);
const model = "pramana/static-minilm-128";
/** Units that are altered, of tasks of the package, and how much is computed again. */
const plants = [
  { name: "MiniSTS", altered: 4, howMuch: { units: 8 } },
  { name: "MiniSTS", altered: 1, howMuch: { share: 0.2 } },
  { name: "MiniPairClassification", altered: 3, howMuch: { units: 12 } },
  { name: "MiniRetrieval", altered: 2, howMuch: { units: 5 } },
  { name: "MiniReranking", altered: 2, howMuch: { units: 4 } },
  { name: "MiniSummarization", altered: 2, howMuch: { units: 2 } },
];

/** Alters the outcome of a unit by more than rounding. */
function alter(samples, units) {
  const changed = (values) =>
    values.map((value, u) => (units.has(u) ? (value > 0.5 ? value - 0.2 : value + 0.2) : value));
  if (samples.kind === "mean") return { ...samples, values: changed(samples.values) };
  if (samples.kind === "correlation") return { ...samples, scores: changed(samples.scores) };
  const scores = Object.entries(samples.scores).map(([name, values]) => [name, changed(values)]);
  return { ...samples, scores: Object.fromEntries(scores) };
}

const countOf = (samples) => (samples.values ?? samples.gold ?? samples.labels).length;

/** Draws places of units without replacement. */
function places(count, of, draw) {
  const drawn = new Set();
  while (drawn.size < count) drawn.add(Math.floor(draw() * of));
  return drawn;
}

const cache = mkdtempSync(join(tmpdir(), "pramana-verify-"));
const env = { ...process.env, PRAMANA_CACHE: cache, HF_HUB_OFFLINE: "1" };
const world = openWorld({
  ...{ env, signal: new AbortController().signal, now: () => Date.now() / 1000 },
  ...{ emit: () => undefined, note: () => undefined },
});
const names = [...new Set(plants.map(({ name }) => name))];
const tasks = await selectNamed(names);
const choice = { model, estimator: "official", device: "cpu", threads: 2, cache: false };
const rows = [];
let isWrong = false;
await withPlan({ choice, tasks, prompts: undefined }, world, async (plan, environment) => {
  const stored = new Map();
  await runTasks(plan, {
    ...{ ...world, environment },
    store: async (result, samples) => void stored.set(result.task, { record: result.run, samples }),
  });
  for (const { name, altered, howMuch } of plants) {
    const task = tasks.find((one) => one.name === name);
    const { record, samples } = stored.get(name);
    const [own] = samples;
    let [found, accused, drawn] = [0, 0, 0];
    for (let seed = 0; seed < checks; seed++) {
      const units = places(altered, countOf(own.samples), generator(seed));
      const forged = [{ ...own, samples: alter(own.samples, units) }];
      const ask = { task, record, plan, howMuch, seed };
      const result = await recomputeUnits({ ...ask, samples: forged }, world);
      if (result.differing.length > 0) found += 1;
      drawn = result.drawn;
      if (seed % 4 === 0) accused += (await recomputeUnits({ ...ask, samples }, world)).differing.length;
    }
    const of = countOf(own.samples);
    const stated = chanceToFind(of, drawn, altered);
    const room = 4 * Math.sqrt((stated * (1 - stated)) / checks);
    isWrong ||= Math.abs(found / checks - stated) > room || accused > 0;
    rows.push([
      name,
      of,
      altered,
      drawn,
      `${(100 * stated).toFixed(1)} %`,
      `${((100 * found) / checks).toFixed(1)} %`,
      accused,
    ]);
  }
});
rmSync(cache, { recursive: true, force: true });
const headings = ["task", "units", "altered", "computed again", "stated", "found", "accused wrongly"];
const table = numberTable(headings, rows);
console.log(table);
if (options.write) putBetween("docs/verify.md", ["<!-- found -->", "<!-- /found -->"], table);
process.exitCode = isWrong ? 1 : 0;
