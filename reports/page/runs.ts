import { count } from "../../datasets/shown.ts";
import { isNamed } from "../../runners/results/revisions.ts";
import { shortRevision } from "../columns.ts";
import { escapeHtml } from "../html.ts";
import type { PageData, PageModel, RunGroup } from "./data.ts";
import { filterAttributes, nameHtml } from "./table.ts";

/** Tasks that are named where a model's tasks were not all run alike. */
const namedTasks = 6;

function promptsHtml(prompts: RunGroup["prompts"]): string {
  if (prompts === undefined) return "not in the result files";
  const given = Object.entries(prompts).filter(([, prompt]) => prompt !== "");
  if (given.length === 0) return "none";
  return given.map(([role, prompt]) => `${escapeHtml(role)} <code>${escapeHtml(prompt)}</code>`).join("<br>");
}

const revisionText = (revision: string): string => (isNamed(revision) ? revision : `not named (${revision})`);

function groupHtml({ tasks, revision, how, prompts }: RunGroup): string {
  const named = tasks.slice(0, namedTasks).join(", ");
  const more = tasks.length > namedTasks ? ` and ${tasks.length - namedTasks} more` : "";
  return `<dl>
<dt>Tasks</dt><dd>${count(tasks.length, "task")}: ${escapeHtml(named + more)}</dd>
<dt>Revision</dt><dd>${escapeHtml(revisionText(revision))}</dd>
<dt>Made by</dt><dd>${escapeHtml(how)}</dd>
<dt>Prompts</dt><dd>${promptsHtml(prompts)}</dd>
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

/** The revisions of the tasks' data; nothing where no result names one. */
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

/** Which revisions, prompts and programs the scores are of: one part to unfold for each model. */
export const runsHtml = (data: PageData): string => [...data.models.map(modelHtml), dataHtml(data)].join("\n");
