/**
 * `node scripts/ranks.mjs [--tables 2000] [--write]` counts how often the places of a leaderboard hold the true ranks, on
 * made-up tables whose true order is known (scripts/ranks/situations.mjs). Beside them: places of each row by itself, and
 * the usual bootstrap of ranks, of a part of the tables. Prints a table, writes it into docs/measurements/ranks.md
 * with --write, ends with status 1 where a bound is broken. Takes some ten minutes of one core.
 */
import { parseArgs } from "node:util";
import { chance } from "./calibration/chance.mjs";
import { numberTable, putBetween } from "./marked-text.mjs";
import { built, prepare } from "./prepare.mjs";
import { makeWorld, situations } from "./ranks/situations.mjs";

const { values: options } = parseArgs({
  options: { tables: { type: "string", default: "2000" }, write: { type: "boolean", default: false } },
});
const tables = Number(options.tables);
if (!Number.isInteger(tables) || tables < 10) {
  console.error("ranks: --tables takes a whole number from 10");
  process.exit(1);
}
prepare();
const { placesOverTasks } = await built("reports/places.js");
const { bordaPoints } = await built("reports/borda.js");
const { placesIn, tellOrder } = await built("tasks/resampling/order.js");

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
const rows = situations.map((situation, i) => {
  const { name, models, tasks, exact = false, outside = false } = situation;
  const found = simulate(situation, i + 1);
  const rate = 100 * found.all;
  if (!outside && (rate < 95 - tolerance || (exact && rate > 95 + tolerance))) {
    broken.push(`${name}, ${models} models, ${tasks} tasks: all held in ${rate.toFixed(1)} %`);
  }
  const cells = [
    ...[`${name}${outside ? " †" : exact ? " =" : ""}`, models, tasks, percent(found.all), percent(found.row)],
    ...[found.width, found.aloneWidth, found.usualWidth, found.trueWidth].map((width) => width.toFixed(1)),
    percent(found.usualFalse),
  ];
  console.error(cells.join(" | "));
  return cells;
});
const text = [
  `${tables.toLocaleString("en")} tables each where marked =, elsewhere a quarter; of a fortieth of them places of each row by itself, of a tenth the usual bootstrap. Bounds: all rows' places hold their true ` +
    `ranks in 95 ± ${tolerance.toFixed(1)} % of the tables where marked =, elsewhere not less often; but for †. ` +
    (broken.length === 0 ? "All hold." : `${broken.length} broken.`),
  "",
  numberTable(
    [
      ...["made-up table", "models", "tasks", "all rows held, %", "a row held, %", "places wide"],
      ...["wide, each row by itself", "wide, usual bootstrap", "wide in truth", "usual bootstrap: false order, %"],
    ],
    rows,
  ),
].join("\n");
console.log(text);
if (options.write)
  putBetween("docs/measurements/ranks.md", ["<!-- made by scripts/ranks.mjs -->", "<!-- end -->"], text);
for (const one of broken) console.error(`broken: ${one}`);
process.exit(broken.length === 0 ? 0 : 1);
