/** @import { PageData } from "../shape.ts" */
/** @import { Tree } from "./tree.mjs" */
import { qualityOf } from "./choose.mjs";
import { grouped, sizeText, valueText } from "./format.mjs";
import { axes, columnValue, knownAxes } from "./front.mjs";
import { defaultState, isComparable, mostWeight, unknownLicence, viewsOf } from "./state.mjs";
import { isMixed, origins } from "./table.mjs";
import { h } from "./tree.mjs";

/**
 * Makes a choice of one value.
 *
 * @param {string} name Key of the state.
 * @param {string} label
 * @param {readonly (readonly [value: string, text: string, isOff?: boolean])[]} options
 */
const choice = (name, label, options) =>
  h(
    "label",
    {},
    `${label} `,
    h(
      "select",
      { id: name, "data-choice": name },
      options.map(([value, text, isOff = false]) => h("option", { value, disabled: isOff }, text)),
    ),
  );

const anyValue = /** @type {const} */ (["", "any"]);
/** Numbers that the table can be filtered by. */
const sizes = [50e6, 150e6, 500e6, 1e9, 4e9, 10e9];
const dimensions = [128, 256, 384, 512, 768, 1024, 1536, 2048, 4096];
const lengths = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 131_072];

/**
 * Returns the numbers of a column that the models have.
 *
 * @param {PageData} data
 * @param {string} field
 */
const numbersOf = (data, field) =>
  data.models.map((model) => columnValue(data, model, field)).filter((value) => typeof value === "number");

/**
 * Returns the texts of a column that the models have, each once.
 *
 * @param {PageData} data
 * @param {string} field
 */
const textsOf = (data, field) =>
  [...new Set(data.models.flatMap((model) => columnValue(data, model, field) ?? []))].map(String).sort();

/**
 * Makes the filters that tell some of the models from others.
 *
 * @param {PageData} data
 * @returns {readonly Tree[]}
 */
function filters(data) {
  const most = (/** @type {string} */ field, /** @type {readonly number[]} */ steps) => {
    const known = numbersOf(data, field);
    return steps.filter((step) => known.some((one) => one <= step) && known.some((one) => one > step));
  };
  const longest = numbersOf(data, "maxTokens");
  const least = lengths.filter((step) => longest.some((one) => one >= step) && longest.some((one) => one < step));
  const licences = textsOf(data, "licence");
  const isUntold = data.models.some((model) => columnValue(data, model, "licence") === null);
  const kinds = textsOf(data, "kind");
  const from = /** @type {const} */ (["pramana", "other", "built in"]).filter((origin) =>
    data.models.some((model) => model.origin === origin),
  );
  /** @type {[boolean, Tree][]} */
  const all = [
    [
      most("parameters", sizes).length > 0,
      choice("size", "Parameters, at most", [
        anyValue,
        ...most("parameters", sizes).map((step) => /** @type {const} */ ([String(step), sizeText(step)])),
      ]),
    ],
    [
      most("dimensions", dimensions).length > 0,
      choice("dims", "Dimensions, at most", [
        anyValue,
        ...most("dimensions", dimensions).map((step) => /** @type {const} */ ([String(step), grouped(step)])),
      ]),
    ],
    [
      least.length > 0,
      choice("tokens", "Input, at least", [
        anyValue,
        ...least.map((step) => /** @type {const} */ ([String(step), `${grouped(step)} tokens`])),
      ]),
    ],
    [
      licences.length + Number(isUntold) > 1,
      choice("licence", "Licence", [
        anyValue,
        ...licences.map((one) => /** @type {const} */ ([one, valueText(one, "link")])),
        ...(isUntold ? [/** @type {const} */ ([unknownLicence, unknownLicence])] : []),
      ]),
    ],
    [kinds.length > 1, choice("kind", "Kind", [anyValue, ...kinds.map((one) => /** @type {const} */ ([one, one]))])],
    [
      from.length > 1,
      choice("from", "Scores", [anyValue, ...from.map((one) => /** @type {const} */ ([one, origins[one].says]))]),
    ],
    [
      data.models.some(({ lack }) => lack !== undefined),
      h("label", {}, h("input", { id: "complete", type: "checkbox", "data-choice": "complete" }), " complete only"),
    ],
  ];
  return all.filter(([isUseful]) => isUseful).map(([, filter]) => filter);
}

/**
 * Makes the weights of the parts, which re-rank at once.
 *
 * @param {PageData} data
 */
function weights({ parts, partsOf, columns }) {
  if (parts.length < 2) return undefined;
  const sliders = parts.map((part) => {
    const heading = columns.find(({ field }) => field === part)?.heading ?? part;
    const range = { type: "range", min: 0, max: mostWeight, step: 0.5, value: 1, "data-weight": part };
    return h("label", {}, h("span", {}, heading), h("input", range), h("output", {}, "1"));
  });
  return h(
    "details",
    { id: "weights" },
    h("summary", {}, `Weights by ${partsOf}`),
    h(
      "p",
      { class: "note" },
      `What counts for you counts more: the table gets a mean by these weights and is sorted by it, and the chart shows it. At 0 a ${partsOf} does not count, nor is it asked for.`,
    ),
    h("div", { class: "weights" }, sliders),
    h("button", { type: "button", id: "equal" }, "Equal weights"),
  );
}

/**
 * Makes what the reader chooses by, hidden until the page's script runs.
 *
 * @param {PageData} data
 */
export const controls = (data) =>
  h(
    "div",
    { "data-live": true, hidden: true },
    h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": "Parts of the page" },
      viewsOf(data).map(([view, name]) =>
        h(
          "button",
          { ...{ type: "button", role: "tab", id: `tab-${view}` }, "data-view": view, "aria-controls": view },
          name,
        ),
      ),
    ),
    h(
      "div",
      { id: "choices" },
      h(
        "form",
        { class: "controls", role: "search", "aria-label": "Filters" },
        h(
          "label",
          {},
          "Name ",
          h("input", {
            ...{ id: "text", type: "search", placeholder: "part of it", autocomplete: "off" },
            "data-choice": "text",
          }),
        ),
        filters(data),
        h("button", { type: "button", id: "clear" }, "Clear"),
      ),
      weights(data),
    ),
    h(
      "div",
      { class: "controls" },
      h("output", { id: "shown", "aria-live": "polite" }),
      h("button", { type: "button", id: "csv" }, "CSV"),
    ),
    h("p", { class: "told", id: "told", role: "status", hidden: true }),
  );

/**
 * Makes the choice of the chart's axes; what cannot be chosen says why.
 *
 * @param {PageData} data
 */
export function axisControls(data) {
  const known = knownAxes(data);
  const scored = { ...defaultState(data), weights: {} };
  const scores = data.columns.filter(
    ({ format, field }) =>
      format === "score" && data.models.some((model) => qualityOf(data, { ...scored, y: field }, model) !== null),
  );
  return h(
    "form",
    { class: "controls", "data-live": true, hidden: true, "aria-label": "Axes of the chart" },
    choice("y", "Quality", [
      ["", "the mean"],
      ...scores
        .filter(({ field }) => field !== data.mean)
        .map(({ field, heading }) => /** @type {const} */ ([field, heading])),
    ]),
    choice(
      "x",
      "against",
      axes.map((axis) => {
        const isKnown = known.includes(axis);
        return /** @type {const} */ ([axis.field, isKnown ? axis.name : `${axis.name} (${axis.lack})`, !isKnown]);
      }),
    ),
  );
}

/**
 * Says which marks are whose, where there are both.
 *
 * @param {PageData} data
 */
export const legend = (data) =>
  isMixed(data)
    ? ` ${origins.pramana.sign} marks what was ${origins.pramana.says}, ${origins.other.sign} scores of others.`
    : "";

/**
 * Makes the choice of the two models that are compared.
 *
 * @param {PageData} data
 */
export function compareControls({ models }) {
  const names = models.filter(isComparable).map(({ name }) => /** @type {const} */ ([name, name]));
  return h("form", { class: "controls" }, choice("first", "First", names), choice("second", "Second", names));
}
