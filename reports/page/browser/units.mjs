/** @import { InsideCell, InsideTask, PageMade, PageMove, UnitOrder } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
/** @import { Tree } from "./tree.mjs" */
import { unitOrders } from "./cells.mjs";
import { grouped, noValue, oneDigit, signedDigit } from "./format.mjs";
import { nameText, plainly, textElement } from "./texts.mjs";
import { h } from "./tree.mjs";

/** What the orders of units are called. @type {Record<UnitOrder, string>} */
const orderTitles = {
  worse: "What got worse most",
  better: "What got better most",
  moved: "What moved most",
  flipped: "What is solved no more, or anew",
  worst: "What fares worst",
};

/** Says how many units an order is of. @type {Record<UnitOrder, (cell: InsideCell) => number>} */
const orderAmounts = {
  worse: ({ moved }) => moved?.worse ?? 0,
  better: ({ moved }) => moved?.better ?? 0,
  moved: ({ moved }) => (moved?.worse ?? 0) + (moved?.better ?? 0),
  flipped: ({ flipped }) => (flipped?.lost ?? 0) + (flipped?.won ?? 0),
  worst: ({ units }) => units,
};

/**
 * Returns the orders in which a cell has units.
 *
 * @param {InsideCell} cell
 */
const ordersOf = ({ shown }) => unitOrders.filter((order) => (shown[order]?.length ?? 0) > 0);

/**
 * Returns the order in which units are shown: the one that was chosen, else the first that there is.
 *
 * @param {InsideCell} cell
 * @param {State["by"]} by
 */
export function orderOf(cell, by) {
  const there = ordersOf(cell);
  return there.find((order) => order === by) ?? there[0];
}

/**
 * Returns what of an order the address and the choice of orders say: nothing of the first that there is, and of those that
 * there are not.
 *
 * @param {InsideCell} cell
 * @param {State["by"]} by
 */
export const chosenOrder = (cell, by) => (ordersOf(cell).indexOf(/** @type {UnitOrder} */ (by)) > 0 ? by : "");

/**
 * Makes the choice of the order.
 *
 * @param {InsideCell} cell
 */
export const orderChoice = (cell) =>
  h(
    "label",
    {},
    "Show ",
    h(
      "select",
      { id: "by", "data-choice": "by" },
      ordersOf(cell).map((order, i) =>
        h("option", { value: i === 0 ? "" : order }, `${orderTitles[order]} (${grouped(orderAmounts[order](cell))})`),
      ),
    ),
  );

/** @param {PageMade} made */
const valueShown = ({ value }) => (value === null ? noValue : oneDigit(value));

/**
 * Makes the lines of what a run made of a unit.
 *
 * @param {string} side
 * @param {PageMade} made
 * @param {InsideTask["documents"]} documents
 * @returns {readonly (Tree | false)[]}
 */
function madeLines(side, { said, relevant, first }, documents) {
  const place = (/** @type {readonly [number, number | null]} */ [document, rank]) => [
    nameText(documents[document]?.id ?? ""),
    rank === null ? " not ranked" : ` at ${rank}`,
  ];
  const ranked = (/** @type {readonly [number, boolean]} */ [document, isRelevant]) =>
    h(
      "li",
      {},
      isRelevant && h("span", { class: "mark" }, "relevant "),
      nameText(documents[document]?.id ?? ""),
      " ",
      textElement("span", documents[document]?.text ?? { text: "" }),
    );
  return [
    said !== undefined && h("dt", {}, side),
    said !== undefined && h("dd", { class: "text", dir: "auto" }, plainly(said)),
    relevant !== undefined && h("dt", {}, `${side}: relevant`),
    relevant !== undefined &&
      h("dd", {}, relevant.length === 0 ? "none" : relevant.flatMap((one, i) => [i > 0 && ", ", ...place(one)])),
    first !== undefined && h("dt", {}, `${side}: first`),
    first !== undefined && h("dd", {}, h("ol", { class: "ranked" }, first.map(ranked))),
  ];
}

/**
 * @param {InsideTask} task
 * @param {PageMove} move
 */
function unitItem({ units, documents }, { unit: place, made, before }) {
  const unit = units[place];
  if (unit === undefined) return undefined;
  const { name, where, texts, wanted } = unit;
  const change =
    before === undefined || before.value === null || made.value === null
      ? ""
      : ` (${signedDigit(made.value - before.value)})`;
  return h(
    "li",
    {},
    h(
      "h4",
      {},
      nameText(name),
      " ",
      h("span", { class: "mark" }, nameText(where)),
      " ",
      h(
        "span",
        { class: "values" },
        `${before === undefined ? "" : `${valueShown(before)} → `}${valueShown(made)}${change}`,
      ),
    ),
    h(
      "dl",
      {},
      Object.entries(texts).flatMap(([what, text]) => [h("dt", {}, what), textElement("dd", text)]),
      wanted !== undefined && [h("dt", {}, "right"), h("dd", { class: "text", dir: "auto" }, plainly(wanted))],
      before !== undefined && madeLines("base", before, documents),
      madeLines(before === undefined ? "model" : "candidate", made, documents),
    ),
  );
}

/**
 * Makes the list of units, in the order that was chosen.
 *
 * @param {InsideTask} task
 * @param {InsideCell} cell
 * @param {State["by"]} by
 * @returns {readonly (Tree | false | undefined)[]}
 */
export function insideUnits(task, cell, by) {
  const order = orderOf(cell, by);
  if (order === undefined) return [h("p", { class: "note" }, "No unit changed.")];
  const places = cell.shown[order] ?? [];
  const of = orderAmounts[order](cell);
  return [
    h("h3", {}, orderTitles[order]),
    h(
      "p",
      { class: "note" },
      `${places.length < of ? `The first ${places.length} of ${grouped(of)}.` : `All ${grouped(of)}.`} ${task.textless ?? ""}`,
    ),
    h(
      "ol",
      { class: "units" },
      places.map((place) => {
        const move = cell.moves[place];
        return move && unitItem(task, move);
      }),
    ),
  ];
}
