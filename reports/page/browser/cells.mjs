/** @import { PageCell, PageData, UnitOrder } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
import { h } from "./tree.mjs";

/**
 * Returns the id of the element that holds the units of a task.
 *
 * @param {number} task Its place in the page's list.
 */
export const insideId = (task) => `inside-${task}`;

/** @typedef {Pick<State, "task" | "of" | "against">} CellNames What an address says of a score: its task, its run, and the run that it is held against. */

/** Orders in which units are shown. @type {readonly UnitOrder[]} */
export const unitOrders = ["worse", "better", "moved", "flipped", "worst"];

/**
 * Returns what an address says of a score; empty texts of none.
 *
 * @param {PageData} data
 * @param {PageCell | undefined} cell
 * @returns {CellNames}
 */
export const namesOfCell = ({ tasks, models }, cell) => ({
  task: tasks[cell?.task ?? -1]?.name ?? "",
  of: models[cell?.of ?? -1]?.name ?? "",
  against: models[cell?.against ?? -1]?.name ?? "",
});

/**
 * Finds the score that an address asks for.
 *
 * @param {PageData} data
 * @param {CellNames} names
 */
export const cellNamed = (data, { task, of, against }) =>
  data.cells.find((cell) => {
    const names = namesOfCell(data, cell);
    return names.task === task && names.of === of && names.against === against;
  });

/**
 * Returns the score that the page begins with: the one that fell most, else the first.
 *
 * @param {PageData} data
 */
export function firstCell({ cells }) {
  const change = (/** @type {PageCell} */ { score, before = score }) => score - before;
  const pairs = cells.filter(({ before }) => before !== undefined);
  const [first] = [...pairs].sort((a, b) => change(a) - change(b));
  return first ?? cells[0];
}

/**
 * Makes a link to the units behind a score; the text alone where the page has none.
 *
 * @param {PageData} data
 * @param {number} place That of the score in the page's list; -1 where it has none.
 * @param {string} text
 */
export function cellLink(data, place, text) {
  const cell = data.cells[place];
  if (cell === undefined) return text;
  const names = namesOfCell(data, cell);
  const search = new URLSearchParams({ view: "inside", ...names });
  const what =
    names.against === "" ? `${names.of}, what fares worst` : `${names.of} against ${names.against}, what changed`;
  return h("a", { href: `#${search}`, "data-cell": place, "aria-label": `${text}: ${names.task}, ${what}` }, text);
}

/**
 * Finds the place of a score in the page's list; -1 where the page has no units of it.
 *
 * @param {PageData} data
 * @param {number} task
 * @param {number} of
 * @param {number} [against]
 */
export const placeOfCell = ({ cells }, task, of, against) =>
  cells.findIndex((cell) => cell.task === task && cell.of === of && cell.against === against);
