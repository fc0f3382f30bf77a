/** @import { PageData, PageModel } from "../shape.ts" */
import { firstCell, namesOfCell, unitOrders } from "./cells.mjs";
import { columnValue, knownAxes } from "./front.mjs";

/**
 * @typedef {object} State What the reader chose. An empty text is no choice.
 * @property {View} view
 * @property {string} text Words that a name must have.
 * @property {number | null} size Most parameters.
 * @property {number | null} dims Most dimensions.
 * @property {number | null} tokens Least length of the longest input.
 * @property {string} licence
 * @property {string} kind
 * @property {string} from
 * @property {boolean} complete
 * @property {string} sort Field of a column, `model`, or `weighted`.
 * @property {"ascending" | "descending"} order
 * @property {string} x Field of an axis.
 * @property {string} y Field of a score; empty for the mean, by the reader's weights where there are any.
 * @property {Readonly<Record<string, number>>} weights By the field of a part; 1 where it is not there.
 * @property {string} first Name of a model.
 * @property {string} second Name of a model.
 * @property {string} task Name of a task whose units are shown.
 * @property {string} of Name of the run that made of them what is shown.
 * @property {string} against Name of the run that it is held against; empty for none.
 * @property {string} by Order of the units; empty for the first that there is.
 */

/** @typedef {"models" | "profiles" | "compare" | "inside" | "languages" | "sources"} View */

/**
 * Tells whether a model has scores that compare with others'.
 *
 * @param {PageModel} model
 */
export const isComparable = ({ isLimited, lack }) => !isLimited && lack !== speedAlone;

/**
 * Returns the views that a page has, with their names for people.
 *
 * @param {PageData} data
 * @returns {[View, string][]}
 */
export const viewsOf = ({ models, parts, partsOf, languages, cells }) =>
  /** @type {[View, string, boolean][]} */ ([
    ["models", "Models", true],
    ["profiles", `By ${partsOf}`, parts.length > 0],
    ["languages", "By language", languages.length > 0],
    ["compare", "Task by task", models.filter(isComparable).length > 1],
    ["inside", "Inside a task", cells.length > 0],
    ["sources", "Sources", true],
  ])
    .filter(([, , isThere]) => isThere)
    .map(([view, name]) => [view, name]);

/** What a model lacks of which only the speed was measured. */
export const speedAlone = "speed alone";

/** Field of the mean by the reader's weights. */
export const weighted = "weighted";

/**
 * Tells which order puts the best of a column first, or a text in the order of the alphabet.
 *
 * @param {PageData} data
 * @param {string} field
 * @returns {State["order"]}
 */
export function firstOrder({ columns }, field) {
  const column = columns.find((one) => one.field === field);
  const isRising =
    field === "model" || column?.better === "low" || column?.format === "text" || column?.format === "link";
  return isRising ? "ascending" : "descending";
}

/**
 * Tells whether the reader's weights are other than equal.
 *
 * @param {Pick<State, "weights">} state
 */
export const hasWeights = ({ weights }) => Object.values(weights).some((weight) => weight !== 1);

/**
 * Returns the order of the rows where none is chosen: that of the leaderboard, or by the reader's weights.
 *
 * @param {PageData} data
 * @param {State["weights"]} weights
 * @returns {Pick<State, "sort" | "order">}
 */
export const standardOrder = (data, weights) =>
  hasWeights({ weights })
    ? { sort: weighted, order: "descending" }
    : { sort: data.sortedBy, order: firstOrder(data, data.sortedBy) };

/**
 * Returns the score that a chart shows where none is chosen: the mean, or, where no model has it, the first that some have.
 *
 * @param {PageData} data
 */
function standardQuality(data) {
  const models = data.models.filter(isComparable);
  const isKnown = (/** @type {string} */ field) => models.some((model) => columnValue(data, model, field) !== null);
  if (isKnown(data.mean)) return "";
  return data.columns.find(({ format, field }) => format === "score" && isKnown(field))?.field ?? "";
}

/**
 * Returns the state of a page that nothing was chosen on.
 *
 * @param {PageData} data
 * @returns {State}
 */
export function defaultState(data) {
  const [first, second = first] = data.models.filter(isComparable).map(({ name }) => name);
  const [axis] = knownAxes(data);
  return {
    ...{
      view: "models",
      text: "",
      size: null,
      dims: null,
      tokens: null,
      licence: "",
      kind: "",
      from: "",
      complete: false,
    },
    ...standardOrder(data, {}),
    ...{ x: axis?.field ?? "", y: standardQuality(data), weights: {} },
    ...{ first: first ?? "", second: second ?? "" },
    ...namesOfCell(data, firstCell(data)),
    by: "",
  };
}

export const mostWeight = 4;

/** @param {string} text */
const positive = (text) => (/^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined);
/** @param {string} text */
const itself = (text) => text;

/** What the filter of licences calls those that are not known. */
export const unknownLicence = "not known";

/**
 * @template Read
 * @param {readonly Read[]} known
 */
const oneOf = (known) => (/** @type {string} */ text) => known.find((one) => one === text);

/**
 * Returns what reads the choices from an address, by their names in it; undefined for a text that the page has no use for.
 *
 * @param {PageData} data
 */
function readers(data) {
  const names = data.models.filter(isComparable).map(({ name }) => name);
  const scores = data.columns.filter(({ format }) => format === "score").map(({ field }) => field);
  const valuesOf = (/** @type {string} */ field) =>
    data.models.map((model) => String(columnValue(data, model, field) ?? ""));
  return /** @type {const} */ ({
    view: oneOf(viewsOf(data).map(([view]) => view)),
    text: itself,
    size: positive,
    dims: positive,
    tokens: positive,
    licence: oneOf([...valuesOf("licence"), unknownLicence]),
    kind: oneOf(valuesOf("kind")),
    from: oneOf(["pramana", "other", "built in"]),
    complete: (/** @type {string} */ text) => text === "yes" || undefined,
    x: oneOf(knownAxes(data).map(({ field }) => field)),
    y: oneOf(["", ...scores]),
    first: oneOf(names),
    second: oneOf(names),
    task: oneOf(data.tasks.map(({ name }) => name)),
    of: oneOf(data.models.map(({ name }) => name)),
    against: oneOf(["", ...data.models.map(({ name }) => name)]),
    by: oneOf(["", ...unitOrders]),
  });
}

const weightPrefix = "weight.";

/**
 * Reads the choices from the part of an address behind `#`. What the page has no use for is left at its default, and named.
 *
 * @param {string} hash With or without the `#`.
 * @param {PageData} data
 * @returns {{ state: State, unknown: string[] }}
 */
export function readState(hash, data) {
  const standard = defaultState(data);
  /** @type {Record<string, unknown>} */
  const chosen = {};
  /** @type {Record<string, number>} */
  const weights = {};
  /** @type {string[]} */
  const unknown = [];
  const known = readers(data);
  const fields = ["model", weighted, ...data.columns.map(({ field }) => field)];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const part = name.startsWith(weightPrefix) ? name.slice(weightPrefix.length) : undefined;
    const [, sign = "", field = ""] = /^(-?)(.*)$/s.exec(text) ?? [];
    const value = Object.hasOwn(known, name) ? known[/** @type {keyof typeof known} */ (name)](text) : undefined;
    if (part !== undefined && data.parts.includes(part) && /^\d+(\.\d+)?$/.test(text) && Number(text) <= mostWeight) {
      weights[part] = Number(text);
    } else if (name === "sort" && fields.includes(field)) {
      Object.assign(chosen, { sort: field, order: sign === "-" ? "descending" : "ascending" });
    } else if (value !== undefined) {
      chosen[name] = value;
    } else {
      unknown.push(`${name}=${text}`);
    }
  }
  const order = standardOrder(data, weights);
  // Without weights there is no mean by them.
  if (chosen["sort"] === weighted && !hasWeights({ weights })) Object.assign(chosen, order);
  return { state: /** @type {State} */ ({ ...standard, ...order, ...chosen, weights }), unknown };
}

/**
 * Writes what differs from the default as the part of an address behind `#`, which `readState` reads; an empty text where
 * nothing does.
 *
 * @param {State} state
 * @param {PageData} data
 */
export function writeState(state, data) {
  const standard = defaultState(data);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (name === "weights" || name === "sort" || name === "order") continue;
    if (value !== standard[/** @type {keyof State} */ (name)]) search.set(name, value === true ? "yes" : String(value));
  }
  const { sort, order } = standardOrder(data, state.weights);
  if (state.sort !== sort || state.order !== order) {
    search.set("sort", `${state.order === "descending" ? "-" : ""}${state.sort}`);
  }
  for (const part of data.parts) {
    const weight = state.weights[part] ?? 1;
    if (weight !== 1) search.set(weightPrefix + part, String(weight));
  }
  return search.toString();
}
