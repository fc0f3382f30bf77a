/** @import { PageData, PageModel, RunGroup } from "../shape.ts" */
/** @import { State } from "./state.mjs" */
/** @import { Branch } from "./tree.mjs" */
import { filtered, sorted } from "./choose.mjs";
import { counted } from "./format.mjs";
import { nameParts } from "./table.mjs";
import { h } from "./tree.mjs";

/** Number of tasks that are named of those run in the same way. */
const namedTasks = 6;

/** @param {RunGroup["prompts"]} prompts */
function promptLines(prompts) {
  if (prompts === undefined) return ["not in the result files"];
  const given = Object.entries(prompts).filter(([, prompt]) => prompt !== "");
  return given.length === 0
    ? ["none"]
    : given.flatMap(([role, prompt], i) => [i > 0 && h("br"), `${role} `, h("code", {}, prompt)]);
}

/**
 * @param {PageData} data
 * @param {RunGroup} group
 */
function runGroup({ tasks }, { tasks: own, revision, how, prompts, adapters }) {
  const names = own.slice(0, namedTasks).map((i) => tasks[i]?.name ?? "");
  const more = own.length > namedTasks ? ` and ${own.length - namedTasks} more` : "";
  return h(
    "dl",
    {},
    ...[h("dt", {}, "Tasks"), h("dd", {}, `${counted(own.length, "task")}: ${names.join(", ")}${more}`)],
    ...[h("dt", {}, "Revision"), h("dd", {}, revision)],
    ...[h("dt", {}, "Made by"), h("dd", {}, how)],
    ...[h("dt", {}, "Prompts"), h("dd", {}, promptLines(prompts))],
    adapters !== undefined && [h("dt", {}, "Adapters"), h("dd", {}, promptLines(adapters))],
  );
}

/**
 * @param {PageData} data
 * @param {PageModel} model
 */
function modelSources(data, model) {
  const revisions = [
    ...new Set(model.runs.map(({ revision }) => revision.replace(/^([0-9a-f]{7})[0-9a-f]{33}$/, "$1"))),
  ];
  const short = `${revisions.slice(0, 2).join(", ")}${revisions.length > 2 ? ` and ${revisions.length - 2} more` : ""}`;
  return h(
    "details",
    {},
    h("summary", {}, nameParts(model.name), " ", h("span", { class: "mark" }, model.lack ?? "", " ", short)),
    model.missing !== undefined && h("dl", {}, h("dt", {}, "Lacks"), h("dd", {}, model.missing)),
    model.runs.map((group) => runGroup(data, group)),
    model.runs.length === 0 && h("p", { class: "note" }, "No scores: its speed alone was measured."),
  );
}

/**
 * Makes a part to unfold, with lines by task.
 *
 * @param {string} heading
 * @param {string} mark
 * @param {readonly (readonly [name: string, lines: readonly string[]])[]} tasks
 */
const byTask = (heading, mark, tasks) =>
  tasks.length > 0 &&
  h(
    "details",
    {},
    h("summary", {}, heading, " ", h("span", { class: "mark" }, mark)),
    h(
      "dl",
      {},
      tasks.flatMap(([name, lines]) => [
        h("dt", {}, name),
        h(
          "dd",
          {},
          lines.flatMap((line, i) => [i > 0 && h("br"), line]),
        ),
      ]),
    ),
  );

/**
 * Lists the revisions, prompts and programs of the scores, and what is known of the tasks' data: parts to unfold.
 *
 * @param {PageData} data
 * @param {State} state
 * @returns {readonly (Branch | false)[]}
 */
export function sources(data, state) {
  const models = sorted(data, state, filtered(data, state).models);
  const several = data.tasks.filter(({ dataRevisions }) => dataRevisions.length > 1).length;
  const revisions = data.tasks
    .filter(({ dataRevisions }) => dataRevisions.some(({ revision }) => revision !== null))
    .map(({ name, dataRevisions }) => {
      const isOne = dataRevisions.length === 1;
      const lines = dataRevisions.map(
        ({ revision, models: count }) => `${revision ?? "not named"}${isOne ? "" : ` (${counted(count, "model")})`}`,
      );
      return /** @type {const} */ ([name, lines]);
    });
  const found = data.tasks
    .filter(({ findings }) => findings.length > 0)
    .map(({ name, findings }) => /** @type {const} */ ([name, findings]));
  return [
    ...models.map((model) => modelSources(data, model)),
    byTask(
      "Revisions of the tasks’ data",
      several > 0 ? `${counted(several, "task")} of several revisions` : "",
      revisions,
    ),
    byTask("Findings in the tasks’ data", counted(found.length, "task"), found),
  ];
}
