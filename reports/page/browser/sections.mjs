/** @import { PageData, PageModel } from "../shape.ts" */
/** @import { Axis } from "./front.mjs" */
/** @import { State } from "./state.mjs" */
/** @import { Tree } from "./tree.mjs" */
import { cellLink, placeOfCell } from "./cells.mjs";
import { differencesOf, filtered, qualityOf, sorted } from "./choose.mjs";
import { drawProfile, drawScatter, pageColors, picture, sizeOfProfile } from "./drawing.mjs";
import { counted, noValue, signed } from "./format.mjs";
import { makeProfiles } from "./profiles.mjs";
import { fourDigits, makeScatter, qualityName, shortName } from "./scatter.mjs";
import { hasWeights, isComparable } from "./state.mjs";
import { isMixed, languagesTable, nameParts, scrolling, wordsOf } from "./table.mjs";
import { h } from "./tree.mjs";

/** Says how models get a mean that lack a task. @param {PageData} data */
const wayToMean = ({ partsOf, parts }) =>
  parts.length > 1
    ? ` Each lacks a task, so that it has no mean; with a weight of 0 a ${partsOf} is not asked for.`
    : "";

const wide = { width: 1080, height: 420 };
const narrow = { width: 292, height: 300 };

/**
 * Makes the chart of quality against a cost, in two sizes of which the page's style hides one, and the front as a list.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {Axis} axis
 * @param {readonly PageModel[]} models
 * @returns {readonly (Tree | undefined)[]}
 */
export function chart(data, state, axis, models) {
  const scatters = [wide, narrow].map((plot) => makeScatter(data, state, axis, models, plot));
  const [scatter] = scatters;
  const quality = qualityName(data, state);
  if (scatter === undefined) {
    const none = `None of the models that are shown has both a score and a known ${axis.name}.`;
    const isMean = state.y === "" && models.length > 0;
    const way = isMean && models.every((model) => qualityOf(data, state, model) === null) ? wayToMean(data) : "";
    return [h("p", { class: "note" }, none + way)];
  }
  const about = { axis, quality, isMixed: isMixed(data) };
  const { front, points, lacksCost, lacksQuality, unseen } = scatter;
  const worse = axis.better === "low" ? "with less" : "with more";
  const unplaced = points.filter(({ cost, quality: score }) => cost === null || score === null).length;
  const sentences = [
    `The line is the Pareto front of the models that are shown: no other has at least as good a score ${worse} or equal ${axis.name}.`,
    ...(lacksCost || lacksQuality
      ? [`In the strips: ${counted(unplaced, "model")} of which one of the two is not known.`]
      : []),
    ...(unseen > 0 ? [`${counted(unseen, "model")} with neither.`] : []),
    ...(hasWeights(state) && state.y === "" ? ["By your weights: this is not the official mean."] : []),
  ];
  return [
    h("p", { class: "note" }, sentences.join(" ")),
    ...scatters.map(
      (one, i) =>
        one &&
        h(
          "figure",
          { class: `chart ${i === 0 ? "broad" : "narrow"}` },
          drawScatter(one, about, pageColors, { padding: 0 }),
        ),
    ),
    h(
      "ol",
      { class: "fronts", "aria-label": "The front, from the best cost on" },
      front.map(({ model, cost, quality: score }) =>
        h(
          "li",
          {},
          h("b", {}, shortName(model.name)),
          ` ${score?.toFixed(2)} %, ${fourDigits(cost ?? 0)} ${axis.says}`,
        ),
      ),
    ),
  ];
}

/** Most profiles that are shown at once. */
const mostProfiles = 24;

/**
 * @param {PageData} data
 * @param {State} state
 * @returns {readonly Tree[]}
 */
export function profiles(data, state) {
  const all = makeProfiles(data);
  const models = sorted(data, state, filtered(data, state).models).filter(isComparable);
  const how = all.againstMedian
    ? "The bars show how many points each score lies above or below the median of the complete models; the numbers are the scores. One scale for all."
    : `Scores by ${data.partsOf}, percent.`;
  const more =
    models.length > mostProfiles ? ` The first ${mostProfiles} of ${models.length} in the order of the table.` : "";
  const figures = models.slice(0, mostProfiles).flatMap((model) => {
    const profile = all.profiles[data.models.indexOf(model)];
    if (profile === undefined) return [];
    const size = { ...sizeOfProfile(profile), left: 0, top: 0 };
    const label = {
      role: "img",
      "aria-label": profile.rows.map(({ part, score }) => `${part} ${score?.toFixed(1) ?? noValue}`).join(", "),
    };
    const drawn = picture(size, label, drawProfile(profile, all, pageColors));
    return [h("figure", { class: "chart" }, h("figcaption", {}, nameParts(model.name)), drawn)];
  });
  return [h("p", { class: "note" }, how + more), h("div", { class: "profiles" }, figures)];
}

/**
 * A bar from the middle, to the right where the first model is better.
 *
 * @param {number} share Of the largest difference.
 */
const bar = (share) =>
  h(
    "td",
    { class: "bars" },
    h("span", {
      class: share < 0 ? "bar below" : "bar",
      style: `--from:${50 + Math.min(0, share) * 50}%;--length:${Math.abs(share) * 50}%`,
    }),
  );

/** @param {readonly { readonly difference: number | null }[]} rows */
function summaryOf(rows) {
  const differences = rows.flatMap(({ difference }) => (difference === null ? [] : [difference]));
  if (differences.length === 0) return "They have no task in common.";
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const better = differences.filter((one) => one > 0).length;
  const worse = differences.filter((one) => one < 0).length;
  const equal = differences.length - better - worse;
  const of = `Of ${counted(differences.length, "task")} the first is better on ${better}, the second on ${worse}`;
  return `${of}${equal > 0 ? `, they are equal on ${equal}` : ""}; mean difference ${signed(mean)}.`;
}

/**
 * Makes the comparison of two models, task by task.
 *
 * @param {PageData} data
 * @param {PageModel} a
 * @param {PageModel} b
 * @returns {readonly (Tree | false)[]}
 */
export function differences(data, a, b) {
  const rows = differencesOf(data, a, b);
  const largest = rows.reduce((most, { difference }) => Math.max(most, Math.abs(difference ?? 0)), 0) || 1;
  const text = (/** @type {number | null} */ score) => (score === null ? noValue : score.toFixed(2));
  const head = (/** @type {string} */ heading, /** @type {string} */ align) =>
    h("th", { scope: "col", class: align }, heading);
  const [one, other] = [a, b].map((model) => data.models.indexOf(model));
  const lines = rows.map(({ name, type, first, second, difference }) => {
    const task = data.tasks.findIndex((each) => each.name === name);
    const link = (/** @type {string} */ shown, /** @type {number} */ of, /** @type {number | undefined} */ against) =>
      cellLink(data, placeOfCell(data, task, of, against), shown);
    const changed = difference === null ? noValue : signed(difference);
    const [from, to] = placeOfCell(data, task, one, other) < 0 ? [other, one] : [one, other];
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "left" }, wordsOf(name)),
      h("td", { class: "left type" }, type),
      h("td", { class: "right" }, link(text(first), one, undefined)),
      h("td", { class: "right" }, link(text(second), other, undefined)),
      h("td", { class: "right difference" }, link(changed, from, to)),
      bar((difference ?? 0) / largest),
    );
  });
  const headings = [
    ...[head("Task", "left"), head("Type", "left type"), head("First", "right"), head("Second", "right")],
    ...[head("Difference", "right"), h("th", { scope: "col", class: "bars", "aria-label": "Difference as a bar" })],
  ];
  const table = h("table", { id: "differences" }, h("thead", {}, h("tr", {}, headings)), h("tbody", {}, lines));
  return [
    h("p", { class: "note", id: "summary", role: "status" }, summaryOf(rows)),
    data.cells.length > 0 &&
      h("p", { class: "note" }, "A score that is a link leads to what fares worst, a difference to what changed."),
    scrolling("Differences by task", table),
  ];
}

/**
 * Makes the table by language.
 *
 * @param {PageData} data
 * @param {State} state
 * @returns {readonly Tree[]}
 */
export function languages(data, state) {
  const { furtherLanguages: further, models } = data;
  const sentences = [
    "Each split and subset counts once for each of its languages.",
    ...(models.some(({ partly }) => partly !== undefined)
      ? ["~ marks means over a part of those in the language."]
      : []),
    ...(further > 0
      ? [`Left out: ${counted(further, "further language")}; pramana leaderboard --by language has them.`]
      : []),
  ];
  const shown = sorted(data, state, filtered(data, state).models);
  return [h("p", { class: "note" }, sentences.join(" ")), scrolling("Means by language", languagesTable(data, shown))];
}
