/**
 * `node scripts/prompt-luck.mjs [--write]` counts what `pramana prompts try` says of luck: how much the best of some prompts
 * owes to being chosen by the queries that it is scored with. Queries and prompts are made up, so that the true scores are
 * known. `--write` puts the table into docs/prompt-sensitivity.md. Takes some two minutes of one core.
 */
import { chance } from "./calibration/chance.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";

prepare();
const { deviationsIn, differenceIn, drawJointly } = await built("tasks/resampling/joint.js");
const { openStatistic } = await built("tasks/statistic.js");
const { sensitivityOf } = await built("reports/prompts/sensitivity.js");

const [trials, queries, resamples] = [400, 100, 400];
/** What a query's value deviates by with one prompt alone; a prompt's score, the mean, by a tenth of it. */
const alone = 0.15;
const error = alone / Math.sqrt(queries);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Makes values of prompts whose true scores lie `spread` standard errors apart, and judges them. */
async function trial({ normal }, prompts, spread) {
  const hard = Array.from({ length: queries }, () => 0.5 + 0.3 * normal());
  const truths = Array.from({ length: prompts }, () => spread * error * normal());
  const values = truths.map((truth) => Float64Array.from(hard, (value) => value + truth + alone * normal()));
  const members = values.map((own, i) => ({
    model: 0,
    prompt: i === 0 ? "published" : `p${i}`,
    row: "",
    score: mean(own),
  }));
  const joint = await drawJointly([values.map((own) => openStatistic({ kind: "mean", values: own }))], {
    resamples,
    seed: 42,
    name: "made up",
  });
  const difference = (base, candidate) => differenceIn(joint, base, candidate);
  const scope = { name: "", measure: "", members, difference, deviations: deviationsIn(joint) };
  const { luck, spread: found, best } = sensitivityOf(scope, 0);
  const place = members.findIndex(({ prompt }) => prompt === best);
  // What all prompts share, the chance of the queries, is no luck of choosing.
  const shared = mean(hard) - 0.5;
  return { true: members[place].score - truths[place] - 0.5 - shared, ...luck, isWide: found.pValue < 0.05 };
}

const points = (values) => (100 * mean(values)).toFixed(2);
const rows = [];
for (const prompts of [5, 10, 20]) {
  for (const spread of [0, 0.5, 1, 2, 4]) {
    const random = chance(1000 * prompts + spread);
    const found = [];
    for (let i = 0; i < trials; i++) found.push(await trial(random, prompts, spread));
    const of = (name) => points(found.map((one) => one[name]));
    const wide = `${Math.round(100 * mean(found.map(({ isWide }) => Number(isWide))))} %`;
    rows.push(
      [prompts, (100 * spread * error).toFixed(2), of("true"), of("ofChoosing"), of("ifEqual"), wide].map(String),
    );
    process.stderr.write(`${rows.at(-1).join("  ")}\n`);
  }
}
const headings = [
  "prompts",
  "their true scores differ by (SD)",
  "luck of the best",
  "said: by about",
  "said: if all are equal",
  "spread p < 0.05",
];
const table = numberTable(headings, rows);
console.log(table);
if (process.argv.includes("--write"))
  putBetween("docs/prompt-sensitivity.md", ["<!-- luck -->", "<!-- /luck -->"], table);
