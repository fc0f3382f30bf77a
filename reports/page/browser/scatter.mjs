/** @import { PageData, PageModel } from "../shape.ts" */
/** @import { Axis } from "./front.mjs" */
/** @import { Box } from "./labels.mjs" */
/** @import { State } from "./state.mjs" */
import { qualityOf } from "./choose.mjs";
import { grouped } from "./format.mjs";
import { costOf, paretoFront } from "./front.mjs";
import { labelHeight, placeLabels } from "./labels.mjs";
import { hasWeights } from "./state.mjs";

/**
 * Returns a model's name without its organisation.
 *
 * @param {string} name
 */
export const shortName = (name) => name.slice(name.indexOf("/") + 1);

/**
 * Writes a number with four digits.
 *
 * @param {number} value
 */
export const fourDigits = (value) => (value < 1000 ? String(Number(value.toPrecision(4))) : grouped(Math.round(value)));

/** Shares of the range that stay free at both ends, so that no point lies on an axis. */
const margin = 0.09;

/**
 * Widens the range of some values to `least` at least, and by its margins: equal values stand in its middle.
 *
 * @param {readonly number[]} values
 * @param {number} least
 * @returns {[number, number]}
 */
function widened(values, least) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [middle, half] = [(low + high) / 2, Math.max(high - low, least) / 2];
  return [middle - half * (1 + 2 * margin), middle + half * (1 + 2 * margin)];
}

/** Least span of a cost's axis in powers of ten: enough for a tick or two. */
const leastPowers = 0.6;
/** Least span of the quality's axis in points of percent: in a smaller one differences would look larger than they are. */
const leastPoints = 2;

/** First digits of ticks, the finest first. */
const tickDigits = [[1, 2, 3, 5, 7], [1, 2, 5], [1]];

/**
 * Returns round numbers within a domain given in powers of ten, as fine as there is room for.
 *
 * @param {readonly [number, number]} powers
 * @param {number} most
 */
export function logTicks([low, high], most) {
  const tens = Array.from({ length: 24 }, (_, i) => i - 8);
  const choices = tickDigits.map((digits) =>
    tens
      .flatMap((ten) => digits.map((digit) => Number(`${digit}e${ten}`)))
      .filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high),
  );
  return choices.find((ticks) => ticks.length <= most) ?? choices.at(-1) ?? [];
}

/**
 * Returns round numbers within a domain, as fine as there is room for.
 *
 * @param {readonly [number, number]} domain
 * @param {number} most
 */
export function linearTicks([low, high], most) {
  const steps = [-2, -1, 0, 1, 2].flatMap((ten) => [1, 2, 5].map((digit) => Number(`${digit}e${ten}`)));
  const step = steps.find((one) => (high - low) / one <= most) ?? 500;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(2)));
}

/** @typedef {{ readonly width: number, readonly height: number }} Plot In pixels, without axes and strips. */

/**
 * @typedef {object} Point
 * @property {PageModel} model
 * @property {number | null} cost In the axis' unit.
 * @property {number | null} quality Percent.
 * @property {number} x Pixels from the left of the plot; in a strip right of it where the cost is not known.
 * @property {number} y Pixels from the top of the plot; in a strip below it where there is no quality.
 * @property {boolean} onFront
 * @property {string} description Name and values in words.
 */

/**
 * @typedef {object} Scatter Points, lines and names of a chart of quality against cost, in pixels.
 * @property {Plot} plot
 * @property {readonly Point[]} points
 * @property {readonly Point[]} front From the best cost to the worst.
 * @property {readonly (readonly [number, number])[]} line Corners of the stepped line, which goes on to the edge of the plot.
 * @property {readonly { readonly text: string, readonly x: number, readonly y: number, readonly align: "start" | "middle" | "end", readonly onFront: boolean }[]} labels
 * @property {readonly { readonly at: number, readonly value: number }[]} xTicks
 * @property {readonly { readonly at: number, readonly value: number }[]} yTicks
 * @property {boolean} lacksCost True where a strip shows models without a known cost.
 * @property {boolean} lacksQuality
 * @property {number} unseen Models that have neither.
 */

/** Pixels between the plot and the middle of a strip, and half of the strip's width. */
export const strip = { away: 30, half: 13 };

const pointRadius = 5;

/**
 * @param {number} x
 * @param {number} y
 * @returns {Box}
 */
const boxAround = (x, y) => ({
  left: x - pointRadius,
  top: y - pointRadius,
  right: x + pointRadius,
  bottom: y + pointRadius,
});

/**
 * Returns the corners of the front, from the best cost to the edge where cost does not matter.
 *
 * @param {readonly Point[]} front By rising x.
 * @param {"low" | "high"} better
 * @param {number} width
 * @returns {readonly (readonly [number, number])[]}
 */
function lineOf(front, better, width) {
  /** @type {[number, number][]} */
  const corners = [];
  for (const [i, { x, y }] of front.entries()) {
    const before = front[i - 1];
    if (before !== undefined) corners.push(better === "low" ? [x, before.y] : [before.x, y]);
    else if (better === "high") corners.push([0, y]);
    corners.push([x, y]);
  }
  const last = front.at(-1);
  return last !== undefined && better === "low" ? [...corners, [width, last.y]] : corners;
}

/**
 * Returns the pieces of the front as boxes that no label may touch.
 *
 * @param {readonly (readonly [number, number])[]} corners
 * @returns {Box[]}
 */
const lineBoxes = (corners) =>
  corners.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = corners[i] ?? [x, y];
    return {
      left: Math.min(x, fromX) - 1,
      right: Math.max(x, fromX) + 1,
      top: Math.min(y, fromY) - 1,
      bottom: Math.max(y, fromY) + 1,
    };
  });

/**
 * Names a chart's quality, in words.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function qualityName({ columns, mean }, state) {
  if (state.y === "" && hasWeights(state)) return "Mean by your weights";
  const field = state.y === "" ? mean : state.y;
  return columns.find((one) => one.field === field)?.heading ?? field;
}

/** Most points in a strip that are named. */
const namedInStrip = 12;

/**
 * Lays out quality against a cost. Models of which one of the two is not known stand in a strip beside the plot, and are on
 * no front; the models of the front have the first choice of room for their names, then the best. Undefined where no model
 * has both.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {Axis} axis
 * @param {readonly PageModel[]} models
 * @param {Plot} plot
 * @returns {Scatter | undefined}
 */
export function makeScatter(data, state, axis, models, plot) {
  const { width, height } = plot;
  const compared = models.filter(({ isLimited }) => !isLimited);
  const known = compared
    .map((model) => ({ model, cost: costOf(data, model, axis), quality: qualityOf(data, state, model) }))
    .filter(({ cost, quality }) => cost !== null || quality !== null);
  const both = known.flatMap(({ model, cost, quality }) =>
    cost === null || quality === null ? [] : [{ model, x: cost, y: quality }],
  );
  if (both.length === 0) return undefined;
  const powers = widened(
    known.flatMap(({ cost }) => (cost === null ? [] : [Math.log10(cost)])),
    leastPowers,
  );
  const domain = widened(
    known.flatMap(({ quality }) => quality ?? []),
    leastPoints,
  );
  const xOf = (/** @type {number} */ cost) => ((Math.log10(cost) - powers[0]) / (powers[1] - powers[0])) * width;
  const yOf = (/** @type {number} */ quality) => ((domain[1] - quality) / (domain[1] - domain[0])) * height;
  const onFront = new Set(paretoFront(both, axis.better).map(({ model }) => model));
  const name = qualityName(data, state).toLowerCase();
  const points = known.map(({ model, cost, quality }) => {
    const values = [
      quality === null ? `no ${name}` : `${quality.toFixed(2)} %`,
      cost === null ? `${axis.name} ${axis.lack}` : `${fourDigits(cost)} ${axis.says}`,
    ];
    return {
      ...{ model, cost, quality, onFront: onFront.has(model) },
      x: cost === null ? width + strip.away : xOf(cost),
      y: quality === null ? height + strip.away : yOf(quality),
      description: `${model.name}: ${values.join(", ")}`,
    };
  });
  const front = points.filter((point) => point.onFront).sort((a, b) => a.x - b.x);
  const line = lineOf(front, axis.better, width);
  const lacksCost = points.some(({ cost }) => cost === null);
  const lacksQuality = points.some(({ quality }) => quality === null);
  return {
    ...{ plot, points, line, lacksCost, lacksQuality, unseen: compared.length - known.length },
    front: axis.better === "low" ? front : front.toReversed(),
    labels: labelsOf(points, front, line, plot),
    xTicks: logTicks(powers, width > 600 ? 8 : 5).map((value) => ({ value, at: xOf(value) })),
    yTicks: linearTicks(domain, 6).map((value) => ({ value, at: yOf(value) })),
  };
}

/**
 * Places the names of points.
 *
 * @param {readonly Point[]} points
 * @param {readonly Point[]} front
 * @param {readonly (readonly [number, number])[]} line
 * @param {Plot} plot
 * @returns {Scatter["labels"]}
 */
function labelsOf(points, front, line, { width, height }) {
  const rest = points.filter(({ onFront, cost, quality }) => !onFront && cost !== null && quality !== null);
  const strips = [points.filter(({ cost }) => cost === null), points.filter(({ quality }) => quality === null)];
  const others = [...rest.sort((a, b) => a.y - b.y), ...strips.filter((one) => one.length <= namedInStrip).flat()];
  const obstacles = [...points.map(({ x, y }) => boxAround(x, y)), ...lineBoxes(line)];
  const room = { left: 2, top: -labelHeight, right: width + 2, bottom: height - 1 };
  const low = { ...room, top: height + strip.away - labelHeight, bottom: height + strip.away + labelHeight };
  const anchors = [...front, ...others].map((point) => ({
    x: point.x,
    y: point.y,
    text: shortName(point.model.name),
    point,
  }));
  const inPlot = anchors.filter(({ point }) => point.quality !== null);
  const below = anchors.filter(({ point }) => point.quality === null);
  return [...placeLabels(inPlot, obstacles, room), ...placeLabels(below, obstacles, low)].map(
    ({ text, x, y, align, of }) => ({ text, x, y, align, onFront: of.point.onFront }),
  );
}
