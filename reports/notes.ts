import { count } from "../datasets/shown.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { hardwareOf } from "../runners/results/result.ts";
import type { ModelResults } from "../runners/results/revisions.ts";
import { isTask } from "../tasks/index.ts";
import { findingsByTask, findingsNote } from "./findings.ts";
import type { RequiredTask } from "./required.ts";

/** The results and tasks of a table, with those that it does not show. */
interface BoardSource {
  readonly models: readonly ModelResults[];
  readonly tasks: readonly RequiredTask[];
  readonly known: readonly RequiredTask[];
  /** Names of tasks whose private data keep them out of the table. */
  readonly apart: readonly string[];
  /** Languages that were asked for and that no row has a score of. */
  readonly languages: readonly string[];
  /** Revisions of which no result was read: they have none of the benchmark's tasks. */
  readonly unread: readonly Pick<StoredResult, "model" | "revision">[];
  readonly mainRevisions: ReadonlyMap<string, string>;
  /** Published rows that lack a task of the table. */
  readonly incompleteBaselines: number;
  /** Models whose own results stand in place of the published ones. */
  readonly replacedBaselines: readonly string[];
  /** Rows that are not shown because no task of theirs is complete. */
  readonly withoutScore: readonly { readonly model: string; readonly revision: string }[];
}

/** Number of names in a line where notes are to be brief. */
const fewNames = 3;
const naming = "--verbose names them";

/** Returns the lines of one cause; where they are to be brief and there are several, one that counts them. */
const linesOf = (lines: readonly string[], brief: boolean, counted: (lines: number) => string): readonly string[] =>
  brief && lines.length > 1 ? [`${counted(lines.length)} (${naming})`] : lines;

/** Joins names; where they are to be brief and there are many, the first ones and the number of the others. */
export const namesOf = (names: readonly string[], brief: boolean): string =>
  brief && names.length > fewNames
    ? `${names.slice(0, fewNames).join(", ")} and ${names.length - fewNames} more (${naming})`
    : names.join(", ");

function unknownTasks({ models, tasks, known }: BoardSource, brief: boolean): string[] {
  const names = new Set([...tasks, ...known].map((task) => task.name));
  const unknown = new Set(models.flatMap(({ results }) => [...results.keys()].filter((name) => !names.has(name))));
  if (unknown.size === 0) return [];
  const left = namesOf([...unknown].sort(), brief);
  return [`${count(unknown.size, "task")} of the results not known and left out (--task-file adds your own): ${left}`];
}

/** Says which tasks of the benchmark the table leaves out, as mteb's does. */
function privateTasks({ apart, tasks }: BoardSource, brief: boolean): string[] {
  if (apart.length === 0) return [];
  const all = tasks.length === 0 ? "all of this benchmark, so that there is no table" : namesOf(apart, brief);
  return [
    `${count(apart.length, "task")} with private data left out (pramana leaderboard --by task shows them): ${all}`,
  ];
}

/** Counts the results in whose place another of the same model and task stands, by the two revisions. */
function repeatedResults({ models, tasks, mainRevisions }: BoardSource): string[] {
  const names = new Set(tasks.map((task) => task.name));
  const why = (used: StoredResult, left: StoredResult): string => {
    if (used.revision === left.revision) return `${used.file} is as good by the rule, and newer or first`;
    const main = used.revision === mainRevisions.get(used.model) ? ", its main revision" : "";
    return `those of ${used.revision}${main} go before`;
  };
  return models.flatMap(({ model, results, repeated }) => {
    const counts = new Map<string, number>();
    for (const left of repeated) {
      const used = results.get(left.result.task);
      if (used === undefined || !names.has(left.result.task)) continue;
      const reason = `at ${left.revision} left out: ${why(used, left)}`;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts].map(([reason, n]) => `${model}: ${count(n, "result")} ${reason}`);
  });
}

/** Says of each row whose scores were made on several kinds of hardware which these are, and what was mixed within a task. */
const mixedHardware = ({ models, tasks }: BoardSource): string[] =>
  models.flatMap(({ model, results }) => {
    const byTask = tasks.flatMap(({ name }) => {
      const stored = results.get(name);
      return stored ? [{ name, hardware: hardwareOf(stored.result) }] : [];
    });
    const kinds = [...new Set(byTask.flatMap(({ hardware }) => hardware))];
    if (kinds.length < 2) return [];
    const within = byTask.flatMap(({ name, hardware }) => (hardware.length > 1 ? [name] : []));
    const named = within.length === 0 ? "" : `; within one task: ${within.join(", ")}`;
    return [
      `${model}: scored on ${kinds.length} kinds of hardware, which round differently: ${kinds.join("; ")}${named}`,
    ];
  });

/** Says that a model is left out. */
export const noneOfTasks = ({ model, revision }: Pick<StoredResult, "model" | "revision">): string =>
  `${model} at ${revision} left out: it has none of the tasks`;

/**
 * Returns remarks for people on the results that are not in the rows, and on what the rows are made of, one line each.
 *
 * @param brief One line a cause, where it is that of many.
 */
export function notesOn(source: BoardSource, brief: boolean): string[] {
  const { models, tasks, unread, incompleteBaselines, replacedBaselines, withoutScore } = source;
  // Where all tasks of a benchmark are private, nothing is to be said about rows.
  const hasTable = tasks.length > 0 || source.apart.length === 0;
  const withoutTasks = models.filter(({ results }) => !tasks.some((task) => results.has(task.name)));
  const outside = hasTable ? [...withoutTasks, ...unread] : [];
  return [
    ...privateTasks(source, brief),
    ...(source.languages.length > 0
      ? [`no result in ${count(source.languages.length, "language")}: ${namesOf(source.languages, brief)}`]
      : []),
    ...unknownTasks(source, brief),
    ...linesOf(outside.map(noneOfTasks), brief, (rows) => `${rows} models left out: they have none of the tasks`),
    ...linesOf(
      withoutScore.map(({ model, revision }) => `${model} at ${revision} left out: it has none of the tasks whole`),
      brief,
      (rows) => `${rows} models left out: they have none of the tasks whole`,
    ),
    ...linesOf(
      repeatedResults(source),
      brief,
      (lines) => `results of ${lines} revisions left out: the same model has others of the task that go before`,
    ),
    ...linesOf(
      mixedHardware(source),
      brief,
      (rows) => `${rows} models were each scored on several kinds of hardware, which round differently`,
    ),
    ...(incompleteBaselines > 0
      ? [`${count(incompleteBaselines, "published baseline")} left out: they lack some of the tasks`]
      : []),
    ...(replacedBaselines.length > 0
      ? [`published scores left out, the results have the model's own: ${replacedBaselines.join(", ")}`]
      : []),
    ...findingsNote(
      findingsByTask(
        models.flatMap(({ results }) => [...results.values()]),
        // What is published is as it is, for every model; `pramana check` and the page tell it.
        tasks.filter(({ name }) => !isTask(name)),
      ),
    ),
  ];
}
