import { count } from "../../datasets/shown.ts";
import { limitIn } from "../../models/variants/variant-name.ts";
import type { StoredResult } from "../../runners/results/read-results.ts";
import { unknownMtebVersion } from "../../runners/results/result.ts";
import { groupBy, joinRevisions } from "../../runners/results/revisions.ts";
import { describeFinding } from "../../tasks/findings/kinds.ts";
import type { TaskType } from "../../tasks/task.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { baselinesFile } from "../baselines.ts";
import type { LeaderboardRow } from "../board-row.ts";
import { type BoardColumn, columnsFor, incompleteRows, shortRevision, viewColumns } from "../columns.ts";
import { findingsByTask } from "../findings.ts";
import type { Leaderboard } from "../leaderboard.ts";
import { footnotes } from "../render.ts";
import { toPercent } from "../table.ts";

/** A column of the page's table. */
export interface PageColumn {
  readonly heading: string;
  /** The heading where room is short. */
  readonly short: string;
  readonly align: "left" | "right";
  /** True where cells are coloured by their values: more is better. */
  readonly heat: boolean;
  /** The order that a first click sorts by. */
  readonly first: "ascending" | "descending";
}

/** A cell: its text, and the value that it is sorted by. */
export interface PageCell {
  readonly text: string;
  readonly value: number | string | null;
}

/** Tasks that were run in the same way. */
export interface RunGroup {
  readonly tasks: readonly string[];
  /** Revision of the model. */
  readonly revision: string;
  /** Program and settings, for people. */
  readonly how: string;
  /** Prompts by the role of the texts; absent where the file does not say. */
  readonly prompts?: Readonly<Record<string, string>>;
  /** The model's adapters by role; absent where it took none. */
  readonly adapters?: Readonly<Record<string, string>>;
}

/** A model. Scores are percent; null where there is none, or where they compare with no other row's. */
export interface PageModel {
  /** Name, with the revision where another row has the same name. */
  readonly name: string;
  readonly baseline: boolean;
  /** True for scores of a share of the units, which the table alone shows. */
  readonly isLimited: boolean;
  /** Count of missing tasks and the note that names them: `lacks 2 of 41 tasks (1)`; absent in complete rows. */
  readonly lack?: string;
  /** The first mean of the table. */
  readonly mean: number | null;
  /** In the order of the page's parts. */
  readonly parts: readonly (number | null)[];
  /** In the page's order of tasks. */
  readonly scores: readonly (number | null)[];
  readonly parameters: number | null;
  /** Texts per second; null where they were not measured on the hardware that the table shows. */
  readonly throughput: number | null;
  /** In the order of the page's columns. */
  readonly cells: readonly PageCell[];
  /** In the order of the page's languages. */
  readonly languages: readonly PageCell[];
  readonly runs: readonly RunGroup[];
}

/** What a profile has a bar for: a type of tasks, or a group of the benchmark. */
export interface PagePart {
  readonly short: string;
}

export interface PageTask {
  readonly name: string;
  readonly type: TaskType;
  /** What is peculiar about its rows, a line each. */
  readonly findings: readonly string[];
  /** Revisions of its data with the number of models measured on each, the most common first. */
  readonly dataRevisions: readonly { readonly revision: string; readonly models: number }[];
}

/** Returns a model's name without its organisation. */
export const shortName = (name: string): string => name.slice(name.indexOf("/") + 1);

/** The data of the page. */
export interface PageData {
  readonly title: string;
  /** Program and date of the page. */
  readonly origin: string;
  readonly types: readonly TaskType[];
  /** What the models' means are over. */
  readonly meanOver: "tasks" | "subsets";
  /** What the parts are, such as `type`. */
  readonly partsOf: string;
  readonly parts: readonly PagePart[];
  readonly tasks: readonly PageTask[];
  readonly columns: readonly PageColumn[];
  /** Columns of the table by language; none where the tasks are in one language. */
  readonly languages: readonly PageColumn[];
  /** Number of languages that the table has no column for. */
  readonly furtherLanguages: number;
  /** In the order of the leaderboard. */
  readonly models: readonly PageModel[];
  /** Remarks on the rows. */
  readonly notes: readonly string[];
}

export interface PageContext {
  readonly title: string;
  readonly origin: string;
  /** Main revisions by which the leaderboard joined the results of a model. */
  readonly mainRevisions?: ReadonlyMap<string, string>;
  /** Published scores, where they are ranked. */
  readonly published?: readonly StoredResult[];
}

/** Fields that a first click sorts from the smallest up. */
const smallFirst: readonly string[] = ["rank", "parameters", "bytesPerDocument", "latencyMs"];
/** Headings that are shorter here than in a terminal. */
const shortHeadings: Readonly<Record<string, string>> = {
  parameters: "Params",
  dimensions: "Dims",
  maxTokens: "Tokens",
  bytesPerDocument: "Bytes/doc",
};
/** Most languages that the page has a column for. */
const mostLanguages = 40;
/** Missing tasks of an incomplete model that are named of each type. */
const namedTasks = 5;
/** Fields that the table has no column for: the name stands first, revisions have a section of their own. */
const shownElsewhere: readonly string[] = ["model", "revision"];

/** Names the program, settings and hardware of a result, as far as it says so. */
function howOf({ file, result: { run, mtebVersion } }: StoredResult): string {
  if (file === baselinesFile) return "published, as it comes with Pramana";
  if (run === undefined) return mtebVersion === unknownMtebVersion ? "the program is not named" : `mteb ${mtebVersion}`;
  const estimator = run.estimator === "official" ? [] : [`estimator ${run.estimator}`];
  return [`Pramana ${run.pramana}`, run.precision, run.accelerator ?? run.cpu, ...estimator].join(", ");
}

/** Returns what texts were given, as far as it is recorded. */
const givenTo = ({ result: { run } }: StoredResult): Pick<RunGroup, "prompts" | "adapters"> => ({
  ...(run?.prompts && { prompts: run.prompts }),
  ...(run?.adapters && { adapters: run.adapters }),
});

/** Groups results that were made in the same way, the largest group first. */
function groupRuns(results: readonly StoredResult[]): RunGroup[] {
  const groups = groupBy(results, (one) => JSON.stringify([one.revision, howOf(one), givenTo(one)]));
  return [...groups.values()]
    .map((group): RunGroup => {
      const [first] = group;
      const tasks = group.map(({ result }) => result.task);
      return { tasks, revision: first.revision, how: howOf(first), ...givenTo(first) };
    })
    .sort((a, b) => b.tasks.length - a.tasks.length);
}

const rowKey = ({ model, revision }: { readonly model: string; readonly revision: string }): string =>
  `${model}\0${revision}`;

/** Returns the revisions of a task's data, with the number of models that have results on them. */
function dataRevisions(results: readonly StoredResult[], task: string): PageTask["dataRevisions"] {
  const named = results.filter(({ result }) => result.task === task && result.datasetRevision !== "");
  return [...groupBy(named, ({ result }) => result.datasetRevision)]
    .map(([revision, models]) => ({ revision, models: models.length }))
    .sort((a, b) => b.models - a.models);
}

const pageColumn = ({ field, heading, short, align, isScore }: BoardColumn): PageColumn => ({
  heading,
  short: shortHeadings[field] ?? short,
  align,
  heat: isScore === true,
  first: smallFirst.includes(field) ? "ascending" : "descending",
});

const cellOf = ({ text, value }: BoardColumn, row: LeaderboardRow): PageCell => ({
  text: text(row),
  value: value(row),
});

/**
 * Collects the data of the page from the table and the results that it was made of.
 *
 * @param stored The results that `board` was made of, with the records of their runs.
 */
export function makePageData(board: Leaderboard, stored: readonly StoredResult[], context: PageContext): PageData {
  const { title, origin, mainRevisions, published = [] } = context;
  const wanted = new Set(board.tasks.map(({ name }) => name));
  const byRow = (results: readonly StoredResult[]): ReadonlyMap<string, StoredResult[]> =>
    new Map(
      joinRevisions(results, mainRevisions).map((own) => [
        rowKey(own),
        [...own.results.values()].filter(({ result }) => wanted.has(result.task)),
      ]),
    );
  const [own, comparedWith] = [byRow(stored), byRow(published)];
  const resultsOf = (row: LeaderboardRow): readonly StoredResult[] =>
    (row.baseline ? comparedWith : own).get(rowKey(row)) ?? [];
  const { shape, types } = board;
  const partsOf = shape.groups[0]?.grouping.toLowerCase() ?? "type";
  const shownTypes = publishedTypes.filter(({ type }) => types.includes(type));
  const isBySubset = shape.means[0] === "subset";
  const allLanguages = viewColumns({ ...board, by: "language" });
  const languages = allLanguages.length > 1 ? allLanguages.slice(0, mostLanguages) : [];
  const columns = columnsFor(board).filter(({ field }) => !shownElsewhere.includes(field));
  const all = board.rows.flatMap(resultsOf);
  const found = findingsByTask(all, board.tasks);
  const incomplete = incompleteRows(board);
  const names = groupBy(board.rows, ({ model }) => model);
  const models = board.rows.map((row): PageModel => {
    const { model, revision, baseline, missing, parameters } = row;
    const note = incomplete.get(row);
    const isLimited = limitIn(model) !== undefined;
    const comparable = (score: number | null | undefined): number | null => (isLimited ? null : toPercent(score));
    return {
      name: names.get(model)?.length === 1 ? model : `${model} @ ${shortRevision(revision)}`,
      baseline,
      isLimited,
      ...(note === undefined
        ? {}
        : { lack: `lacks ${missing.length} of ${count(board.tasks.length, "task")} (${note})` }),
      mean: comparable(isBySubset ? row.meanSubset : row.meanTask),
      parts: (shape.groups.length > 0 ? row.groups : types.map((type) => row.byType[type])).map(comparable),
      scores: board.tasks.map((task) => comparable(row.scores[task.name])),
      parameters,
      throughput: row.speed?.textsPerSecond ?? null,
      cells: columns.map((column) => cellOf(column, row)),
      languages: languages.map((column) => cellOf(column, row)),
      runs: groupRuns(resultsOf(row)),
    };
  });
  return {
    title,
    origin,
    types,
    meanOver: isBySubset ? "subsets" : "tasks",
    partsOf,
    parts: shape.groups.length > 0 ? shape.groups.map(({ label }) => ({ short: label })) : shownTypes,
    tasks: board.tasks.map(({ name, type }) => ({
      name,
      type,
      findings: (found.find(({ task }) => task === name)?.findings ?? []).map(describeFinding),
      dataRevisions: dataRevisions(all, name),
    })),
    columns: columns.map(pageColumn),
    languages: languages.map(pageColumn),
    furtherLanguages: languages.length === 0 ? 0 : allLanguages.length - languages.length,
    models,
    notes: footnotes(board, namedTasks),
  };
}
