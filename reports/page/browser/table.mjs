/** @import { PageColumn, PageData, PageModel, Value } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
/** @import { Branch } from "./tree.mjs" */
import { shownColumns, shownValues } from "./choose.mjs";
import { valueText } from "./format.mjs";
import { h } from "./tree.mjs";

/** Percent of the accent colour behind the best value of a column: text stays readable on it, in light and dark. */
const mostHeat = 34;

/** @typedef {{ readonly least: number, readonly most: number }} Range Of a column's values. */

/**
 * Returns the range of some values.
 *
 * @param {readonly Value[]} values
 * @returns {Range}
 */
function rangeOf(values) {
  const numbers = values.filter((value) => typeof value === "number");
  return { least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** That of cells which stand in no order with the others. @type {Range} */
const noRange = { least: 0, most: 0 };

/** @param {PageColumn} column */
const alignOf = ({ format }) => (format === "text" || format === "link" ? "left" : "right");

/**
 * Makes a cell of a score: the better, the deeper its ground.
 *
 * @param {string} text
 * @param {number | null} value
 * @param {Range} range
 */
function scoreCell(text, value, { least, most }) {
  if (value === null) return h("td", { class: "right" }, text);
  const share = most > least ? (value - least) / (most - least) : 0;
  const isBest = most > least && value === most;
  return h(
    "td",
    { class: `right heat${isBest ? " best" : ""}`, style: `--heat:${(share * mostHeat).toFixed(1)}` },
    text,
  );
}

/**
 * Writes a name with its organisation set apart.
 *
 * @param {string} name
 */
export function nameParts(name) {
  const end = name.indexOf("/") + 1;
  return [end > 0 && h("span", { class: "organisation" }, name.slice(0, end)), name.slice(end)];
}

/**
 * Writes a task's name, which a narrow window may break between its words.
 *
 * @param {string} name
 */
export const wordsOf = (name) => name.split(/(?<=[a-z0-9])(?=[A-Z])/).flatMap((word) => [word, h("wbr")]);

/** Signs of the origin of scores, and what they say. */
export const origins = {
  pramana: { sign: "◆", says: "run with Pramana" },
  other: { sign: "○", says: "from result files of another program" },
  "built in": { sign: "○", says: "published, as they come with Pramana" },
};

/**
 * Tells whether a page has scores of one's own and of others, so that both are marked.
 *
 * @param {PageData} data
 */
export const isMixed = ({ models }) =>
  models.some(({ origin }) => origin === "pramana") && models.some(({ origin }) => origin !== "pramana");

/**
 * @param {PageModel} model
 * @param {boolean} isMarked
 */
function nameCell(model, isMarked) {
  const { sign, says } = origins[model.origin];
  return h(
    "th",
    { scope: "row", class: "left" },
    nameParts(model.name),
    isMarked && ["\u00a0", h("span", { class: "mark", role: "img", title: says, "aria-label": says }, sign)],
    model.lack !== undefined && [" ", h("span", { class: "mark lack" }, model.lack)],
  );
}

/** Columns whose values are of a measurement, which may have been made elsewhere. */
const measured = ["latencyMs", "p99Ms", "textsPerSecond", "tokensPerSecond", "memoryBytes", "loadingSeconds"];

/**
 * Makes a model's cell in a column.
 *
 * @param {PageModel} model
 * @param {PageColumn} column
 * @param {Value} value
 * @param {Range} range
 */
function cellOf(model, column, value, range) {
  const text = valueText(value, column.format);
  if (column.format === "score") return scoreCell(text, typeof value === "number" ? value : null, range);
  const mark = model.speedMark !== undefined && measured.includes(column.field) ? ` (${model.speedMark})` : "";
  const title = column.format === "link" && text !== value && value !== null ? String(value) : undefined;
  return h("td", { class: alignOf(column), title }, text + mark);
}

/**
 * Makes the rows of the table, in the order of the page.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function modelRows(data, state) {
  const columns = shownColumns(data, state);
  const rows = data.models.map((model) => ({ model, values: shownValues(data, state, model) }));
  const ranges = columns.map((_, i) =>
    rangeOf(rows.flatMap(({ model, values }) => (model.isLimited ? [] : [values[i] ?? null]))),
  );
  const isMarked = isMixed(data);
  return rows.map(({ model, values }) =>
    h(
      "tr",
      { "data-model": model.name },
      nameCell(model, isMarked),
      columns.map((column, i) =>
        cellOf(model, column, values[i] ?? null, (model.isLimited ? undefined : ranges[i]) ?? noRange),
      ),
    ),
  );
}

/**
 * Makes the headings of the table, each a button that sorts by it.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function modelHeadings(data, state) {
  const name = /** @type {const} */ ({ field: "model", heading: "Model", short: "Model", format: "text" });
  const headings = [name, ...shownColumns(data, state)].map((column) => {
    const { field, heading, short } = column;
    const full = heading === short ? {} : { title: heading, "aria-label": heading };
    const order = field === state.sort ? { "aria-sort": state.order } : {};
    const button = h("button", { type: "button", "data-sort": field, ...full }, short);
    return h("th", { scope: "col", class: alignOf(column), ...order }, button);
  });
  return h("tr", {}, headings);
}

/**
 * Makes a box in which a wide table scrolls.
 *
 * @param {string} label
 * @param {Branch} table
 */
export const scrolling = (label, table) =>
  h("div", { class: "wide", role: "region", "aria-label": label, tabindex: 0 }, table);

/**
 * Makes the table of means by language of some models.
 *
 * @param {PageData} data
 * @param {readonly PageModel[]} models
 */
export function languagesTable({ languages, models: all }, models) {
  const ranges = languages.map((_, i) =>
    rangeOf(all.flatMap((model) => (model.isLimited ? [] : [model.languages[i] ?? null]))),
  );
  const rowOf = (/** @type {PageModel} */ model) =>
    languages.map((_, i) => {
      const value = model.languages[i] ?? null;
      const mark = value !== null && model.partly?.includes(i) ? "~" : "";
      return scoreCell(mark + valueText(value, "score"), value, (model.isLimited ? undefined : ranges[i]) ?? noRange);
    });
  const headings = languages.map(({ heading, short }) =>
    h("th", { scope: "col", class: "right", title: heading, "aria-label": heading }, short),
  );
  const rows = models.map((model) => h("tr", {}, nameCell(model, false), rowOf(model)));
  return h(
    "table",
    { class: "named" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "left" }, "Model"), headings)),
    h("tbody", {}, rows),
  );
}
