import { type PageData, type PageModel, shortName } from "./data.ts";
import { paretoFront } from "./front.ts";
import { type Box, labelHeight, type PlacedLabel, placeLabels } from "./labels.ts";

/** What quality is drawn against. */
export interface CostAxis {
  readonly title: string;
  readonly better: "low" | "high";
  /** Null where it is not known. */
  readonly of: (model: PageModel) => number | null;
  /** For people. */
  readonly text: (value: number) => string;
}

const number = (value: number, digits: number): string => String(Number(value.toPrecision(digits)));

export const parametersAxis: CostAxis = {
  title: "Parameters (millions, logarithmic)",
  better: "low",
  of: ({ parameters }) => (parameters === null || parameters <= 0 ? null : parameters / 1e6),
  text: (value) => `${number(value, 4)} million parameters`,
};

export const throughputAxis: CostAxis = {
  title: "Throughput (texts per second, logarithmic)",
  better: "high",
  of: ({ throughput }) => (throughput === null || throughput <= 0 ? null : throughput),
  text: (value) => `${number(value, 4)} texts per second`,
};

/** Pixels of the plot, without its axes. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface ScatterPoint {
  readonly x: number;
  /** Percent. */
  readonly y: number;
  readonly name: string;
  /** All of it in words. */
  readonly description: string;
  readonly onFront: boolean;
  readonly baseline: boolean;
}

/** What a chart of quality against cost shows, in the units of its axes. */
export interface Scatter {
  readonly points: readonly ScatterPoint[];
  /** The corners of the stepped line: to the last point, then as far as the plot goes. */
  readonly front: readonly { readonly x: number; readonly y: number }[];
  readonly labels: readonly (PlacedLabel & { readonly onFront: boolean })[];
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly xTicks: readonly number[];
}

/** Shares of the range that stay free at both ends, so that no point lies on an axis. */
const margin = 0.09;

/** A range with its margins, and not narrower than `least`: equal values stand in its middle. */
function widened(low: number, high: number, least: number): [number, number] {
  const [middle, half] = [(low + high) / 2, Math.max(high - low, least) / 2];
  return [middle - half * (1 + 2 * margin), middle + half * (1 + 2 * margin)];
}

/** Least powers of ten that a cost's axis spans: enough for a tick or two. */
const leastPowers = 0.6;
/** Least points of percent that a quality's axis spans: below, differences would look larger than they are. */
const leastPoints = 2;

/** First digits of ticks, the finest first. */
const tickDigits: readonly (readonly number[])[] = [[1, 2, 3, 5, 7], [1, 2, 5], [1]];
const mostTicks = 8;

/** Round numbers within a domain, as fine as there is room for. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 24 }, (_, i) => 10 ** (i - 6));
  const choices = tickDigits.map((digits) =>
    powers.flatMap((power) => digits.map((digit) => digit * power)).filter((tick) => tick >= low && tick <= high),
  );
  return choices.find((ticks) => ticks.length <= mostTicks) ?? choices.at(-1) ?? [];
}

const pointRadius = 5;

const boxAround = (x: number, y: number): Box => ({
  left: x - pointRadius,
  top: y - pointRadius,
  right: x + pointRadius,
  bottom: y + pointRadius,
});

/** The corners of the front as far as it reaches, from the best cost to the edge where cost does not matter. */
function frontLine(
  front: readonly ScatterPoint[],
  better: CostAxis["better"],
  [low, high]: readonly [number, number],
): { x: number; y: number }[] {
  const steps = front.flatMap(({ x, y }, i) => {
    const next = front[i + 1];
    if (next === undefined) return [{ x, y }];
    return [
      { x, y },
      { x: better === "low" ? next.x : x, y: better === "low" ? y : next.y },
    ];
  });
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return [];
  return better === "low" ? [...steps, { x: high, y: last.y }] : [{ x: low, y: first.y }, ...steps];
}

/** The pieces of the front as boxes that no label may touch. */
const lineBoxes = (corners: readonly { x: number; y: number }[]): Box[] =>
  corners.slice(1).map(({ x, y }, i) => {
    const from = corners[i] ?? { x, y };
    return {
      left: Math.min(x, from.x) - 1,
      right: Math.max(x, from.x) + 1,
      top: Math.min(y, from.y) - 1,
      bottom: Math.max(y, from.y) + 1,
    };
  });

function pointsOf({ models }: PageData, axis: CostAxis): ScatterPoint[] {
  const places = models.flatMap((model) => {
    const [x, y] = [axis.of(model), model.meanTask];
    return x === null || y === null ? [] : [{ x, y, model }];
  });
  const front = new Set(paretoFront(places, axis.better));
  return places.map((place) => ({
    x: place.x,
    y: place.y,
    name: shortName(place.model.name),
    description: `${place.model.name}: ${place.y.toFixed(2)} %, ${axis.text(place.x)}`,
    onFront: front.has(place),
    baseline: place.model.baseline,
  }));
}

/**
 * Quality (mean over all tasks) against a cost. Models without a mean or without a known cost are left out; the models of
 * the front have the first choice of room for their names, then the best.
 */
export function makeScatter(data: PageData, axis: CostAxis, { width, height }: PlotSize): Scatter {
  const points = pointsOf(data, axis);
  const logs = points.map(({ x }) => Math.log10(x));
  const [low, high] = widened(Math.min(...logs), Math.max(...logs), leastPowers);
  const xDomain = [10 ** low, 10 ** high] as const;
  const heights = points.map(({ y }) => y);
  const yDomain = widened(Math.min(...heights), Math.max(...heights), leastPoints);
  const [bottom, top] = yDomain;
  const toPixels = ({ x, y }: { x: number; y: number }): { x: number; y: number } => ({
    x: ((Math.log10(x) - low) / (high - low)) * width,
    y: ((top - y) / (top - bottom)) * height,
  });
  const toUnits = ({ x, y }: PlacedLabel): { x: number; y: number } => ({
    x: 10 ** (low + (x / width) * (high - low)),
    y: top - (y / height) * (top - bottom),
  });
  const onFront = [...points].filter((point) => point.onFront).sort((a, b) => a.x - b.x || a.y - b.y);
  const front = frontLine(onFront, axis.better, xDomain);
  const others = points.filter((point) => !point.onFront).sort((a, b) => b.y - a.y);
  const obstacles = [...points.map(toPixels).map(({ x, y }) => boxAround(x, y)), ...lineBoxes(front.map(toPixels))];
  const room = { left: 2, top: -labelHeight, right: width + 2, bottom: height - 1 };
  const anchors = [...onFront, ...others].map((point) => ({ ...toPixels(point), text: point.name }));
  const names = new Set(onFront.map(({ name }) => name));
  return {
    points,
    front,
    labels: placeLabels(anchors, obstacles, room).map((label) => ({
      ...label,
      ...toUnits(label),
      onFront: names.has(label.text),
    })),
    xDomain,
    yDomain,
    xTicks: logTicks(xDomain),
  };
}
