/** @import { PageData, PageModel } from "../shape.ts" */

/**
 * @typedef {object} Axis A cost or a speed, on the x axis of a chart whose y axis is quality.
 * @property {string} field The column that it shows.
 * @property {string} name
 * @property {string} title With its unit.
 * @property {"low" | "high"} better
 * @property {number} unit Divides the column's values.
 * @property {string} says The unit of one value, in words.
 * @property {string} lack What a model lacks that has no value.
 */

/** @type {readonly Axis[]} */
export const axes = [
  {
    ...{ field: "latencyMs", name: "latency (p50)", better: "low", unit: 1, says: "ms", lack: "not measured" },
    title: "Latency of one query of 128 tokens, median (ms, logarithmic)",
  },
  {
    ...{ field: "textsPerSecond", name: "throughput", better: "high", unit: 1, says: "texts/s", lack: "not measured" },
    title: "Throughput (texts per second, logarithmic)",
  },
  {
    ...{ field: "memoryBytes", name: "memory", better: "low", unit: 2 ** 20, says: "MB", lack: "not measured" },
    title: "Most memory in use (MB, logarithmic)",
  },
  {
    ...{
      field: "bytesPerDocument",
      name: "bytes per vector",
      better: "low",
      unit: 1,
      says: "bytes",
      lack: "not known",
    },
    title: "Bytes of a document’s vectors (logarithmic)",
  },
  {
    ...{ field: "parameters", name: "size", better: "low", unit: 1e6, says: "million parameters", lack: "not known" },
    title: "Parameters (millions, logarithmic)",
  },
];

/**
 * Returns a model's value in a column; null where it has none, or the page has no such column.
 *
 * @param {PageData} data
 * @param {PageModel} model
 * @param {string} field
 */
export const columnValue = ({ columns }, { values }, field) =>
  values[columns.findIndex((one) => one.field === field)] ?? null;

/**
 * Returns a model's place on an axis, in its unit; null where it is not known, or cannot lie on a logarithmic axis.
 *
 * @param {PageData} data
 * @param {PageModel} model
 * @param {Axis} axis
 */
export function costOf(data, model, { field, unit }) {
  const value = columnValue(data, model, field);
  return typeof value === "number" && value > 0 ? value / unit : null;
}

/**
 * Returns the axes that at least two of the models have a value on.
 *
 * @param {PageData} data
 */
export const knownAxes = (data) =>
  axes.filter((axis) => data.models.filter((model) => costOf(data, model, axis) !== null).length > 1);

/**
 * Returns the points that no other point beats (the Pareto front), by rising x: one beats another if it is at least as good
 * in both and better in one. Of equal points all are on the front.
 *
 * @template {{ readonly x: number, readonly y: number }} Point
 * @param {readonly Point[]} points
 * @param {"low" | "high"} better Of x; of y more is better.
 */
export function paretoFront(points, better) {
  const sign = better === "low" ? 1 : -1;
  /** @type {Point[]} */
  const front = [];
  let best = Number.NEGATIVE_INFINITY;
  // From the best cost to the worst, and of equal costs from the best quality: what does not rise is beaten, or equal.
  for (const point of [...points].sort((a, b) => sign * (a.x - b.x) || b.y - a.y)) {
    const last = front.at(-1);
    if (point.y > best || (last !== undefined && point.x === last.x && point.y === last.y)) front.push(point);
    best = Math.max(best, point.y);
  }
  return sign === 1 ? front : front.reverse();
}
