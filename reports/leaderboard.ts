import { groupBy } from "../datasets/group-by.ts";
import type { ModelDescription } from "../runners/results/model-meta.ts";
import type { StoredDescription, StoredResult } from "../runners/results/read-results.ts";
import { joinRevisions, type ModelResults, rowOf } from "../runners/results/revisions.ts";
import type { TaskType } from "../tasks/task.ts";
import { type Baselines, baselineResults, mainRevisionsOf } from "./baselines.ts";
import {
  type BestTests,
  type BoardView,
  type Contender,
  type LeaderboardRow,
  makeRow,
  rankRows,
  typesOf,
  unitsPerTask,
} from "./board-row.ts";
import { notesOn } from "./notes.ts";
import { type BoardPlaces, type FoundPlaces, placesOverTasks } from "./places.ts";
import { type BoardShape, type RequiredTask, standardShape } from "./required.ts";
import { languageScores } from "./scores.ts";
import { compareText } from "./table.ts";

export interface Leaderboard {
  readonly tasks: readonly RequiredTask[];
  /** What it shows of them. */
  readonly shape: BoardShape;
  /** Absent where it shows means. */
  readonly by?: BoardView;
  /** The languages that some row has a score of, in the order in which they are shown; absent where they were not asked for. */
  readonly languages?: readonly string[];
  /** The types of the tasks, in the order of the published tables. */
  readonly types: readonly TaskType[];
  /** By rank, or by the mean where that is one over subsets; equal ones by the number of their scores, mean and name. */
  readonly rows: readonly LeaderboardRow[];
  /** Remarks for people on results that are not in the rows. */
  readonly notes: readonly string[];
  /** What it is over, for people; absent where that is not said. */
  readonly scope?: string;
  /** True where the table shows the rows' speed. */
  readonly withSpeed?: boolean;
  /** What is said of the places that rows may have; absent where the table does not show them. */
  readonly places?: BoardPlaces;
  /** Which scores are significantly below the best of their column; absent where that was not tested. */
  readonly tests?: BestTests;
  /** True where notes take one line a cause, however many rows it is that of. */
  readonly brief?: boolean;
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
  /** What the table shows. Default: the standard. */
  readonly shape?: BoardShape;
  /** What it has a column for, in place of the means. */
  readonly by?: BoardView;
  /** Languages that are shown, in order; `all` those that the tasks have. Default: none, and of a table by language all. */
  readonly languages?: BoardShape["languages"];
  /** True where the places that rows may have over other tasks are wanted; only of a table of means. */
  readonly places?: boolean;
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
  const licence = sources.flatMap((source) => source?.licence ?? [])[0];
  return {
    model,
    ...(licence === undefined ? {} : { licence }),
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
  const { brief = false, shape = standardShape, by } = context;
  const mainRevisions = context.published ? mainRevisionsOf(context.published) : new Map<string, string>();
  const models = joinRevisions(stored, mainRevisions);
  const tasks = benchmark ?? known.filter((task) => models.some(({ results }) => results.has(task.name)));
  const languages = languagesFor(tasks, context);
  const asked = { tasks, shape, by, languages, byLanguage: languages && languageScores(tasks) };
  const make = (one: ModelResults, isBaseline: boolean) => makeRow(one, asked, describe(one, context), isBaseline);
  const shown = models.filter(({ results }) => tasks.some((task) => results.has(task.name)));
  const own = shown.map((one) => make(one, false));
  const published = context.baselines && context.published ? joinRevisions(baselineResults(context.published)) : [];
  const baselines = published.map((one) => make(one, true));
  const isComplete = ({ row }: Contender): boolean => row.missing.length === 0;
  const complete = baselines.filter(isComplete);
  const replaced = complete.filter(({ row }) => own.some((one) => one.row.model === row.model && isComplete(one)));
  const contenders = [...own, ...complete.filter((one) => !replaced.includes(one))];
  const found = context.places ? placesOverTasks(contenders, unitsPerTask(asked)) : undefined;
  const rows = rankRows(withPlaces(contenders, found));
  const isScored = ({ rank, missing }: LeaderboardRow): boolean =>
    by === "language" ? rank !== null : missing.length < tasks.length;
  const scored = rows.filter(isScored);
  const hasScore = (language: string): boolean =>
    rows.some(({ languages }) => (languages?.get(language)?.mean ?? null) !== null);
  return {
    tasks,
    shape,
    ...(by && { by }),
    ...(asked.languages && { languages: asked.languages.filter(hasScore) }),
    types: typesOf(tasks),
    ...(found && { places: found.summary }),
    // Where every row lacks all, they say why.
    rows: scored.length > 0 ? scored : rows,
    notes: notesOn(
      {
        models,
        tasks,
        known,
        apart: shape.apart,
        languages: (by === "language" ? asked.languages : [])?.filter((language) => !hasScore(language)) ?? [],
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

/** Adds to each row the places that it may have. */
const withPlaces = (contenders: readonly Contender[], found: FoundPlaces | undefined): readonly Contender[] =>
  contenders.map((one, i) => {
    const places = found?.places[i];
    return places === undefined ? one : { ...one, row: { ...one.row, places } };
  });

/** Lists the languages that a table shows: those named; or all of the tasks, those of the most splits and subsets first. */
function languagesFor(
  tasks: readonly RequiredTask[],
  { by, languages = by === "language" ? "all" : [] }: BoardContext,
): readonly string[] | undefined {
  if (languages !== "all") return languages.length > 0 ? languages : undefined;
  const counts = new Map<string, number>();
  for (const { splits, subsets, languages: own } of tasks) {
    for (const language of subsets.flatMap((subset) => own[subset] ?? [])) {
      counts.set(language, (counts.get(language) ?? 0) + splits.length);
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b)).map(([language]) => language);
}
