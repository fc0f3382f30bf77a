import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../datasets/builtin.ts";
import { count } from "../../datasets/shown.ts";
import { isNamed } from "../../runners/results/revisions.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { partMark, shortRevision, sizeText } from "../columns.ts";
import { chartFigures, escapeHtml, htmlPage } from "../html.ts";
import type { ChartSvg } from "../vega.ts";
import type { PageCharts } from "./charts.ts";
import type { PageData, PageModel, RunGroup } from "./data.ts";
import { filterAttributes, languagesTable, modelsTable, nameHtml } from "./table.ts";

/** The texts of the files that go into the page as they are. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

/** Reads the page's style and script from the package. */
export async function readPageAssets(): Promise<PageAssets> {
  const folder = join(packageRoot(), "reports/page");
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  return { style: await read("style.css"), script: await read("client.mjs") };
}

/** Writes JSON for the inside of a script element: nothing in it can end the element. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** Numbers of parameters that the table can be filtered by. */
const sizeSteps: readonly number[] = [50e6, 150e6, 500e6, 1e9, 4e9, 10e9];

function controls({ models }: PageData): string {
  const known = models.flatMap(({ parameters }) => parameters ?? []);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const steps = sizeSteps.filter((step) => step >= least && step < most);
  const options = steps.map((step) => `<option value="${step}">${sizeText(step)}</option>`).join("");
  const size = `<label>Parameters, at most <select id="size"><option value="">any</option>${options}</select></label>`;
  const complete = '<label><input id="complete" type="checkbox"> complete only</label>';
  return `<div class="controls" data-live hidden>
<label>Filter <input id="filter" type="search" placeholder="part of a name" autocomplete="off"></label>
${steps.length > 0 ? size : ""}
${models.some(({ lack }) => lack !== undefined) ? complete : ""}
<output id="shown" aria-live="polite"></output>
</div>`;
}

function scatterHtml(heading: string, how: string, svg: ChartSvg, { models }: PageData): string {
  const incomplete = models.filter(({ lack }) => lack !== undefined).length;
  const published = models.filter(({ baseline }) => baseline).length;
  const isMixed = published > 0 && published < models.length;
  const sentences = [
    how,
    ...(isMixed ? ["Rings are published scores."] : []),
    ...(incomplete > 0 ? [`Left out: ${count(incomplete, "incomplete model")}, without a mean.`] : []),
  ];
  const label = escapeHtml(heading);
  return `<section>
<h2>${label}</h2>
<p class="note">${escapeHtml(sentences.join(" "))}</p>
${chartFigures(heading, svg)}
</section>`;
}

function profilesHtml(data: PageData, profiles: readonly string[]): string {
  const complete = data.models.filter(({ lack, isLimited }) => lack === undefined && !isLimited).length;
  const how =
    complete > 2
      ? "The bars show how many points each score lies above or below the median of the complete models; the numbers are the scores. One scale for all."
      : `Scores by ${data.partsOf}, percent.`;
  const figures = data.models.map(
    (model, i) =>
      `<figure class="chart"${filterAttributes(model)}><figcaption>${nameHtml(model.name)}</figcaption>${profiles[i] ?? ""}</figure>`,
  );
  return `<section>
<h2>Profiles by ${escapeHtml(data.partsOf)}</h2>
<p class="note">${escapeHtml(how)}</p>
<div class="profiles">${figures.join("\n")}</div>
</section>`;
}

/** Writes the table by language; an empty text where there is one language only. */
function languagesHtml(data: PageData): string {
  const { languages, furtherLanguages } = data;
  if (languages.length === 0) return "";
  const parts = data.models.some((model) => model.languages.some(({ text }) => text.startsWith(partMark)));
  const sentences = [
    "Each split and subset counts once for each of its languages.",
    ...(parts ? [`${partMark} marks means over a part of those in the language.`] : []),
    ...(furtherLanguages > 0
      ? [`Left out: ${furtherLanguages} further languages; pramana leaderboard --by language has them.`]
      : []),
  ];
  return `<section>
<h2>By language</h2>
<p class="note">${escapeHtml(sentences.join(" "))}</p>
${languagesTable(data)}
</section>`;
}

function compareHtml({ models, tasks }: PageData): string {
  const select = (id: string, name: string, chosen: number): string => {
    const options = models.map(
      (model, i) => `<option value="${i}"${i === chosen ? " selected" : ""}>${escapeHtml(model.name)}</option>`,
    );
    return `<label>${name} <select id="${id}">${options.join("")}</select></label>`;
  };
  const data = {
    tasks: tasks.map(({ name, type }) => ({ name, type: taskTypes[type].heading })),
    models: models.map(({ name, scores }) => ({
      name,
      // Four decimals of a percent are more than result files have.
      scores: scores.map((score) => (score === null ? null : Number(score.toFixed(4)))),
    })),
  };
  return `<section data-live hidden>
<h2>Two models, task by task</h2>
<div class="controls">${select("first", "First", 0)}${select("second", "Second", Math.min(1, models.length - 1))}</div>
<p class="note" id="summary" aria-live="polite"></p>
<div class="wide" role="region" aria-label="Differences by task" tabindex="0">
<table id="differences">
<thead><tr><th scope="col" class="left">Task</th><th scope="col" class="left type">Type</th><th scope="col" class="right">First</th><th scope="col" class="right">Second</th><th scope="col" class="right">Difference</th><th scope="col" class="bars"><span hidden>Bar</span></th></tr></thead>
<tbody></tbody>
</table>
</div>
<script type="application/json" id="data">${scriptJson(data)}</script>
</section>`;
}

/** Number of tasks that are named of those run in the same way. */
const namedTasks = 6;

function promptsHtml(prompts: RunGroup["prompts"]): string {
  if (prompts === undefined) return "not in the result files";
  const given = Object.entries(prompts).filter(([, prompt]) => prompt !== "");
  if (given.length === 0) return "none";
  return given.map(([role, prompt]) => `${escapeHtml(role)} <code>${escapeHtml(prompt)}</code>`).join("<br>");
}

const revisionText = (revision: string): string => (isNamed(revision) ? revision : `not named (${revision})`);

function groupHtml({ tasks, revision, how, prompts, adapters }: RunGroup): string {
  const named = tasks.slice(0, namedTasks).join(", ");
  const more = tasks.length > namedTasks ? ` and ${tasks.length - namedTasks} more` : "";
  return `<dl>
<dt>Tasks</dt><dd>${count(tasks.length, "task")}: ${escapeHtml(named + more)}</dd>
<dt>Revision</dt><dd>${escapeHtml(revisionText(revision))}</dd>
<dt>Made by</dt><dd>${escapeHtml(how)}</dd>
<dt>Prompts</dt><dd>${promptsHtml(prompts)}</dd>${adapters === undefined ? "" : `\n<dt>Adapters</dt><dd>${promptsHtml(adapters)}</dd>`}
</dl>`;
}

function modelHtml(model: PageModel): string {
  const revisions = [...new Set(model.runs.map(({ revision }) => shortRevision(revision)))];
  const short = `${revisions.slice(0, 2).join(", ")}${revisions.length > 2 ? ` and ${revisions.length - 2} more` : ""}`;
  return `<details${filterAttributes(model)}>
<summary>${nameHtml(model.name)} <span class="mark">${escapeHtml(short)}</span></summary>
${model.runs.map(groupHtml).join("\n")}
</details>`;
}

/** Lists the revisions of the tasks' data; an empty text where no result names one. */
function dataHtml({ tasks }: PageData): string {
  const known = tasks.filter(({ dataRevisions }) => dataRevisions.length > 0);
  if (known.length === 0) return "";
  const lines = known.map(({ name, dataRevisions }) => {
    const all = dataRevisions.length > 1;
    const texts = dataRevisions.map(({ revision, models }) =>
      all ? `${revision} (${count(models, "model")})` : revision,
    );
    return `<dt>${escapeHtml(name)}</dt><dd>${texts.map(escapeHtml).join("<br>")}</dd>`;
  });
  const mixed = known.filter(({ dataRevisions }) => dataRevisions.length > 1).length;
  const mark = mixed > 0 ? ` <span class="mark">${count(mixed, "task")} of several revisions</span>` : "";
  return `<details><summary>Revisions of the tasks’ data${mark}</summary><dl>${lines.join("\n")}</dl></details>`;
}

/** Lists what is peculiar about the tasks' data; an empty text where nothing is. */
function findingsHtml({ tasks }: PageData): string {
  const known = tasks.filter(({ findings }) => findings.length > 0);
  if (known.length === 0) return "";
  const lines = known.map(
    ({ name, findings }) => `<dt>${escapeHtml(name)}</dt><dd>${findings.map(escapeHtml).join("<br>")}</dd>`,
  );
  const mark = `<span class="mark">${count(known.length, "task")}</span>`;
  return `<details><summary>Findings in the tasks’ data ${mark}</summary><dl>${lines.join("\n")}</dl></details>`;
}

/** Lists the revisions, prompts and programs of the scores: one part to unfold for each model. */
const runsHtml = (data: PageData): string =>
  [...data.models.map(modelHtml), dataHtml(data), findingsHtml(data)].join("\n");

const allTypes = Object.keys(taskTypes).length;
const inWords = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

function bodyHtml(data: PageData, charts: PageCharts): string {
  const { models, tasks, types, notes } = data;
  const typeCount =
    types.length === allTypes ? `all ${inWords[allTypes] ?? allTypes} types` : count(types.length, "type");
  const front = (better: string): string =>
    `The line is the Pareto front: no ${better} model is as good as those on it.`;
  const notesHtml = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("\n");
  const compared = models.filter(({ isLimited }) => !isLimited);
  const parts = [
    controls(data),
    modelsTable(data),
    notes.length > 0 ? `<ul>\n${notesHtml}\n</ul>` : "",
    charts.parameters && scatterHtml("Quality against size", front("smaller"), charts.parameters, data),
    charts.throughput && scatterHtml("Quality against speed", front("faster"), charts.throughput, data),
    profilesHtml(data, charts.profiles),
    languagesHtml(data),
    compared.length > 1 && compareHtml({ ...data, models: compared }),
    `<section>\n<h2>Revisions and prompts</h2>\n${runsHtml(data)}\n</section>`,
  ];
  return `<p class="lead">${count(models.length, "model")} on ${count(tasks.length, "task")} of ${typeCount}. Scores in percent; a dash stands for what is missing.${models.some(({ baseline }) => baseline) ? " ○ marks published scores." : ""}</p>
${models.length > 0 ? parts.filter(Boolean).join("\n") : `<p>No results.</p>\n<ul>\n${notesHtml}\n</ul>`}`;
}

/** Writes the page: one file that makes no request and opens from disk. All text of the results is escaped. */
export function pageHtml(data: PageData, charts: PageCharts, { style, script }: PageAssets): string {
  const body = `<header>
<h1>${escapeHtml(data.title)}</h1>
<button id="theme" type="button" hidden>Dark</button>
</header>
<main>
${bodyHtml(data, charts)}
</main>
<footer>${escapeHtml(data.origin)}</footer>`;
  return htmlPage({ title: data.title, style: `\n${style}`, script: `\n${script}` }, body);
}
