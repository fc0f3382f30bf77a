import { limitIn } from "../models/variants/variant-name.ts";
import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredDescription, StoredResult } from "../runners/results/read-results.ts";
import type { SubsetResult, TaskResult } from "../runners/results/result.ts";
import { groupBy, joinRevisions, type ModelResults, revisionCounts, rowOf } from "../runners/results/revisions.ts";
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
  /** Borda rank by mteb's rule, 1 is best; null in a row without any score that it goes by. */
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
  /** By rank; equal ones by the number of their scores, mean and name. */
  readonly rows: readonly LeaderboardRow[];
  /** Remarks for people on results that are not in the rows. */
  readonly notes: readonly string[];
  /** True where the table shows the rows' speed. */
  readonly withSpeed?: boolean;
  /** True where notes take one line a cause, however many rows it is that of. */
  readonly brief?: boolean;
}

/** The score of a task, or the reason why there is none. */
export type TaskScore = { readonly score: number } | { readonly score: null; readonly reason: string };

function whyUndefined({ undefinedScores }: SubsetResult): string {
  const reasons = [...new Set(Object.values(undefinedScores))];
  return reasons.length > 0 ? `undefined (${reasons.join(", ")})` : "undefined";
}

/** Lists the entries of a result in each split and subset that a task requires; a file may hold a subset twice. */
const placesOf = (result: TaskResult, { splits, subsets }: RequiredTask) =>
  splits.flatMap((split) => {
    const bySubset = groupBy(result.splits[split] ?? [], ({ subset }) => subset);
    return subsets.map((subset) => ({
      place: `split ${split}, subset ${subset}`,
      entries: bySubset.get(subset) ?? [],
    }));
  });

const scoresOf = (entries: readonly SubsetResult[]): number[] =>
  entries.map(({ mainScore }) => mainScore).filter(Number.isFinite);

/**
 * Computes the score of a task: the mean of its main score over every split and subset that it requires. Further splits
 * and subsets of the result do not count; one that stands there twice counts twice (mteb 2.26.24, `_create_table.py`).
 */
export function taskScore(result: TaskResult | undefined, task: RequiredTask): TaskScore {
  if (result === undefined) return { score: null, reason: "missing" };
  const found = placesOf(result, task);
  if (found.length === 0) return { score: null, reason: "no split or subset required" };
  const problems = found.flatMap(({ place, entries: [first, ...further] }) => {
    if (first === undefined) return [`${place}: missing`];
    return scoresOf([first, ...further]).length > 0 ? [] : [`${place}: ${whyUndefined(first)}`];
  });
  if (problems.length > 0) return { score: null, reason: problems.join("; ") };
  return { score: mean(found.flatMap(({ entries }) => scoresOf(entries))) };
}

/** Computes the mean over the required splits and subsets that there are, which ranks go by; null where there is none. */
function partialScore(result: TaskResult | undefined, task: RequiredTask): number | null {
  if (result === undefined || result.isUnranked) return null;
  const scores = placesOf(result, task).flatMap(({ entries }) => scoresOf(entries));
  return scores.length > 0 ? mean(scores) : null;
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
): Contender {
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
  const row = {
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
  // Scores of a few units have no rank among whole ones.
  const isWhole = limitIn(description.model) === undefined;
  const partial = tasks.map((task) => (isWhole ? partialScore(results.get(task.name)?.result, task) : null));
  return { row, partial, isRanked: found.some(({ outcome }, i) => outcome.score !== null && partial[i] !== null) };
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

/** A row, and what its rank goes by. */
interface Contender {
  readonly row: LeaderboardRow;
  /** One score a task, of incomplete ones what there is. */
  readonly partial: readonly (number | null)[];
  /** True where a task among these is complete. */
  readonly isRanked: boolean;
}

/**
 * Ranks all rows by mteb's rule and sorts them: what there is of an incomplete task counts, but a row without any
 * complete one is not among those that are beaten (`_create_summary_table`: `n_models`).
 */
function rankRows(contenders: readonly Contender[]): LeaderboardRow[] {
  const ranks = bordaRanks(
    contenders.map(({ partial }) => partial),
    contenders.filter(({ isRanked }) => isRanked).length,
  );
  return contenders.map((one, i) => ({ ...one.row, rank: one.isRanked ? (ranks[i] ?? null) : null })).sort(compareRows);
}

/** Descriptions of models and published scores, which come from elsewhere than the results. */
export interface BoardContext {
  /** Descriptions of models in the results' folders. */
  readonly descriptions?: readonly StoredDescription[];
  /** Published main revisions, sizes and scores of models. */
  readonly published?: Baselines;
  /** True where the published scores are ranked beside the results. */
  readonly baselines?: boolean;
  /** True where notes are to take one line a cause. */
  readonly brief?: boolean;
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

/** Lists the rows of the folders of which there is no result, each with one of its revisions. */
function unreadRows(stored: readonly StoredResult[], { descriptions = [] }: BoardContext): StoredDescription[] {
  const read = new Set(stored.map(rowOf));
  return [...groupBy(descriptions, rowOf)].flatMap(([row, [first]]) => (first && !read.has(row) ? [first] : []));
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
  const { brief = false } = context;
  const mainRevisions = context.published ? mainRevisionsOf(context.published) : new Map<string, string>();
  const models = joinRevisions(stored, mainRevisions);
  const tasks = benchmark ?? known.filter((task) => models.some(({ results }) => results.has(task.name)));
  const shown = models.filter(({ results }) => tasks.some((task) => results.has(task.name)));
  const own = shown.map((one) => makeRow(one, tasks, describe(one, context), false));
  const published = context.baselines && context.published ? joinRevisions(baselineResults(context.published)) : [];
  const baselines = published.map((one) => makeRow(one, tasks, describe(one, context), true));
  const isComplete = ({ row }: Contender): boolean => row.missing.length === 0;
  const complete = baselines.filter(isComplete);
  const replaced = complete.filter(({ row }) => own.some((one) => one.row.model === row.model && isComplete(one)));
  const rows = rankRows([...own, ...complete.filter((one) => !replaced.includes(one))]);
  const scored = rows.filter(({ missing }) => missing.length < tasks.length);
  return {
    tasks,
    types: typesOf(tasks),
    // Where every row lacks all, they say why.
    rows: scored.length > 0 ? scored : rows,
    notes: notesOn(
      {
        models,
        tasks,
        known,
        unread: benchmark === undefined ? [] : unreadRows(stored, context),
        mainRevisions,
        incompleteBaselines: baselines.length - complete.length,
        replacedBaselines: replaced.map(({ row }) => row.model),
        withoutScore: scored.length > 0 ? rows.filter((row) => !scored.includes(row)) : [],
      },
      brief,
    ),
    ...(brief ? { brief } : {}),
  };
}
