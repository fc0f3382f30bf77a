/** @import { PageData } from "../shape.ts" */
/** @import { Branch } from "./tree.mjs" */
import { cellLink } from "./cells.mjs";
import { noValue, signed } from "./format.mjs";
import { nameParts, wordsOf } from "./table.mjs";
import { h } from "./tree.mjs";

/**
 * Makes the table of all scores whose units the page has: a row for each task, of each run its score, and what it differs by
 * from the run that it is held against.
 *
 * @param {PageData} data
 * @returns {Branch}
 */
export function cellsTable(data) {
  const runs = [...new Set(data.cells.map(({ of }) => of))].sort((a, b) => a - b);
  const tasks = [...new Set(data.cells.map(({ task }) => task))].sort((a, b) => a - b);
  const held = new Set(data.cells.flatMap(({ against }) => against ?? []));
  const columns = runs.map((of) => ({
    of,
    pairs: data.cells.some((cell) => cell.of === of && cell.against !== undefined),
  }));
  /** @type {Map<string, number>} */
  const places = new Map(data.cells.map(({ task, of, against }, i) => [`${task} ${of} ${against !== undefined}`, i]));
  const link = (/** @type {number} */ task, /** @type {number} */ of, /** @type {boolean} */ isPair) => {
    const place = places.get(`${task} ${of} ${isPair}`);
    const cell = place === undefined ? undefined : data.cells[place];
    if (place === undefined || cell === undefined) return h("td", { class: "right" }, noValue);
    const text = isPair ? signed(cell.score - (cell.before ?? cell.score)) : cell.score.toFixed(2);
    return h("td", { class: "right" }, cellLink(data, place, text));
  };
  const heading = (/** @type {(typeof columns)[number]} */ { of, pairs }) =>
    h(
      "th",
      { scope: "colgroup", class: "right", colspan: pairs ? 2 : 1 },
      nameParts(data.models[of]?.name ?? ""),
      held.has(of) && [" ", h("span", { class: "mark" }, "base")],
    );
  return h(
    "table",
    { class: "cells" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "left" }, "Task"), columns.map(heading))),
    h(
      "tbody",
      {},
      tasks.map((task) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", class: "left" }, wordsOf(data.tasks[task]?.name ?? "")),
          columns.flatMap(({ of, pairs }) => [link(task, of, false), pairs && link(task, of, true)]),
        ),
      ),
    ),
  );
}
