import { count } from "../datasets/shown.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { ModelResults } from "../runners/results/revisions.ts";
import { findingsByTask, findingsNote } from "./findings.ts";
import type { RequiredTask } from "./required.ts";

/** The results and tasks of a table, with those that it does not show. */
interface BoardSource {
  readonly models: readonly ModelResults[];
  readonly tasks: readonly RequiredTask[];
  readonly known: readonly RequiredTask[];
  readonly mainRevisions: ReadonlyMap<string, string>;
  /** Published rows that lack a task of the table. */
  readonly incompleteBaselines: number;
  /** Models whose own results stand in place of the published ones. */
  readonly replacedBaselines: readonly string[];
}

function unknownTasks({ models, tasks, known }: BoardSource): string[] {
  const names = new Set([...tasks, ...known].map((task) => task.name));
  const unknown = new Set(models.flatMap(({ results }) => [...results.keys()].filter((name) => !names.has(name))));
  if (unknown.size === 0) return [];
  const left = [...unknown].sort().join(", ");
  return [`${count(unknown.size, "task")} of the results not known and left out (--task-file adds your own): ${left}`];
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

/** Returns remarks for people on the results that are not in the rows, one line each. */
export function notesOn(source: BoardSource): string[] {
  const { models, tasks, incompleteBaselines, replacedBaselines } = source;
  const outside = models.filter(({ results }) => !tasks.some((task) => results.has(task.name)));
  return [
    ...unknownTasks(source),
    ...outside.map(({ model, revision }) => `${model} at ${revision} left out: it has none of the tasks`),
    ...repeatedResults(source),
    ...(incompleteBaselines > 0
      ? [`${count(incompleteBaselines, "published baseline")} left out: they lack some of the tasks`]
      : []),
    ...(replacedBaselines.length > 0
      ? [`published scores left out, the results have the model's own: ${replacedBaselines.join(", ")}`]
      : []),
    ...findingsNote(
      findingsByTask(
        models.flatMap(({ results }) => [...results.values()]),
        tasks,
      ),
    ),
  ];
}
