import type { PlotSize } from "../vega.ts";
import { type PageData, type PageModel, shortName } from "./data.ts";
import { type Box, labelHeight, type PlacedLabel, placeLabels } from "./labels.ts";

/** A cost or a speed, on the x axis of a chart whose y axis is quality. */
export interface CostAxis {
  readonly title: string;
  readonly better: "low" | "high";
  /** Returns the value of a model; null where it is not known. */
  readonly of: (model: PageModel) => number | null;
  /** Formats a value for people. */
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

/** A place in a chart: a cost or a speed, and quality in percent. */
interface Place {
  readonly x: number;
  readonly y: number;
}

export interface ScatterPoint extends Place {
  readonly name: string;
  /** Name and values in words. */
  readonly description: string;
  readonly onFront: boolean;
  readonly baseline: boolean;
}

/** The points, lines and names of a chart of quality against cost, in the units of its axes. */
export interface Scatter {
  readonly points: readonly ScatterPoint[];
  /** Corners of the stepped line, which goes on to the edge of the plot. */
  readonly front: readonly Place[];
  readonly labels: readonly (PlacedLabel & { readonly onFront: boolean })[];
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly xTicks: readonly number[];
}

/** Shares of the range that stay free at both ends, so that no point lies on an axis. */
const margin = 0.09;

/** Widens a range to `least` at least, and by its margins: equal values stand in its middle. */
function widened(low: number, high: number, least: number): [number, number] {
  const [middle, half] = [(low + high) / 2, Math.max(high - low, least) / 2];
  return [middle - half * (1 + 2 * margin), middle + half * (1 + 2 * margin)];
}

/** Least span of a cost's axis in powers of ten: enough for a tick or two. */
const leastPowers = 0.6;
/** Least span of the quality's axis in points of percent: in a smaller one differences would look larger than they are. */
const leastPoints = 2;

/** First digits of ticks, the finest first. */
const tickDigits: readonly (readonly number[])[] = [[1, 2, 3, 5, 7], [1, 2, 5], [1]];
const mostTicks = 8;

/** Returns round numbers within a domain, as fine as there is room for. */
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

/**
 * Returns the points that no other point beats (the Pareto front), by rising x: one beats another if it is at least as good
 * in both and better in one. Of equal points all are on the front.
 */
export function paretoFront<Point extends Place>(points: readonly Point[], better: "low" | "high"): readonly Point[] {
  const sign = better === "low" ? 1 : -1;
  const beats = (a: Place, b: Place): boolean => sign * a.x <= sign * b.x && a.y >= b.y && (a.x !== b.x || a.y !== b.y);
  return points.filter((point) => !points.some((other) => beats(other, point))).sort((a, b) => a.x - b.x || a.y - b.y);
}

/** Returns the corners of the front, from the best cost to the edge of the domain where cost does not matter. */
function frontLine(
  front: readonly Place[],
  better: CostAxis["better"],
  [low, high]: readonly [number, number],
): readonly Place[] {
  if (front.length === 0) return [];
  const steps = front.flatMap(({ x, y }, i) => {
    if (i === front.length - 1) return [{ x, y }];
    const next = front[i + 1];
    return [{ x, y }, better === "low" ? { x: next.x, y } : { x, y: next.y }];
  });
  const last = steps[steps.length - 1];
  return better === "low" ? [...steps, { x: high, y: last.y }] : [{ x: low, y: steps[0].y }, ...steps];
}

/** Returns the pieces of the front as boxes that no label may touch. */
const lineBoxes = (corners: readonly Place[]): Box[] =>
  corners.slice(1).map(({ x, y }, i) => {
    const from = corners[i];
    return {
      left: Math.min(x, from.x) - 1,
      right: Math.max(x, from.x) + 1,
      top: Math.min(y, from.y) - 1,
      bottom: Math.max(y, from.y) + 1,
    };
  });

function pointsOf({ models }: PageData, axis: CostAxis): ScatterPoint[] {
  const places = models.flatMap((model) => {
    const [x, y] = [axis.of(model), model.mean];
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
 * Lays out quality (mean over all tasks) against a cost. Models without a mean or without a known cost are left out; the
 * models of the front have the first choice of room for their names, then the best.
 */
export function makeScatter(data: PageData, axis: CostAxis, { width, height }: PlotSize): Scatter {
  const points = pointsOf(data, axis);
  const logs = points.map(({ x }) => Math.log10(x));
  const [low, high] = widened(Math.min(...logs), Math.max(...logs), leastPowers);
  const xDomain = [10 ** low, 10 ** high] as const;
  const heights = points.map(({ y }) => y);
  const yDomain = widened(Math.min(...heights), Math.max(...heights), leastPoints);
  const [bottom, top] = yDomain;
  const toPixels = ({ x, y }: Place): Place => ({
    x: ((Math.log10(x) - low) / (high - low)) * width,
    y: ((top - y) / (top - bottom)) * height,
  });
  const toUnits = ({ x, y }: Place): Place => ({
    x: 10 ** (low + (x / width) * (high - low)),
    y: top - (y / height) * (top - bottom),
  });
  const onFront = points.filter((point) => point.onFront).sort((a, b) => a.x - b.x || a.y - b.y);
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
