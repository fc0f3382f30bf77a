import { limitIn } from "../models/variants/variant-name.ts";
import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { indexOf, type TaskResult } from "../runners/results/result.ts";
import { type ModelResults, revisionCounts } from "../runners/results/revisions.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { Places } from "../tasks/resampling/order.ts";
import type { TaskType } from "../tasks/task.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import { bordaRanks } from "./borda.ts";
import type { BoardShape, RequiredTask } from "./required.ts";
import { type LanguageScore, type languageScores, meanOf, partialScore, taskScore } from "./scores.ts";
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
  /** The call that one of a hundred is slower than. */
  readonly p99Ms: number | null;
  /** Most memory of the process. */
  readonly memoryBytes: number | null;
  /** From the repository to the first vector; null where files were fetched meanwhile. */
  readonly loadingSeconds: number | null;
  /** Letter of the note that says where else the model was measured. */
  readonly mark?: string;
}

/** A row of the leaderboard. Scores are as in the files, mostly 0 to 1. */
export interface LeaderboardRow extends ModelDescription {
  /** Revision of most of its scores. */
  readonly revision: string;
  /** Kind of the model, where results tell it; null where they do not, or of several. */
  readonly kind: string | null;
  /** Mean over the tasks that tell it; null where none does. */
  readonly bytesPerDocument: number | null;
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
  /** Mean over all pairs of a task and a subset, each the mean over its splits; null where one is missing, and where the table does not show it. */
  readonly meanSubset: number | null;
  /** Means of the table's groups, in its order; null where one of their tasks or parts is missing. */
  readonly groups: readonly (number | null)[];
  /** Mean over the tasks of a type, for each type there is; null where one is missing. */
  readonly byType: Readonly<Partial<Record<TaskType, number | null>>>;
  /** By task, for each task there is; null where it is missing or undefined. */
  readonly scores: Readonly<Record<string, number | null>>;
  readonly missing: readonly MissingTask[];
  /** By language; absent where they were not asked for. */
  readonly languages?: ReadonlyMap<string, LanguageScore>;
  /** Absent where the table does not show it (`reports/board-speed.ts`). */
  readonly speed?: RowSpeed;
  /** The places that it may have, as far as is known (`reports/places.ts`). */
  readonly places?: Places;
}

/** How sure it is that a score lies below the best of its column. */
export type BestTest = "worse" | "not told apart" | "untested";

/** Tests against the best, by the field of a column and the row. */
export type BestTests = ReadonlyMap<string, ReadonlyMap<LeaderboardRow, BestTest>>;

/** What a table has a column for, in place of the means: each task, or each language. */
export type BoardView = "task" | "language";

/** Returns the types of some tasks, in the order of the published tables. */
export const typesOf = (tasks: readonly RequiredTask[]): TaskType[] =>
  publishedTypes.map(({ type }) => type).filter((type) => tasks.some((task) => task.type === type));

/** Joins tasks to pairs of a task and a subset. */
const bySubset = (tasks: readonly RequiredTask[]): RequiredTask[] =>
  tasks.flatMap((task) => task.subsets.map((subset) => ({ ...task, subsets: [subset] })));

/** The tasks of a table, and what it shows of them. */
export interface Asked {
  readonly tasks: readonly RequiredTask[];
  readonly shape: BoardShape;
  readonly by: BoardView | undefined;
  /** Languages that are shown; undefined where none are asked for. */
  readonly languages: readonly string[] | undefined;
  /** Computes the means by language, where some are asked for. */
  readonly byLanguage: ReturnType<typeof languageScores> | undefined;
}

/** Returns the scores that a row is ranked by, and whether there is one among them that counts it among the rows. */
function unitsOf(
  row: LeaderboardRow,
  results: ModelResults["results"],
  { tasks, shape, by, languages = [] }: Asked,
): Omit<Contender, "row"> {
  const resultOf = (task: RequiredTask) => results.get(task.name)?.result;
  if (by === "language") {
    const units = languages.map((language) => row.languages?.get(language)?.mean ?? null);
    return { units, isRanked: units.some((unit) => unit !== null) };
  }
  const partial = tasks.map((task) => partialScore(resultOf(task), task));
  const isRanked = tasks.some((task, i) => row.scores[task.name] !== null && partial[i] !== null);
  if (by === "task" || shape.means[0] !== "subset") return { units: partial, isRanked };
  return { units: bySubset(tasks).map((pair) => taskScore(resultOf(pair), pair).score), isRanked };
}

/** Counts the scores of each task that rows are ranked by, in a table of means. */
export const unitsPerTask = ({ tasks, shape }: Asked): number[] =>
  tasks.map(({ subsets }) => (shape.means[0] === "subset" ? subsets.length : 1));

/** Tells whether a row's scores are of a drawn share of the units. */
const isLimited = ({ model }: Pick<LeaderboardRow, "model">): boolean => limitIn(model) !== undefined;

/** Returns what results tell of a model's index. */
function indexFacts(results: readonly TaskResult[]): Pick<LeaderboardRow, "kind" | "bytesPerDocument"> {
  const facts = results.map(indexOf);
  const kinds = new Set(facts.flatMap(({ kind }) => kind ?? []));
  const bytes = facts.flatMap(({ bytesPerDocument }) => bytesPerDocument ?? []);
  return { kind: kinds.size === 1 ? [...kinds][0] : null, bytesPerDocument: bytes.length > 0 ? mean(bytes) : null };
}

/** Makes the row of a model, without its rank. */
export function makeRow(
  { revision, results }: ModelResults,
  asked: Asked,
  description: ModelDescription,
  baseline: boolean,
): Contender {
  const { tasks, shape, by, byLanguage } = asked;
  const outcomeOf = (task: RequiredTask) => taskScore(results.get(task.name)?.result, task);
  const found = tasks.map((task) => ({ task, outcome: outcomeOf(task) }));
  const scores = Object.fromEntries(found.map(({ task, outcome }) => [task.name, outcome.score]));
  const meanOver = (parts: readonly RequiredTask[]) => meanOf(parts.map((part) => outcomeOf(part).score));
  const types = typesOf(tasks);
  const byType = types.map((type) =>
    meanOf(tasks.filter((task) => task.type === type).map(({ name }) => scores[name] ?? null)),
  );
  const row = {
    ...description,
    ...indexFacts(tasks.flatMap(({ name }) => results.get(name)?.result ?? [])),
    revision,
    revisions: revisionCounts(tasks.flatMap((task) => results.get(task.name) ?? [])),
    rank: null,
    meanTask: meanOf(Object.values(scores)),
    meanType: meanOf(byType),
    meanSubset: by === undefined && shape.means.includes("subset") ? meanOver(bySubset(tasks)) : null,
    groups: shape.groups.map((group) => meanOver(group.tasks)),
    byType: Object.fromEntries(types.map((type, i) => [type, byType[i] ?? null])),
    scores,
    missing: found.flatMap(({ task, outcome }) =>
      outcome.score === null ? [{ task: task.name, type: task.type, reason: outcome.reason }] : [],
    ),
    baseline,
    ...(byLanguage && { languages: byLanguage(({ name }) => rankedResult(results.get(name))) }),
  };
  const ranked = unitsOf(row, results, asked);
  // Scores of a few units have no rank among whole ones.
  return isLimited(row) ? { row, units: ranked.units.map(() => null), isRanked: false } : { row, ...ranked };
}

/** Returns a result that mteb's tables would have, too. */
const rankedResult = (stored: StoredResult | undefined) => (stored?.result.isUnranked ? undefined : stored?.result);

/** Compares two numbers from the highest down, what is missing last. */
const compareScores = (a: number | null, b: number | null): number =>
  (a === null ? 1 : 0) - (b === null ? 1 : 0) || (b ?? 0) - (a ?? 0);

/** Compares rows, those of a few units last, by their mean over subsets, rank, then by the number of missing tasks, mean, and name. */
function compareRows(a: LeaderboardRow, b: LeaderboardRow): number {
  return (
    (isLimited(a) ? 1 : 0) - (isLimited(b) ? 1 : 0) ||
    compareScores(a.meanSubset, b.meanSubset) ||
    (a.rank === null ? 1 : 0) - (b.rank === null ? 1 : 0) ||
    (a.rank ?? 0) - (b.rank ?? 0) ||
    a.missing.length - b.missing.length ||
    (b.meanTask ?? 0) - (a.meanTask ?? 0) ||
    compareText(a.model, b.model) ||
    compareText(a.revision, b.revision)
  );
}

/** A row, and what its rank goes by. */
export interface Contender {
  readonly row: LeaderboardRow;
  /** One score a task, of incomplete ones what there is; or one a pair of a task and a subset, or a language. */
  readonly units: readonly (number | null)[];
  /** True where the row is among those that are beaten. */
  readonly isRanked: boolean;
}

/**
 * Ranks all rows by mteb's rule and sorts them: what there is of an incomplete task counts, but a row without any
 * complete one is not among those that are beaten (`_create_summary_table`: `n_models`).
 */
export function rankRows(contenders: readonly Contender[]): LeaderboardRow[] {
  const ranks = bordaRanks(
    contenders.map(({ units }) => units),
    contenders.filter(({ isRanked }) => isRanked).length,
  );
  return contenders.map((one, i) => ({ ...one.row, rank: one.isRanked ? (ranks[i] ?? null) : null })).sort(compareRows);
}
