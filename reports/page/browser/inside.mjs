/** @import { InsideCell, InsideTask, PageCell, PageData, PageSlice } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
/** @import { Branch, Tree } from "./tree.mjs" */
import { cellsTable } from "./cells-table.mjs";
import { counted, grouped, oneDigit, signed, signedDigit } from "./format.mjs";
import { scrolling } from "./table.mjs";
import { nameText, plainly } from "./texts.mjs";
import { h } from "./tree.mjs";

/**
 * Finds what the page has of a score, among the units of its task.
 *
 * @param {InsideTask} task
 * @param {PageCell} wanted
 */
export const insideCell = ({ cells }, { of, against }) =>
  cells.find((cell) => cell.of === of && cell.against === against);

/**
 * Makes the places of what is shown, and says what the table is.
 *
 * @param {PageData} data
 * @returns {readonly Branch[]}
 */
export const insideFrame = (data) => [
  h(
    "p",
    { class: "note" },
    "Scores in percent of the runs that keep samples",
    data.cells.some(({ against }) => against !== undefined) ? ", and their difference from the base" : "",
    ". A score leads to what fares worst, a difference to what changed.",
  ),
  h("div", { id: "cells" }, scrolling("Tasks and runs", cellsTable(data))),
  h("h2", { id: "cell", tabindex: -1 }),
  h("div", { id: "facts" }),
  h("form", { id: "orders", class: "controls" }),
  h("div", { id: "units", "aria-live": "polite" }),
];

/**
 * Names what is shown; says so where the page has nothing of it.
 *
 * @param {State} state
 * @param {boolean} isThere
 * @returns {readonly Tree[]}
 */
export const insideHeading = ({ task, of, against }, isThere) => [
  task,
  h(
    "small",
    {},
    nameText(of),
    against === "" ? "" : " against ",
    against === "" ? "" : nameText(against),
    isThere ? "" : ": this page has no units of it",
  ),
];

/**
 * @param {PageData} data
 * @param {InsideTask} task
 * @param {InsideCell} cell
 * @returns {readonly (Tree | false)[]}
 */
function insideAbout(data, { measure, meaning }, { of, against, score, before, units, moved, flipped, unsolved }) {
  const run = (/** @type {string} */ side, /** @type {number} */ place, /** @type {number} */ value) =>
    h("li", {}, h("b", {}, value.toFixed(2)), ` ${side} `, nameText(data.models[place]?.name ?? ""));
  const sentences = [
    counted(units, "unit"),
    ...(moved === undefined
      ? []
      : [
          `${grouped(moved.worse)} worse, ${grouped(moved.better)} better, ${grouped(units - moved.worse - moved.better)} as before`,
        ]),
    ...(flipped === undefined ? [] : [`${grouped(flipped.lost)} solved no more, ${grouped(flipped.won)} anew`]),
    ...(unsolved === undefined || moved !== undefined ? [] : [`${grouped(unsolved)} not solved`]),
  ];
  return [
    h(
      "ul",
      { class: "runs" },
      run(against === undefined ? "" : "candidate", of, score),
      against !== undefined && before !== undefined && run("base", against, before),
      before !== undefined && h("li", {}, h("b", {}, signed(score - before)), " difference"),
    ),
    h("p", { class: "note" }, `${measure}, percent. ${sentences.join("; ")}. The value of a unit: ${meaning}.`),
  ];
}

/** @param {InsideCell} cell */
const insideCauses = ({ causes: all }) =>
  all.length === 0
    ? []
    : [
        h("h3", {}, "What may explain it"),
        h(
          "ul",
          { class: "causes" },
          all.map((cause) => h("li", {}, plainly(cause))),
        ),
      ];

/** @param {number} p */
const pText = (p) => (p < 0.001 ? "<0.001" : p.toFixed(3));

/**
 * Makes the table of slices, with their intervals as bars on one scale.
 *
 * @param {InsideCell} cell
 * @returns {readonly (Tree | false)[]}
 */
function insideSlices({ slices: told, allSlices, areTelling, against }) {
  if (told.length === 0) return [];
  const isPaired = against !== undefined;
  const text = isPaired ? signedDigit : oneDigit;
  const ends = [...(isPaired ? [0] : []), ...told.flatMap(({ interval }) => interval)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const share = (/** @type {number} */ value) => (high > low ? ((value - low) / (high - low)) * 100 : 0);
  const row = (/** @type {PageSlice} */ { name, units, mean, rest, p, interval: [from, to] }) => {
    const style = `--from:${share(from)}%;--length:${share(to) - share(from)}%;--at:${share(mean)}%${isPaired ? `;--zero:${share(0)}%` : ""}`;
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "left" }, nameText(name)),
      h("td", { class: "right" }, grouped(units)),
      h("td", { class: "right" }, text(mean)),
      h("td", { class: "right" }, `${text(from)} to ${text(to)}`),
      h("td", { class: "bars", "aria-hidden": "true" }, h("span", { class: "interval", style })),
      h("td", { class: "right" }, text(rest)),
      h("td", { class: "right" }, pText(p)),
    );
  };
  const heading = (/** @type {string} */ name, /** @type {string} */ align) =>
    h("th", { scope: "col", class: align }, name);
  const what = isPaired ? ["change", "changes"] : ["fare", "fares"];
  const note = areTelling
    ? `These ${what[0]} otherwise than the rest of the units. p is the chance of such a difference where there is none, corrected for ${counted(allSlices, "slice")}.`
    : `None of ${counted(allSlices, "slice")} surely ${what[1]} otherwise than the rest of the units; these come nearest to it.`;
  const table = h(
    "table",
    { class: "slices" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heading("Slice", "left"),
        heading("Units", "right"),
        heading(isPaired ? "Change" : "Value", "right"),
        heading("95 % interval", "right"),
        h("th", { class: "bars", "aria-hidden": "true" }),
        heading("Others", "right"),
        heading("p", "right"),
      ),
    ),
    h("tbody", {}, told.map(row)),
  );
  return [h("h3", {}, "Slices"), h("p", { class: "note" }, note), scrolling("Slices", table)];
}

/**
 * @param {InsideCell} cell
 * @returns {readonly (Tree | false)[]}
 */
function insideConfusions({ confusions: all }) {
  if (all.length === 0) return [];
  const line = (/** @type {InsideCell["confusions"][number]} */ { right, said, times, before }) =>
    h(
      "li",
      {},
      nameText(said),
      " where ",
      nameText(right),
      ` is right: ${before === undefined ? times : `${before} → ${times}`}`,
    );
  return [
    h("h3", {}, "What is said most often in place of what is right"),
    h("ul", { class: "causes" }, all.map(line)),
  ];
}

/**
 * Makes what is known of all units behind a score.
 *
 * @param {PageData} data
 * @param {InsideTask} task
 * @param {InsideCell} cell
 * @returns {readonly (Tree | false | undefined)[]}
 */
export const insideFacts = (data, task, cell) => [
  ...insideAbout(data, task, cell),
  ...insideCauses(cell),
  ...insideSlices(cell),
  ...insideConfusions(cell),
];
