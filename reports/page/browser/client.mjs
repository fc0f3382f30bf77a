/*
 * What moves in the page. It reads what was chosen from the address, shows it, and
 * writes it back. Without it the page shows the chart and the table as they stand at first.
 */
/** @import { PageData, PageModel } from "../shape.ts" */
/** @import { State, View } from "./state.mjs" */
import { namesOfCell } from "./cells.mjs";
import { differencesCsv, filtered, languagesCsv, shownColumns, sorted, tableCsv } from "./choose.mjs";
import { focusCell, revealCell, showInside } from "./client-inside.mjs";
import { compareControls } from "./controls.mjs";
import { all, byId, fill, made, startTheme } from "./dom.mjs";
import { counted } from "./format.mjs";
import { axes } from "./front.mjs";
import { chart, differences, languages, profiles } from "./sections.mjs";
import { sources } from "./sources.mjs";
import {
  defaultState,
  firstOrder,
  hasWeights,
  readState,
  standardOrder,
  viewsOf,
  weighted,
  writeState,
} from "./state.mjs";
import { modelHeadings, modelRows } from "./table.mjs";

/** @type {PageData} */
const data = JSON.parse(byId("data").textContent ?? "");

/** @type {State} */
let state = defaultState(data);

/** Rows of the table by the place of their model, as they stand in the page; made anew where weights change a column. */
let rows = all("#table tbody tr");
let rowsOf = "{}";
let drawn = "";

function showTable() {
  const [head, body] = [document.querySelector("#table thead"), document.querySelector("#table tbody")];
  if (head === null || body === null) return;
  const key = JSON.stringify(hasWeights(state) ? state.weights : {});
  if (key !== rowsOf) {
    rows = modelRows(data, state).map((row) => /** @type {Element} */ (made(row)));
    rowsOf = key;
  }
  const headings = all("th", head);
  const columns = ["model", ...shownColumns(data, state).map(({ field }) => field)];
  // Headings stay where they can, so that the one that was pressed keeps the focus.
  if (headings.length !== columns.length) fill(head, [modelHeadings(data, state)]);
  for (const [i, heading] of all("th", head).entries()) {
    if (columns[i] === state.sort) heading.setAttribute("aria-sort", state.order);
    else heading.removeAttribute("aria-sort");
  }
  const places = new Map(data.models.map((model, i) => [model, i]));
  const models = sorted(data, state, filtered(data, state).models);
  body.replaceChildren(...models.flatMap((model) => rows[places.get(model) ?? -1] ?? []));
}

function showChart() {
  const { sort: _sort, order: _order, view: _view, first: _first, second: _second, ...shown } = state;
  const key = JSON.stringify(shown);
  const axis = axes.find(({ field }) => field === state.x);
  if (key === drawn || axis === undefined) return;
  drawn = key;
  fill(byId("chart"), chart(data, state, axis, filtered(data, state).models));
}

/** @param {string} name */
const modelOf = (name) => data.models.find((model) => model.name === name);

/** @returns {[PageModel, PageModel] | undefined} */
function pair() {
  const [first, second] = [modelOf(state.first), modelOf(state.second)];
  return first && second && [first, second];
}

/** @type {Record<View, () => void>} */
const shows = {
  models: () => {
    showChart();
    showTable();
  },
  profiles: () => fill(byId("profiles"), profiles(data, state)),
  languages: () => fill(byId("languages"), languages(data, state)),
  compare: () => {
    const section = byId("compare");
    if (section.childElementCount === 0) section.append(made(compareControls(data)), document.createElement("div"));
    const both = pair();
    if (both) fill(/** @type {Element} */ (section.lastElementChild), differences(data, ...both));
  },
  inside: () => {
    state = { ...state, by: showInside(data, state) };
  },
  sources: () => fill(byId("sources"), sources(data, state)),
};

/** Files of values, of the parts of the page that have some. */
const files = {
  models: () => tableCsv(data, state),
  languages: () => languagesCsv(data, state),
  compare: () => {
    const both = pair();
    return both === undefined ? "" : differencesCsv(data, ...both);
  },
};

/** @param {View} view */
const fileOf = (view) => (view in files ? files[/** @type {keyof typeof files} */ (view)] : undefined);

/**
 * Shows a value in a control; a number that a list does not have, as the address may ask for it, becomes one of the list.
 *
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {string} value
 */
function setValue(control, value) {
  control.value = value;
  if (control.value !== value && control instanceof HTMLSelectElement)
    control.add(new Option(value, value, true, true));
}

function showControls() {
  for (const control of /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ (all("[data-choice]"))) {
    const value = state[/** @type {keyof State} */ (control.dataset["choice"])];
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value === true;
    else if (control.value !== String(value ?? "")) setValue(control, String(value ?? ""));
  }
  for (const slider of /** @type {HTMLInputElement[]} */ (all("[data-weight]"))) {
    const weight = state.weights[slider.dataset["weight"] ?? ""] ?? 1;
    slider.value = String(weight);
    const output = slider.nextElementSibling;
    if (output) output.textContent = String(weight);
  }
  for (const tab of /** @type {HTMLElement[]} */ (all("[data-view]"))) {
    const isChosen = tab.dataset["view"] === state.view;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  for (const [view] of viewsOf(data)) byId(view).hidden = view !== state.view;
  const { models, untold } = filtered(data, state);
  const more = untold > 0 ? `; ${counted(untold, "more model")} not known to fit` : "";
  const by = hasWeights(state) ? ". “Yours” is the mean by your weights, not the official one." : "";
  const isFiltered = !["compare", "inside"].includes(state.view);
  byId("choices").hidden = !isFiltered;
  byId("shown").hidden = !isFiltered;
  byId("shown").textContent = `${models.length} of ${counted(data.models.length, "model")}${more}${by}`;
  byId("csv").hidden = fileOf(state.view) === undefined;
}

function show() {
  // Controls last: a part of the page makes its own when it is shown first.
  shows[state.view]();
  showControls();
  if (state.view === "inside") revealCell();
}

/**
 * Shows what was chosen, and writes it into the address: a link shows the same.
 *
 * @param {Partial<State>} chosen
 */
function choose(chosen) {
  const isOther = chosen.view !== undefined && chosen.view !== state.view;
  state = { ...state, ...chosen };
  byId("told").hidden = true;
  const hash = `#${writeState(state, data)}`;
  if (isOther) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
  show();
}

/** Reads the address and shows what it asks for; says what the page has no use for. */
function follow() {
  const { state: read, unknown } = readState(location.hash, data);
  state = read;
  if (hasWeights(state)) byId("weights").setAttribute("open", "");
  const told = byId("told");
  told.hidden = unknown.length === 0;
  told.textContent = `The address asks for what this page does not have: ${unknown.join(", ")}.`;
  show();
}

/** @param {State["weights"]} weights */
function weigh(weights) {
  const isTurned = hasWeights({ weights }) !== hasWeights(state);
  choose({ weights, ...(isTurned || state.sort === weighted ? standardOrder(data, weights) : {}) });
}

/** @param {EventTarget | null} target */
function changed(target) {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
  const { choice, weight } = target.dataset;
  if (weight !== undefined) weigh({ ...state.weights, [weight]: Number(target.value) });
  if (choice === undefined) return;
  const isNumber = ["size", "dims", "tokens"].includes(choice);
  const number = target.value === "" ? null : Number(target.value);
  const isBox = target.type === "checkbox";
  choose({ [choice]: isBox ? /** @type {HTMLInputElement} */ (target).checked : isNumber ? number : target.value });
}

/** @param {string} sort */
function sortBy(sort) {
  const opposite = state.order === "ascending" ? "descending" : "ascending";
  const first = sort === weighted ? "descending" : firstOrder(data, sort);
  choose({ sort, order: sort === state.sort ? opposite : first });
}

/** Shows the units behind a score; what else was chosen stays. @param {number} place */
function openCell(place) {
  choose({ view: "inside", ...namesOfCell(data, data.cells[place]) });
  focusCell();
}

function save() {
  const text = fileOf(state.view)?.() ?? "";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = `${data.title.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^-|-$/g, "")}-${state.view}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function clear() {
  const { text, size, dims, tokens, licence, kind, from, complete } = defaultState(data);
  choose({ text, size, dims, tokens, licence, kind, from, complete });
}

/** The arrows go from tab to tab, as in other programs. @param {KeyboardEvent} event */
function stepTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const target = event.target;
  if (step === undefined || !(target instanceof HTMLElement) || target.role !== "tab") return;
  const tabs = /** @type {HTMLElement[]} */ (all("[role=tab]"));
  const next = tabs[(tabs.indexOf(target) + step + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}

function start() {
  document.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("input", ({ target }) => changed(target));
  document.addEventListener("keydown", stepTabs);
  document.addEventListener("click", (event) => {
    const { target } = event;
    const link = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("a[data-cell]")) : null;
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link !== null && isPlain) {
      event.preventDefault();
      openCell(Number(link.dataset["cell"]));
    }
    const button = target instanceof Element ? target.closest("button") : null;
    if (button === null) return;
    const { sort, view } = button.dataset;
    if (sort !== undefined) sortBy(sort);
    if (view !== undefined) choose({ view: /** @type {View} */ (view) });
    if (button.id === "equal") weigh({});
    if (button.id === "clear") clear();
    if (button.id === "csv") save();
  });
  addEventListener("hashchange", follow);
  for (const part of /** @type {HTMLElement[]} */ (all("[data-live]"))) part.hidden = false;
  follow();
}

startTheme();
if (data.models.length > 0) start();
