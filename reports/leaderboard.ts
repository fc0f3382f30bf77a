import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredDescription, StoredResult } from "../runners/results/read-results.ts";
import type { SubsetResult, TaskResult } from "../runners/results/result.ts";
import { joinRevisions, type ModelResults, revisionCounts } from "../runners/results/revisions.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { TaskType } from "../tasks/task.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import { type Baselines, baselineResults, mainRevisionsOf } from "./baselines.ts";
import { bordaRanks } from "./borda.ts";
import { notesOn } from "./notes.ts";
import type { RequiredTask } from "./required.ts";
import { compareText } from "./table.ts";

/** A task without a score. */
export interface MissingTask {
  readonly task: string;
  readonly type: TaskType;
  /** `missing`, or the splits and subsets that are missing or undefined in its result. */
  readonly reason: string;
}

/** Measured speed of a row's model; null where it was not measured on the hardware that the table shows. */
export interface RowSpeed {
  /** Over the texts of the corpus, as documents. */
  readonly textsPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  /** Median over one text of 128 tokens, as a query. */
  readonly latencyMs: number | null;
  /** Letter of the note that says where else the model was measured. */
  readonly mark?: string;
}

/** A row of the leaderboard. Scores are as in the files, mostly 0 to 1. */
export interface LeaderboardRow extends ModelDescription {
  /** Revision of most of its scores. */
  readonly revision: string;
  /** All revisions of its scores with their numbers of tasks, the named ones first. */
  readonly revisions: readonly { readonly revision: string; readonly tasks: number }[];
  /** True for published scores that come with the program. */
  readonly baseline: boolean;
  /** Borda rank among the complete rows, 1 is best; null where a task is missing. */
  readonly rank: number | null;
  /** Mean over all tasks; null where one is missing. */
  readonly meanTask: number | null;
  /** Mean over the means of the types; null where one is missing. */
  readonly meanType: number | null;
  /** Mean over the tasks of a type, for each type there is; null where one is missing. */
  readonly byType: Readonly<Partial<Record<TaskType, number | null>>>;
  /** By task, for each task there is; null where it is missing or undefined. */
  readonly scores: Readonly<Record<string, number | null>>;
  readonly missing: readonly MissingTask[];
  /** Absent where the table does not show it (`reports/board-speed.ts`). */
  readonly speed?: RowSpeed;
}

export interface Leaderboard {
  readonly tasks: readonly RequiredTask[];
  /** The types of the tasks, in the order of the published tables. */
  readonly types: readonly TaskType[];
  /** Complete rows by rank, then incomplete ones by the number of their scores; equal ones by name. */
  readonly rows: readonly LeaderboardRow[];
  /** Remarks for people on results that are not in the rows. */
  readonly notes: readonly string[];
  /** True where the table shows the rows' speed. */
  readonly withSpeed?: boolean;
}

/** The score of a task, or the reason why there is none. */
export type TaskScore = { readonly score: number } | { readonly score: null; readonly reason: string };

function whyUndefined({ undefinedScores }: SubsetResult): string {
  const reasons = [...new Set(Object.values(undefinedScores))];
  return reasons.length > 0 ? `undefined (${reasons.join(", ")})` : "undefined";
}

/**
 * Computes the score of a task: the mean of its main score over every split and subset that it requires, each counting
 * once (mteb's `TaskResult._get_score_fast`). Further splits and subsets of the result do not count.
 */
export function taskScore(result: TaskResult | undefined, task: RequiredTask): TaskScore {
  if (result === undefined) return { score: null, reason: "missing" };
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

/** Returns the mean of the scores of `tasks`; null where there is none or one is null. */
function meanOf(tasks: readonly RequiredTask[], scores: Readonly<Record<string, number | null>>): number | null {
  const values = tasks.map((task) => scores[task.name] ?? null).filter((score) => score !== null);
  return values.length === tasks.length && values.length > 0 ? mean(values) : null;
}

const typesOf = (tasks: readonly RequiredTask[]): TaskType[] =>
  publishedTypes.map(({ type }) => type).filter((type) => tasks.some((task) => task.type === type));

function makeRow(
  { revision, results }: ModelResults,
  tasks: readonly RequiredTask[],
  description: ModelDescription,
  baseline: boolean,
): LeaderboardRow {
  const found = tasks.map((task) => ({ task, outcome: taskScore(results.get(task.name)?.result, task) }));
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
    ...description,
    revision,
    revisions: revisionCounts(tasks.flatMap((task) => results.get(task.name) ?? [])),
    rank: null,
    meanTask: meanOf(tasks, scores),
    meanType: complete.length === types.length && types.length > 0 ? mean(complete) : null,
    byType: Object.fromEntries(types.map((type, i) => [type, byType[i] ?? null])),
    scores,
    missing: found.flatMap(({ task, outcome }) =>
      outcome.score === null ? [{ task: task.name, type: task.type, reason: outcome.reason }] : [],
    ),
    baseline,
  };
}

/** Compares rows by rank, then by the number of missing tasks, mean, and name. */
function compareRows(a: LeaderboardRow, b: LeaderboardRow): number {
  return (
    (a.rank === null ? 1 : 0) - (b.rank === null ? 1 : 0) ||
    (a.rank ?? 0) - (b.rank ?? 0) ||
    a.missing.length - b.missing.length ||
    (b.meanTask ?? 0) - (a.meanTask ?? 0) ||
    compareText(a.model, b.model) ||
    compareText(a.revision, b.revision)
  );
}

/**
 * Ranks the complete rows among each other, and sorts all. Incomplete rows have no part in the ranks, so that a model's
 * rank does not depend on tasks that another was not run on yet.
 */
function rankRows(rows: readonly LeaderboardRow[], tasks: readonly RequiredTask[]): LeaderboardRow[] {
  const complete = rows.filter((row) => row.missing.length === 0 && tasks.length > 0);
  const ranks = bordaRanks(complete.map((row) => tasks.map((task) => row.scores[task.name] ?? 0)));
  const ranked = complete.map((row, i) => ({ ...row, rank: ranks[i] ?? null }));
  return [...ranked, ...rows.filter((row) => !complete.includes(row))].sort(compareRows);
}

/** Descriptions of models and published scores, which come from elsewhere than the results. */
export interface BoardContext {
  /** Descriptions of models in the results' folders. */
  readonly descriptions?: readonly StoredDescription[];
  /** Published main revisions, sizes and scores of models. */
  readonly published?: Baselines;
  /** True where the published scores are ranked beside the results. */
  readonly baselines?: boolean;
}

/**
 * Describes a model: by the published figures where there are any, as in mteb's tables; else by the folder of the row's
 * revision, and for figures that it lacks by the folders of other revisions.
 */
function describe({ model, revision }: ModelResults, { descriptions = [], published }: BoardContext): ModelDescription {
  const own = descriptions.filter((one) => one.model === model);
  const sources = [
    published?.models.find((one) => one.model === model),
    own.find((one) => one.revision === revision),
    ...own,
  ];
  const first = (pick: (source: ModelDescription) => number | null): number | null =>
    sources.flatMap((source) => (source ? (pick(source) ?? []) : []))[0] ?? null;
  return {
    model,
    parameters: first(({ parameters }) => parameters),
    dimensions: first(({ dimensions }) => dimensions),
    maxTokens: first(({ maxTokens }) => maxTokens),
  };
}

/**
 * Makes the table of all models. A mean that lacks a score is null, and the row lists the missing tasks. Published scores
 * take part only where they are complete and the results have no complete row of that model.
 *
 * @param known All tasks there are.
 * @param benchmark The tasks of the table. Default: all known ones that any result belongs to.
 */
export function makeLeaderboard(
  stored: readonly StoredResult[],
  known: readonly RequiredTask[],
  benchmark?: readonly RequiredTask[],
  context: BoardContext = {},
): Leaderboard {
  const mainRevisions = context.published ? mainRevisionsOf(context.published) : new Map<string, string>();
  const models = joinRevisions(stored, mainRevisions);
  const tasks = benchmark ?? known.filter((task) => models.some(({ results }) => results.has(task.name)));
  const shown = models.filter(({ results }) => tasks.some((task) => results.has(task.name)));
  const own = shown.map((one) => makeRow(one, tasks, describe(one, context), false));
  const published = context.baselines && context.published ? joinRevisions(baselineResults(context.published)) : [];
  const baselines = published.map((one) => makeRow(one, tasks, describe(one, context), true));
  const complete = baselines.filter((row) => row.missing.length === 0);
  const replaced = complete.filter(({ model }) => own.some((row) => row.model === model && row.missing.length === 0));
  return {
    tasks,
    types: typesOf(tasks),
    rows: rankRows([...own, ...complete.filter((row) => !replaced.includes(row))], tasks),
    notes: notesOn({
      models,
      tasks,
      known,
      mainRevisions,
      incompleteBaselines: baselines.length - complete.length,
      replacedBaselines: replaced.map(({ model }) => model),
    }),
  };
}
