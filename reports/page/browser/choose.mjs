/** @import { PageColumn, PageData, PageModel, Value } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
import { csv } from "./format.mjs";
import { columnValue } from "./front.mjs";
import { hasWeights, unknownLicence, weighted } from "./state.mjs";

/**
 * Returns the mean of a model's parts by the reader's weights; null where one that counts is missing, and where no part
 * counts. With equal weights it is the mean over the parts.
 *
 * @param {PageData} data
 * @param {PageModel} model
 * @param {State["weights"]} weights
 */
export function weightedMean(data, model, weights) {
  const counted = data.parts.map((part) => ({ weight: weights[part] ?? 1, score: columnValue(data, model, part) }));
  const used = counted.filter(({ weight }) => weight > 0);
  const whole = used.reduce((sum, { weight }) => sum + weight, 0);
  let total = 0;
  for (const { weight, score } of used) {
    if (typeof score !== "number") return null;
    total += weight * score;
  }
  return whole > 0 ? total / whole : null;
}

/**
 * Returns the score that a chart shows of a model: the one that was chosen, else the mean; null where there is none, and
 * for scores of a share of the units.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {PageModel} model
 */
export function qualityOf(data, state, model) {
  if (model.isLimited) return null;
  if (state.y === "" && hasWeights(state)) return weightedMean(data, model, state.weights);
  const value = columnValue(data, model, state.y === "" ? data.mean : state.y);
  return typeof value === "number" ? value : null;
}

/**
 * Compares what a model has with what is asked for: it fits, does not, or does not tell.
 *
 * @param {Value} value
 * @param {(value: number) => boolean} fits
 */
const compared = (value, fits) => (typeof value !== "number" ? "untold" : fits(value) ? "fits" : "no");

/**
 * @param {Value} value
 * @param {string} wanted
 */
const named = (value, wanted) => (value === wanted ? "fits" : value === null ? "untold" : "no");

/**
 * Tells of a model whether it is among those that the filters let through, each by itself.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {PageModel} model
 */
function answersOf(data, state, model) {
  const { text, size, dims, tokens, licence, kind, from, complete } = state;
  const value = (/** @type {string} */ field) => columnValue(data, model, field);
  const name = model.name.toLowerCase();
  const words = text.toLowerCase().split(/\s+/);
  return [
    words.every((word) => name.includes(word)) ? "fits" : "no",
    complete && model.lack !== undefined ? "no" : "fits",
    from !== "" && model.origin !== from ? "no" : "fits",
    size === null ? "fits" : compared(value("parameters"), (one) => one <= size),
    dims === null ? "fits" : compared(value("dimensions"), (one) => one <= dims),
    tokens === null ? "fits" : compared(value("maxTokens"), (one) => one >= tokens),
    kind === "" ? "fits" : named(value("kind"), kind),
    licence === "" ? "fits" : named(value("licence") ?? unknownLicence, licence),
  ];
}

/**
 * Returns the models that the filters let through, and the number of those that are left out only because they do not tell
 * what is asked for.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function filtered(data, state) {
  const found = data.models.map((model) => ({ model, answers: answersOf(data, state, model) }));
  return {
    models: found.filter(({ answers }) => answers.every((one) => one === "fits")).map(({ model }) => model),
    untold: found.filter(({ answers }) => answers.includes("untold") && !answers.includes("no")).length,
  };
}

/**
 * Returns the columns of the table, the name's aside; first the mean by the reader's weights where there are any.
 *
 * @param {PageData} data
 * @param {State} state
 * @returns {readonly PageColumn[]}
 */
export const shownColumns = (data, state) =>
  hasWeights(state)
    ? [
        { field: weighted, heading: "Mean by your weights", short: "Yours", format: "score", better: "high" },
        ...data.columns,
      ]
    : data.columns;

/**
 * Returns a model's values in the columns of the table.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {PageModel} model
 * @returns {readonly Value[]}
 */
export const shownValues = (data, state, model) =>
  hasWeights(state)
    ? [model.isLimited ? null : weightedMean(data, model, state.weights), ...model.values]
    : model.values;

/** Made once: a comparison of texts takes a tenth of what it takes without. */
const alphabet = new Intl.Collator("en");

/**
 * Sorts models: numbers by size, texts by the alphabet, what is missing last in both orders; equal ones stay in the order of
 * the page.
 *
 * @param {PageData} data
 * @param {State} state
 * @param {readonly PageModel[]} models
 */
export function sorted(data, state, models) {
  const column = shownColumns(data, state).findIndex(({ field }) => field === state.sort);
  const keyed = models.map((model) => ({
    model,
    key: column < 0 ? model.name : (shownValues(data, state, model)[column] ?? null),
  }));
  const sign = state.order === "ascending" ? 1 : -1;
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : alphabet.compare(String(a), String(b)));
  });
  return keyed.map(({ model }) => model);
}

/**
 * Writes the table that is shown as comma-separated values: the fields' names, then a row each; scores in percent.
 *
 * @param {PageData} data
 * @param {State} state
 */
export function tableCsv(data, state) {
  const columns = shownColumns(data, state);
  const models = sorted(data, state, filtered(data, state).models);
  return csv([
    ["model", "scores", ...columns.map(({ field }) => field), "lacks"],
    ...models.map((model) => [model.name, model.origin, ...shownValues(data, state, model), model.lack ?? null]),
  ]);
}

/**
 * Writes the means by language of the models that are shown, in their order.
 *
 * @param {PageData} data
 * @param {State} state
 */
export const languagesCsv = (data, state) =>
  csv([
    ["model", ...data.languages.map(({ heading }) => heading)],
    ...sorted(data, state, filtered(data, state).models).map(({ name, languages }) => [name, ...languages]),
  ]);

/**
 * Lists two models' scores task by task, where the first is better by the most at the top; tasks that one lacks last.
 *
 * @param {PageData} data
 * @param {PageModel} a
 * @param {PageModel} b
 */
export function differencesOf({ tasks }, a, b) {
  const rows = tasks.map(({ name, type }, i) => {
    const [first, second] = [a.scores[i] ?? null, b.scores[i] ?? null];
    return { name, type, first, second, difference: first === null || second === null ? null : first - second };
  });
  const key = (/** @type {number | null} */ value) => value ?? Number.NEGATIVE_INFINITY;
  return rows.sort((x, y) => (x.difference === y.difference ? 0 : key(y.difference) - key(x.difference)));
}

/**
 * Writes the scores of the two models that are compared.
 *
 * @param {PageData} data
 * @param {PageModel} a
 * @param {PageModel} b
 */
export const differencesCsv = (data, a, b) =>
  csv([
    ["task", "type", a.name, b.name, "difference"],
    ...differencesOf(data, a, b).map(({ name, type, first, second, difference }) => [
      name,
      type,
      first,
      second,
      difference,
    ]),
  ]);
