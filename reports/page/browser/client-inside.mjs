/* What moves in the part of the page that shows the units behind a score. */
/** @import { InsideTask, PageData } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
import { cellNamed, insideId } from "./cells.mjs";
import { all, byId, fill, made } from "./dom.mjs";
import { insideCell, insideFacts, insideFrame, insideHeading } from "./inside.mjs";
import { chosenOrder, insideUnits, orderChoice } from "./units.mjs";

/** The units of tasks that were shown, by the places of the tasks. @type {Map<number, InsideTask>} */
const insides = new Map();

/** @param {number} task */
function insideAt(task) {
  const known = insides.get(task);
  if (known !== undefined) return known;
  /** @type {InsideTask} */
  const read = JSON.parse(byId(insideId(task)).textContent ?? "");
  insides.set(task, read);
  return read;
}

let shownCell = "";
let seenCell = "";

/**
 * Shows the units behind the chosen score.
 *
 * @param {PageData} data
 * @param {State} state
 * @returns {State["by"]} The order in which they are shown, as an address says it.
 */
export function showInside(data, state) {
  const section = byId("inside");
  if (section.childElementCount === 0) section.append(...insideFrame(data).map((tree) => made(tree)));
  const cell = cellNamed(data, state);
  const task = cell && insideAt(cell.task);
  const found = task && cell && insideCell(task, cell);
  const by = found ? chosenOrder(found, state.by) : state.by;
  const key = JSON.stringify([state.task, state.of, state.against]);
  if (key !== shownCell) {
    shownCell = key;
    const place = cell === undefined ? -1 : data.cells.indexOf(cell);
    for (const link of all("#cells [aria-current]")) link.removeAttribute("aria-current");
    for (const link of all(`#cells [data-cell="${place}"]`)) link.setAttribute("aria-current", "true");
    fill(byId("cell"), insideHeading(state, cell !== undefined));
    fill(byId("facts"), task && found ? insideFacts(data, task, found) : []);
    fill(byId("orders"), found ? [orderChoice(found)] : []);
  }
  fill(byId("units"), task && found ? insideUnits(task, found, by) : []);
  return by;
}

/** Brings the score whose units are shown into sight, once. */
export function revealCell() {
  if (seenCell === shownCell) return;
  seenCell = shownCell;
  document.querySelector("#cells [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Brings what was found out about the score into sight, and goes on from there by keyboard. */
export function focusCell() {
  const heading = byId("cell");
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "nearest" });
}
