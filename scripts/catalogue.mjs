/**
 * `node scripts/catalogue.mjs` makes tasks/catalog/data/, the tasks and benchmarks that mteb registers, from the reference
 * material beside the repository (../shared): one file per task type, one of the benchmarks, one of how much text tasks
 * hold, and one of the tasks that no type and step can express, with the reason.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { converted } from "./catalogue/convert.mjs";
import { sizeOf } from "./catalogue/sizes.mjs";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const shared = referenceMaterial("catalogue", "facts-tasks.json");
prepare();
const { taskTypes } = await built("tasks/types/index.js");
const { taskSchema } = await built("tasks/types/schema.js");
const folder = join(root, "tasks", "catalog", "data");
const read = (name) => JSON.parse(readFileSync(join(shared, name), "utf8"));
const { tasks: facts } = read("facts-tasks.json");
const { benchmarks } = read("facts-benchmarks-all.json");

/** Writes JSON with an item of each list of the object in a line of its own. */
function write(name, lists) {
  const parts = Object.entries(lists).map(([key, list]) => {
    if (!Array.isArray(list)) return `${JSON.stringify(key)}: ${JSON.stringify(list)}`;
    return `${JSON.stringify(key)}: [\n${list.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  });
  writeFileSync(join(folder, name), `{\n${parts.join(",\n")}\n}\n`);
}

/** Says in a line which types and languages a benchmark is of. */
function described({ types, tasks }) {
  const languages = new Set();
  for (const member of tasks) {
    const { name, subsets } = typeof member === "string" ? { name: member } : member;
    const all = facts.find((fact) => fact.name === name).languages;
    const codes = all.codes ?? (subsets ?? all.subsets)?.flatMap((subset) => subset.split("-"));
    const known =
      "rule" in all
        ? codes
        : Object.entries(all).flatMap(([subset, own]) => ((subsets?.includes(subset) ?? true) ? own : []));
    for (const code of known) languages.add(code.endsWith("-Code") ? code : code.split(/[-_]/)[0]);
  }
  const list = (names, what) => (names.length > 4 ? `${names.length} ${what}` : names.join(", "));
  return `${list(types, "types")}; ${list([...languages], "languages")}`;
}

/** Reduces what the table of a benchmark shows to where it differs from the standard: both means and a column a type. */
function tableOf({ aggregations, language_view: languages }) {
  const means = aggregations.flatMap(
    (one) => ({ mean_task: "task", mean_task_type: "type", mean_subset: "subset" })[one] ?? [],
  );
  const groupings = aggregations
    .filter((one) => typeof one === "object")
    .map(({ grouping, groups }) => ({
      name: grouping,
      groups: groups.map(({ label, tasks }) => ({ label, tasks })),
    }));
  const table = {
    ...(means.join() === "task,type" ? {} : { means }),
    ...(aggregations.includes("task_types") ? {} : { types: false }),
    ...(groupings.length > 0 ? { groupings } : {}),
    ...(languages.length > 0 ? { languages } : {}),
  };
  return Object.keys(table).length > 0 ? { table } : {};
}

const excluded = [];
const byType = Object.fromEntries(Object.keys(taskTypes).map((type) => [type, []]));
const aggregates = [];
for (const fact of facts) {
  const { name, type, dataset, is_public: isPublic } = fact;
  if (fact.aggregate !== undefined) {
    const { aggregate: parts, splits, languages, main_score: mainScore } = fact;
    aggregates.push({ name, type, parts, revision: dataset.revision, splits, languages, mainScore });
    continue;
  }
  const leave = (reason) =>
    excluded.push({
      name,
      type,
      splits: fact.splits,
      languages: fact.languages,
      reason,
      ...(isPublic === false ? { private: dataset.path } : {}),
    });
  if (isPublic === false) {
    leave("its data set is private");
    continue;
  }
  const result = converted(fact);
  if (typeof result === "string") {
    leave(result);
    continue;
  }
  // Rules of languages are written out by the program.
  const languages = "rule" in fact.languages ? { "a-b": ["eng-Latn"] } : fact.languages;
  const record = taskTypes[result.type];
  const parsed = taskSchema(z, record, result.settings).safeParse({ ...result, languages });
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    leave(`${path.join(".")}: ${message}`);
    continue;
  }
  byType[result.type].push({ ...parsed.data, languages: fact.languages });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [type, tasks] of Object.entries(byType)) {
  const settings = [...new Set(tasks.map((task) => JSON.stringify(task.settings)))];
  const { standard } = taskTypes[type].mainScores;
  const stored = tasks.map(({ type: _, mainScore, splits, licence, settings: own, ...rest }) => ({
    ...rest,
    ...(mainScore === standard ? {} : { mainScore }),
    ...(splits.join() === "test" ? {} : { splits }),
    ...(licence === "not specified" ? {} : { licence }),
    settings: settings.indexOf(JSON.stringify(own)),
  }));
  write(`${type}.json`, { settings: settings.map((text) => JSON.parse(text)), tasks: stored });
}
write("left-out.json", { tasks: excluded });
const sizes = Object.values(byType).flatMap((tasks) =>
  tasks.map(({ name }) => ({ name, splits: sizeOf(facts.find((fact) => fact.name === name)) })),
);
write("sizes.json", { tasks: sizes.filter(({ splits }) => splits !== undefined) });
const byTask = JSON.parse(readFileSync(join(root, "scripts/catalogue/domains.json"), "utf8"));
const domains = [...new Set(Object.values(byTask).flat())].sort();
write("domains.json", {
  domains: domains.map((name) => ({ name, tasks: Object.keys(byTask).filter((task) => byTask[task].includes(name)) })),
});
write("benchmarks.json", {
  aggregates,
  benchmarks: benchmarks.map((benchmark) => ({
    name: benchmark.name,
    ...(benchmark.aliases.length > 0 ? { aliases: benchmark.aliases } : {}),
    description: described(benchmark),
    reference: benchmark.reference,
    ...(benchmark.public_only ? { publicOnly: true } : {}),
    ...tableOf(benchmark),
    tasks: benchmark.tasks,
  })),
});
const counts = Object.values(byType).map((tasks) => tasks.length);
const count = counts.reduce((sum, one) => sum + one, 0);
console.log(`${count} tasks, ${aggregates.length} aggregates, ${excluded.length} left out of ${facts.length}`);
