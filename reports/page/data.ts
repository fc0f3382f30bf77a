import { count } from "../../datasets/shown.ts";
import type { StoredResult } from "../../runners/results/read-results.ts";
import { unknownMtebVersion } from "../../runners/results/result.ts";
import { joinRevisions } from "../../runners/results/revisions.ts";
import type { TaskType } from "../../tasks/task.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { baselinesFile } from "../baselines.ts";
import { columnsFor, incompleteRows, shortRevision } from "../columns.ts";
import type { Leaderboard, LeaderboardRow } from "../leaderboard.ts";
import { footnotes } from "../render.ts";
import { toPercent } from "../table.ts";

/** One column of the page's table. */
export interface PageColumn {
  readonly heading: string;
  /** The heading where room is short. */
  readonly short: string;
  readonly align: "left" | "right";
  /** Whether its cells are coloured by their values: more is better. */
  readonly heat: boolean;
  /** The order that a first click sorts by. */
  readonly first: "ascending" | "descending";
}

/** One cell: what people read, and what it is sorted by. */
export interface PageCell {
  readonly text: string;
  readonly value: number | string | null;
}

/** Tasks that were run alike, and how. */
export interface RunGroup {
  readonly tasks: readonly string[];
  /** The model's revision. */
  readonly revision: string;
  /** Programs and settings, for people. */
  readonly how: string;
  /** What was put before the texts, by what they are; absent where the file does not say. */
  readonly prompts?: Readonly<Record<string, string>>;
}

/** One model. Scores are percent; null where there is none. */
export interface PageModel {
  /** Its name, with the revision where another row has the same name. */
  readonly name: string;
  readonly baseline: boolean;
  /** What it lacks and the note that says more, such as `lacks 2 of 41 tasks (1)`; absent in complete rows. */
  readonly lack?: string;
  readonly meanTask: number | null;
  /** By type, in the page's order of types. */
  readonly types: readonly (number | null)[];
  /** By task, in the page's order of tasks. */
  readonly scores: readonly (number | null)[];
  readonly parameters: number | null;
  /** Texts a second, as far as they were measured on the hardware that the table shows. */
  readonly throughput: number | null;
  /** In the order of the page's columns. */
  readonly cells: readonly PageCell[];
  readonly runs: readonly RunGroup[];
}

export interface PageType {
  readonly type: TaskType;
  readonly heading: string;
  readonly short: string;
}

export interface PageTask {
  readonly name: string;
  readonly type: TaskType;
  /** Revisions of its data that the results are of, the most common first. */
  readonly dataRevisions: readonly { readonly revision: string; readonly models: number }[];
}

/** A model's name without its organisation, where room is short. */
export const shortName = (name: string): string => name.slice(name.indexOf("/") + 1);

/** All that the page shows. */
export interface PageData {
  readonly title: string;
  /** What made it, and when. */
  readonly origin: string;
  readonly types: readonly PageType[];
  readonly tasks: readonly PageTask[];
  readonly columns: readonly PageColumn[];
  /** As the leaderboard orders them. */
  readonly models: readonly PageModel[];
  /** What a reader must know of the rows. */
  readonly notes: readonly string[];
}

export interface PageContext {
  readonly title: string;
  readonly origin: string;
  /** Revisions that a model's results are joined by, as the leaderboard did it. */
  readonly mainRevisions?: ReadonlyMap<string, string>;
  /** The published scores, where they are ranked. */
  readonly published?: readonly StoredResult[];
}

/** Fields whose best values are small. */
const smallFirst: readonly string[] = ["rank", "parameters", "latencyMs"];
/** Headings that are shorter here than in a terminal. */
const shortHeadings: Readonly<Record<string, string>> = {
  parameters: "Params",
  dimensions: "Dims",
  maxTokens: "Tokens",
};
/** Fields that the table has no column for: the name stands first, revisions have a section of their own. */
const besides: readonly string[] = ["model", "revision"];
/** Fields that say nothing of quality. */
const figures: readonly string[] = [
  "rank",
  "parameters",
  "dimensions",
  "maxTokens",
  "textsPerSecond",
  "tokensPerSecond",
  "latencyMs",
];

/** What made a result, as far as it says so. */
function howOf({ file, result: { run, mtebVersion } }: StoredResult): string {
  if (file === baselinesFile) return "published, as it comes with Pramana";
  if (run === undefined) return mtebVersion === unknownMtebVersion ? "the program is not named" : `mteb ${mtebVersion}`;
  const estimator = run.estimator === "official" ? [] : [`estimator ${run.estimator}`];
  return [`Pramana ${run.pramana}`, run.precision, run.accelerator ?? run.cpu, ...estimator].join(", ");
}

/** Results that were made alike, together. */
function groupRuns(results: readonly StoredResult[]): RunGroup[] {
  const groups = new Map<string, RunGroup>();
  for (const one of results) {
    const { revision, result } = one;
    const how = howOf(one);
    const prompts = result.run?.prompts;
    const key = JSON.stringify([revision, how, prompts]);
    const tasks = [...(groups.get(key)?.tasks ?? []), result.task];
    groups.set(key, { tasks, revision, how, ...(prompts === undefined ? {} : { prompts }) });
  }
  return [...groups.values()].sort((a, b) => b.tasks.length - a.tasks.length);
}

const rowKey = ({ model, revision }: { readonly model: string; readonly revision: string }): string =>
  `${model}\0${revision}`;

/** Revisions of each task's data, with how many of the models have results on them. */
function dataRevisions(results: readonly StoredResult[], task: string): { revision: string; models: number }[] {
  const counts = new Map<string, number>();
  for (const { result } of results) {
    if (result.task !== task || result.datasetRevision === "") continue;
    counts.set(result.datasetRevision, (counts.get(result.datasetRevision) ?? 0) + 1);
  }
  return [...counts].map(([revision, models]) => ({ revision, models })).sort((a, b) => b.models - a.models);
}

/**
 * What the page shows, from the table and the results that it was made of.
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
  const columns = columnsFor(board, "all").filter(({ field }) => !besides.includes(field));
  const all = board.rows.flatMap(resultsOf);
  const incomplete = incompleteRows(board);
  const names = new Map<string, number>();
  for (const { model } of board.rows) names.set(model, (names.get(model) ?? 0) + 1);
  const models = board.rows.map((row): PageModel => {
    const { model, revision, baseline, missing, parameters } = row;
    const note = incomplete.get(row);
    return {
      name: names.get(model) === 1 ? model : `${model} @ ${shortRevision(revision)}`,
      baseline,
      ...(note === undefined
        ? {}
        : { lack: `lacks ${missing.length} of ${count(board.tasks.length, "task")} (${note})` }),
      meanTask: toPercent(row.meanTask),
      types: board.types.map((type) => toPercent(row.byType[type])),
      scores: board.tasks.map((task) => toPercent(row.scores[task.name])),
      parameters,
      throughput: row.speed?.textsPerSecond ?? null,
      cells: columns.map(({ text, value }) => ({ text: text(row), value: value(row) })),
      runs: groupRuns(resultsOf(row)),
    };
  });
  return {
    title,
    origin,
    types: publishedTypes.filter(({ type }) => board.types.includes(type)),
    tasks: board.tasks.map(({ name, type }) => ({ name, type, dataRevisions: dataRevisions(all, name) })),
    columns: columns.map(({ field, heading, short, align }) => ({
      heading,
      short: shortHeadings[field] ?? short,
      align,
      heat: !figures.includes(field),
      first: smallFirst.includes(field) ? "ascending" : "descending",
    })),
    models,
    notes: footnotes(board),
  };
}
