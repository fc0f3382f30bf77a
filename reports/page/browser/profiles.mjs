/** @import { PageData } from "../shape.ts" */
import { columnValue } from "./front.mjs";

/** @typedef {{ readonly part: string, readonly difference: number, readonly score: number | null }} ProfileRow A type or group: points of percent above the reference, 0 where there is no score; and the score in percent. */
/** @typedef {{ readonly name: string, readonly rows: readonly ProfileRow[] }} Profile */

/**
 * @typedef {object} Profiles The profiles of all models, on one scale.
 * @property {readonly Profile[]} profiles In the order of the page's models.
 * @property {readonly [number, number]} domain Range of the differences, with 0 in it.
 * @property {boolean} againstMedian True where differences are from the median of each part; else they are the scores themselves.
 */

/** Least number of models for a median. */
const enoughModels = 3;

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/**
 * Makes the profile of each model: its scores by type, or by the groups of the benchmark. These differ more from each other
 * than models do, so from three complete models on a profile shows how far each score lies from the median of the complete
 * models.
 *
 * @param {PageData} data
 * @returns {Profiles}
 */
export function makeProfiles(data) {
  const { models, parts, columns } = data;
  const scoreOf = (/** @type {(typeof models)[number]} */ model, /** @type {string} */ part) => {
    const value = model.isLimited ? null : columnValue(data, model, part);
    return typeof value === "number" ? value : null;
  };
  const complete = models.filter(({ lack, isLimited }) => lack === undefined && !isLimited);
  const againstMedian = complete.length >= enoughModels;
  const references = parts.map((part) => (againstMedian ? median(complete.map((one) => scoreOf(one, part) ?? 0)) : 0));
  const profiles = models.map((model) => ({
    name: model.name,
    rows: parts.map((part, i) => {
      const score = scoreOf(model, part);
      const short = columns.find(({ field }) => field === part)?.short ?? part;
      return { part: short, score, difference: score === null ? 0 : score - (references[i] ?? 0) };
    }),
  }));
  const differences = profiles.flatMap(({ rows }) => rows.map(({ difference }) => difference));
  const low = differences.reduce((least, one) => Math.min(least, one), 0);
  const high = againstMedian ? differences.reduce((most, one) => Math.max(most, one), 0) : 100;
  return { profiles, domain: low === high ? [-1, 1] : [low, high], againstMedian };
}
