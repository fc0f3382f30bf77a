import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../datasets/builtin.ts";
import { count } from "../../datasets/shown.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { escapeHtml, htmlPage, treeHtml } from "../html.ts";
import { insideId } from "./browser/cells.mjs";
import { axisControls, controls, legend } from "./browser/controls.mjs";
import { axes } from "./browser/front.mjs";
import { chart } from "./browser/sections.mjs";
import { defaultState, viewsOf } from "./browser/state.mjs";
import { modelHeadings, modelRows, scrolling } from "./browser/table.mjs";
import { h, type Tree } from "./browser/tree.mjs";
import type { InsideTask, PageData } from "./shape.ts";

/** The texts of the files that go into the page as they are. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

/** The modules of the page's script, each after those that it imports. */
const modules = [
  ...["tree", "format", "front", "cells", "state", "choose", "labels", "scatter", "profiles", "drawing", "table"],
  ...["cells-table", "texts", "inside", "units", "controls", "sections", "sources", "dom", "client-inside", "client"],
];

/** Takes the imports and exports out of a module: in the page, all of them are one. */
const joined = (source: string): string => source.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, "");

/** Reads the page's style and script from the package. */
export async function readPageAssets(): Promise<PageAssets> {
  const folder = join(packageRoot(), "reports/page");
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  const sources = await Promise.all(modules.map((name) => read(`browser/${name}.mjs`)));
  return { style: await read("style.css"), script: sources.map(joined).join("\n") };
}

/** Writes JSON for the inside of a script element: nothing in it can end the element. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const allTypes = Object.keys(taskTypes).length;
const inWords = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

/** Says what the page is over. */
function lead(data: PageData): string {
  const { models, tasks } = data;
  const types = new Set(tasks.map(({ type }) => type)).size;
  const typeCount = types === allTypes ? `all ${inWords[allTypes] ?? allTypes} types` : count(types, "type");
  const scope = `${count(models.length, "model")} on ${count(tasks.length, "task")} of ${typeCount}.`;
  return `${scope} Scores in percent; a dash stands for what is missing.${legend(data)}`;
}

/** Most characters of remarks that are shown without being asked for. */
const fewCharacters = 600;

function notes({ notes: all }: PageData): Tree | undefined {
  if (all.length === 0) return undefined;
  const list = h(
    "ul",
    {},
    all.map((note) => h("li", {}, note)),
  );
  return all.join("").length > fewCharacters
    ? h("details", {}, h("summary", {}, count(all.length, "remark")), list)
    : list;
}

/** Makes the part with the chart and the table, as they stand before anything is chosen. */
function modelsPart(data: PageData): readonly (Tree | undefined)[] {
  const state = defaultState(data);
  const axis = axes.find(({ field }) => field === state.x);
  const table = h(
    "table",
    { id: "table", class: "named" },
    h("thead", {}, modelHeadings(data, state)),
    h("tbody", {}, modelRows(data, state)),
  );
  const drawn = axis && [
    h("h2", {}, "Quality against cost"),
    axisControls(data),
    h("div", { id: "chart" }, chart(data, state, axis, data.models)),
  ];
  return [scrolling("Table of models", table), notes(data), ...(drawn ?? [])];
}

function body(data: PageData): readonly (Tree | undefined)[] {
  if (data.models.length === 0) return [h("p", {}, "No results."), notes(data)];
  const panel = (view: string, children: readonly (Tree | undefined)[] = []): Tree =>
    h("section", { id: view, role: "tabpanel", "aria-labelledby": `tab-${view}`, hidden: view !== "models" }, children);
  return [
    controls(data),
    ...viewsOf(data).map(([view]) => (view === "models" ? panel(view, modelsPart(data)) : panel(view))),
    h(
      "noscript",
      {},
      h("p", { class: "note" }, "What can be chosen on this page needs its script, which is off here."),
    ),
  ];
}

/** Writes data for the page's script, in an element that it reads when it is asked for. */
const dataElement = (id: string, value: unknown): string =>
  `<script type="application/json" id="${id}">${scriptJson(value)}</script>`;

/**
 * Writes the page: one file that makes no request and opens from disk. All text of the results is escaped.
 *
 * @param inside The units of the tasks that have some.
 */
export function pageHtml(data: PageData, { style, script }: PageAssets, inside: readonly InsideTask[] = []): string {
  const head = h(
    "header",
    {},
    h("h1", {}, data.title),
    h("button", { id: "theme", type: "button", hidden: true }, "Dark"),
  );
  const main = h("main", {}, h("p", { class: "lead" }, lead(data)), body(data));
  return htmlPage(
    { title: data.title, style: `\n${style}`, script: `\n${script}` },
    `${treeHtml(head)}
${treeHtml(main)}
<footer>${escapeHtml(data.origin)}</footer>
${[dataElement("data", data), ...inside.map((task) => dataElement(insideId(task.task), task))].join("\n")}`,
  );
}
