/**
 * `node scripts/ranks.mjs [--tables 2000] [--over tasks|queries] [--write]` counts how often the places of a leaderboard hold
 * the true ranks, on made-up tables (scripts/ranks/situations.mjs) and samples (scripts/ranks/measured.mjs) whose true order
 * is known. Beside them, of a part of the tables: places of each row by itself, and the usual bootstrap of ranks. Prints
 * tables, writes them into docs/measurements/ranks.md with --write, ends with status 1 where a bound is broken.
 */
import { parseArgs } from "node:util";
import { chance } from "./calibration/chance.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";
import { drawSamples, measured } from "./ranks/measured.mjs";
import { makeWorld, situations } from "./ranks/situations.mjs";

const { values: options } = parseArgs({
  options: {
    tables: { type: "string", default: "2000" },
    over: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const tables = Number(options.tables);
if (!Number.isInteger(tables) || tables < 40 || !["tasks", "queries", undefined].includes(options.over)) {
  console.error("ranks: --tables takes a whole number from 40, --over tasks or queries");
  process.exit(1);
}
prepare();
const { placesOverTasks } = await built("reports/places.js");
const { bordaPoints } = await built("reports/borda.js");
const { placesIn, tellOrder } = await built("tasks/resampling/order.js");
const { orderOfScores } = await built("tasks/resampling/order-of-scores.js");
const { openStatistic } = await built("tasks/statistic.js");

/** Percentage points by which a rate may be off 95 %; with 2,000 tables three simulation errors. */
const tolerance = tables === 2000 ? 1.5 : 300 * Math.sqrt((0.05 * 0.95) / tables);

const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);
const mean = (values) => sumOf(values) / values.length;
const widthOf = (places) => mean(places.map(({ low, high }) => high - low + 1));

/** The places as the leaderboard shows them. */
const shownPlaces = (scores) =>
  placesOverTasks(
    scores.map((units) => ({ row: { missing: [] }, units, isRanked: true })),
    scores[0].map(() => 1),
  ).places;

/** Places that are sure of each row by itself, not of all at once. */
function placesOneByOne(scores) {
  const parts = bordaPoints(scores).map((own) => Float64Array.from(own));
  const sums = parts.map((own) => sumOf([...own]));
  return parts.map((_, row) => {
    const evidence = {
      ...{ parts, distance: (one, other, scale) => (sums[one] - sums[other]) / scale },
      isAsked: (one, other) => one === row || other === row,
    };
    return placesIn(tellOrder(evidence, { seed: 1 }), parts.length)[row];
  });
}

/** The middle 95 % of each row's rank over tables of tasks drawn with replacement. */
function bootstrappedPlaces(scores, { below }) {
  const resamples = 400;
  const points = bordaPoints(scores);
  const ranks = Array.from({ length: resamples }, () => {
    const drawn = scores[0].map(() => below(scores[0].length));
    const sums = points.map((own) => drawn.reduce((sum, task) => sum + own[task], 0));
    return sums.map((own) => 1 + sums.filter((other) => other > own).length);
  });
  return scores.map((_, row) => {
    const own = ranks.map((all) => all[row]).sort((a, b) => a - b);
    return { low: own[0.025 * resamples - 1], high: own[resamples - 0.025 * resamples] };
  });
}

/** Tells whether some row is shown wholly before another that it is not before. */
const isFalse = (places, truth) =>
  places.some(({ high }, one) => places.some(({ low }, other) => high < low && truth[one].high >= truth[other].low));

/** Fewer tables suffice where only too low a rate is looked for. */
const tablesOf = ({ exact = false }) => (exact ? tables : Math.ceil(tables / 4));

/** Draws tables of one situation and counts what its places hold. */
function simulate(situation, seed) {
  const drawn = tablesOf(situation);
  const random = chance(seed);
  const { places: truth, drawTable } = makeWorld(situation);
  const isHeld = ({ low, high }, row) => low <= truth[row].low && truth[row].high <= high;
  const shown = [];
  const usual = [];
  const alone = [];
  for (let i = 0; i < drawn; i++) {
    const scores = drawTable(random);
    const places = shownPlaces(scores);
    shown.push({
      all: Number(places.every(isHeld)),
      row: mean(places.map((own, row) => Number(isHeld(own, row)))),
      width: widthOf(places),
    });
    if (i % 10 === 0) {
      const places = bootstrappedPlaces(scores, random);
      usual.push({ width: widthOf(places), order: Number(isFalse(places, truth)) });
    }
    if (i % 40 === 0) alone.push({ width: widthOf(placesOneByOne(scores)) });
  }
  const meanOf = (list, name) => mean(list.map((one) => one[name]));
  return {
    ...{ all: meanOf(shown, "all"), row: meanOf(shown, "row"), width: meanOf(shown, "width") },
    ...{ aloneWidth: meanOf(alone, "width"), trueWidth: widthOf(truth) },
    ...{ usualWidth: meanOf(usual, "width"), usualFalse: meanOf(usual, "order") },
  };
}

const percent = (share) => (100 * share).toFixed(1);
const broken = [];

/** Checks the rate at which all rows' places hold. */
function check({ name, models, exact = false, outside = false }, share, most) {
  const rate = 100 * share;
  if (!outside && (rate < 95 - most || (exact && rate > 95 + most))) {
    broken.push(`${name}, ${models} models: all held in ${rate.toFixed(1)} %`);
  }
}

const nameOf = ({ name, exact, outside }) => `${name}${outside ? " †" : exact ? " =" : ""}`;
const bounds = (most) =>
  `Bounds: all rows' places hold their true ranks in 95 ± ${most.toFixed(1)} % where marked =, elsewhere not less often`;

function overTasks() {
  const rows = situations.map((situation, i) => {
    const found = simulate(situation, i + 1);
    check(situation, found.all, tolerance);
    const cells = [
      ...[nameOf(situation), situation.models, situation.tasks, percent(found.all), percent(found.row)],
      ...[found.width, found.aloneWidth, found.usualWidth, found.trueWidth].map((width) => width.toFixed(1)),
      percent(found.usualFalse),
    ];
    console.error(cells.join(" | "));
    return cells;
  });
  return [
    `${tables.toLocaleString("en")} tables each where marked =, elsewhere a quarter; of a fortieth of them places of each row ` +
      `by itself, of a tenth the usual bootstrap. ${bounds(tolerance)}; but for †.`,
    "",
    numberTable(
      [
        ...["made-up table", "models", "tasks", "all rows held, %", "a row held, %", "places wide"],
        ...["wide, each row by itself", "wide, usual bootstrap", "wide in truth", "usual bootstrap: false order, %"],
      ],
      rows,
    ),
  ].join("\n");
}

/** Draws samples of made-up models and counts what their places hold. */
function simulateMeasured(situation, seed, count) {
  const random = chance(seed);
  const { models, strength } = situation;
  const strengths = Array.from({ length: models }, (_, i) => strength(i));
  const truth = strengths.map((own) => ({
    low: 1 + strengths.filter((other) => other > own).length,
    high: models - strengths.filter((other) => other < own).length,
  }));
  const found = Array.from({ length: count }, () => {
    const samples = drawSamples(situation, random);
    const subsets = samples.map((own) => ({ weight: 1 / samples.length, statistics: own.map(openStatistic) }));
    const scores = strengths.map((_, i) => mean(subsets.map(({ statistics }) => mean([...statistics[i].scores()]))));
    const places = placesIn(orderOfScores(subsets, scores, { seed: 1 }), models);
    const holds = places.map(({ low, high }, i) => low <= truth[i].low && truth[i].high <= high);
    return { all: Number(holds.every(Boolean)), row: mean(holds.map(Number)), width: widthOf(places) };
  });
  const meanOf = (name) => mean(found.map((one) => one[name]));
  return { all: meanOf("all"), row: meanOf("row"), width: meanOf("width"), trueWidth: widthOf(truth) };
}

function overQueries() {
  const draws = Math.ceil(tables / 2);
  const most = 300 * Math.sqrt((0.05 * 0.95) / draws);
  const rows = measured.map((situation, i) => {
    const found = simulateMeasured(situation, i + 1, situation.exact ? draws : Math.ceil(draws / 4));
    check(situation, found.all, most);
    const cells = [
      ...[nameOf(situation), situation.models, situation.units, percent(found.all), percent(found.row)],
      ...[found.width, found.trueWidth].map((width) => width.toFixed(1)),
    ];
    console.error(cells.join(" | "));
    return cells;
  });
  return [
    `${draws.toLocaleString("en")} draws each where marked =, elsewhere a quarter. ${bounds(most)}.`,
    "",
    numberTable(
      ["made-up models", "models", "units a task", "all rows held, %", "a row held, %", "places wide", "wide in truth"],
      rows,
    ),
  ].join("\n");
}

const parts = { tasks: overTasks, queries: overQueries };
for (const [over, part] of Object.entries(parts)) {
  if (options.over !== undefined && options.over !== over) continue;
  const text = part();
  console.log(text);
  if (options.write)
    putBetween("docs/measurements/ranks.md", [`<!-- ${over}, by scripts/ranks.mjs -->`, "<!-- end -->"], text);
}
for (const one of broken) console.error(`broken: ${one}`);
process.exit(broken.length === 0 ? 0 : 1);
