import type { SubsetResult, TaskResult } from "../runners/result.ts";
import type { StoredResult } from "../runners/store.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { groupByRevision, type RevisionResults } from "./revisions.ts";
import { type TaskTypeName, taskTypes } from "./task-types.ts";

/** What of a task must have been scored for it to count. */
export interface RequiredTask {
  readonly name: string;
  readonly type: TaskTypeName;
  readonly splits: readonly string[];
  readonly subsets: readonly string[];
}

/** A task without a score, and why. */
export interface MissingTask {
  readonly task: string;
  readonly type: TaskTypeName;
  /** `missing`, or what is missing or undefined in its result. */
  readonly reason: string;
}

/** One model at one revision. Scores are as in the files, mostly 0 to 1. */
export interface LeaderboardRow {
  readonly model: string;
  readonly revision: string;
  /** Tasks whose score somebody reported without a revision. */
  readonly reported: readonly string[];
  /** 1 is best, equal means share a rank; null where a task is missing. */
  readonly rank: number | null;
  /** Mean over all tasks; null where one is missing. */
  readonly meanTask: number | null;
  /** Mean over the means of the types; null where a task is missing. */
  readonly meanType: number | null;
  /** Mean over the tasks of a type, for each type there is; null where one is missing. */
  readonly byType: Readonly<Partial<Record<TaskTypeName, number | null>>>;
  /** By task, for each task there is; null where it is missing or undefined. */
  readonly scores: Readonly<Record<string, number | null>>;
  readonly missing: readonly MissingTask[];
}

export interface Leaderboard {
  readonly tasks: readonly RequiredTask[];
  /** The types of the tasks, in the order of the published tables. */
  readonly types: readonly TaskTypeName[];
  /** Complete rows by rank, then incomplete ones by the number of their scores; equal ones by name. */
  readonly rows: readonly LeaderboardRow[];
  /** What of the results did not go into the rows, for people. */
  readonly notes: readonly string[];
}

/** Either a score or the reason why there is none. */
export type TaskScore = { readonly score: number } | { readonly score: null; readonly reason: string };

/** A task of the catalogue, reduced to what reports need. */
export function requiredTask(task: TaskSpec): RequiredTask {
  return { name: task.name, type: task.type, splits: task.splits, subsets: Object.keys(task.languages) };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

function whyUndefined({ undefinedScores }: SubsetResult): string {
  const reasons = [...new Set(Object.values(undefinedScores))];
  return reasons.length > 0 ? `undefined (${reasons.join(", ")})` : "undefined";
}

/**
 * The score of a task: the mean of its main score over every split and subset that it requires, each counting once
 * (mteb's `TaskResult._get_score_fast`). What else the result holds is not looked at.
 */
export function taskScore(result: TaskResult, task: RequiredTask): TaskScore {
  const places = task.splits.flatMap((split) =>
    task.subsets.map((subset) => ({
      place: `split ${split}, subset ${subset}`,
      entry: result.splits[split]?.find((entry) => entry.subset === subset),
    })),
  );
  if (places.length === 0) return { score: null, reason: "no split or subset required" };
  const problems = places.flatMap(({ place, entry }) => {
    if (entry === undefined) return [`${place}: missing`];
    return Number.isFinite(entry.mainScore) ? [] : [`${place}: ${whyUndefined(entry)}`];
  });
  if (problems.length > 0) return { score: null, reason: problems.join("; ") };
  return { score: mean(places.map(({ entry }) => entry?.mainScore ?? Number.NaN)) };
}

/** Mean of the scores of `tasks`; null where there is none or one is null. */
function meanOf(tasks: readonly RequiredTask[], scores: Readonly<Record<string, number | null>>): number | null {
  const values = tasks.map((task) => scores[task.name] ?? null).filter((score) => score !== null);
  return values.length === tasks.length && values.length > 0 ? mean(values) : null;
}

const typesOf = (tasks: readonly RequiredTask[]): TaskTypeName[] =>
  taskTypes.map(({ type }) => type).filter((type) => tasks.some((task) => task.type === type));

function makeRow(
  { model, revision, results, reported }: RevisionResults,
  tasks: readonly RequiredTask[],
): LeaderboardRow {
  const found = tasks.map((task): { task: RequiredTask; outcome: TaskScore } => {
    const stored = results.get(task.name);
    return { task, outcome: stored ? taskScore(stored.result, task) : { score: null, reason: "missing" } };
  });
  const scores = Object.fromEntries(found.map(({ task, outcome }) => [task.name, outcome.score]));
  const types = typesOf(tasks);
  const byType = types.map((type) =>
    meanOf(
      tasks.filter((task) => task.type === type),
      scores,
    ),
  );
  const complete = byType.filter((score) => score !== null);
  return {
    model,
    revision,
    reported: reported.filter((name) => Object.hasOwn(scores, name)),
    rank: null,
    meanTask: meanOf(tasks, scores),
    meanType: complete.length === types.length && types.length > 0 ? mean(complete) : null,
    byType: Object.fromEntries(types.map((type, i) => [type, byType[i] ?? null])),
    scores,
    missing: found.flatMap(({ task, outcome }) =>
      outcome.score === null ? [{ task: task.name, type: task.type, reason: outcome.reason }] : [],
    ),
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Complete rows first, the highest mean first; then those that lack least; equal ones by name and revision. */
function compareRows(a: LeaderboardRow, b: LeaderboardRow): number {
  return (
    (b.meanTask ?? Number.NEGATIVE_INFINITY) - (a.meanTask ?? Number.NEGATIVE_INFINITY) ||
    a.missing.length - b.missing.length ||
    compareText(a.model, b.model) ||
    compareText(a.revision, b.revision)
  );
}

/** Sorted and ranked; whoever has an equal mean has an equal rank, and the ranks behind are left free. */
function rankRows(rows: readonly LeaderboardRow[]): LeaderboardRow[] {
  const sorted = [...rows].sort(compareRows);
  return sorted.map((row) => ({
    ...row,
    rank: row.meanTask === null ? null : sorted.findIndex((other) => other.meanTask === row.meanTask) + 1,
  }));
}

function notesOn(
  groups: readonly RevisionResults[],
  tasks: readonly RequiredTask[],
  known: readonly RequiredTask[],
): string[] {
  const names = new Set([...tasks, ...known].map((task) => task.name));
  const unknown = [...new Set(groups.flatMap(({ results }) => [...results.keys()]))].filter((name) => !names.has(name));
  const outside = groups.filter(({ results }) => !tasks.some((task) => results.has(task.name)));
  return [
    ...(unknown.length > 0
      ? [`${count(unknown.length, "task")} of the results not known and left out: ${unknown.sort().join(", ")}`]
      : []),
    ...outside.map(({ model, revision }) => `${model} at ${revision} left out: it has none of the tasks`),
    ...groups.flatMap(({ results, repeated }) =>
      repeated.map(
        ({ file, result }) => `${file} left out: ${results.get(result.task)?.file} is the same task's result`,
      ),
    ),
  ];
}

/**
 * The table of all models. Nothing is averaged over a hole: a mean to which a score is missing is null, and the row says
 * what is missing.
 *
 * @param known All tasks there are. Without a benchmark the table has those of them that any result belongs to.
 * @param benchmark The tasks the table has.
 */
export function makeLeaderboard(
  stored: readonly StoredResult[],
  known: readonly RequiredTask[],
  benchmark?: readonly RequiredTask[],
): Leaderboard {
  const groups = groupByRevision(stored);
  const tasks = benchmark ?? known.filter((task) => groups.some(({ results }) => results.has(task.name)));
  const shown = groups.filter(({ results }) => tasks.some((task) => results.has(task.name)));
  return {
    tasks,
    types: typesOf(tasks),
    rows: rankRows(shown.map((group) => makeRow(group, tasks))),
    notes: notesOn(groups, tasks, known),
  };
}
