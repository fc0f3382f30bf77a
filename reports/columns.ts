import { isNamed } from "../runners/results/revisions.ts";
import type { BoardMean } from "../tasks/catalog/stored.ts";
import { languageName } from "../tasks/languages.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import type { LeaderboardRow, RowSpeed } from "./board-row.ts";
import { speedLatencyTokens } from "./board-speed.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { sizeText } from "./page/browser/format.mjs";
import { type PlacesOver, placesText } from "./places.ts";
import { type Column, grouped, noValue, percent, threeDigits, toPercent } from "./table.ts";

/** A column of the leaderboard. */
export interface BoardColumn extends Column {
  /** Name in machine-readable output. */
  readonly field: string;
  readonly short: string;
  /** True where values are scores: more is better. */
  readonly isScore?: true;
  /** Formats the value for people. */
  readonly text: (row: LeaderboardRow) => string;
  /** Returns the value for programs: scores in percent, unrounded, null where there is none. */
  readonly value: (row: LeaderboardRow) => number | string | null;
}

/** Formats a mean number of bytes, whole. */
export const bytesText = (bytes: number): string => grouped(Math.round(bytes));

/** Shortens a commit hash; other revisions stay whole. */
export const shortRevision = (revision: string): string =>
  /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;

/** Returns the revision, and the numbers of scores that are of others or were reported without one. */
function revisionText({ revision, revisions }: LeaderboardRow): string {
  const others = revisions.filter((one) => one.revision !== revision);
  const texts = others.map((one) =>
    isNamed(one.revision) ? `${one.tasks} of ${shortRevision(one.revision)}` : `${one.tasks} reported`,
  );
  return [shortRevision(revision), ...texts].join(" + ");
}

/** Returns the name with the mark of a published row and the number of the note on an incomplete one. */
const nameText =
  (notes: ReadonlyMap<LeaderboardRow, number>, publishedMark: string) =>
  (row: LeaderboardRow): string => {
    const note = notes.get(row);
    return `${row.model}${row.baseline ? ` ${publishedMark}` : ""}${note === undefined ? "" : ` (${note})`}`;
  };

/** Makes a column of numbers, each null where there is none. */
function numberColumn(
  field: string,
  heading: string,
  value: (row: LeaderboardRow) => number | null,
  format: (value: number) => string,
): BoardColumn {
  const text = (row: LeaderboardRow): string => {
    const own = value(row);
    return own === null ? noValue : format(own);
  };
  return { field, heading, short: heading, align: "right", text, value };
}

const scoreColumn = (
  field: string,
  heading: string,
  short: string,
  of: (row: LeaderboardRow) => number | null,
): BoardColumn => ({
  ...{ field, heading, short, align: "right", isScore: true },
  text: (row) => percent(of(row)),
  value: (row) => toPercent(of(row)),
});

function speedColumn(field: Exclude<keyof RowSpeed, "mark">, heading: string): BoardColumn {
  const column = numberColumn(field, heading, (row) => row.speed?.[field] ?? null, threeDigits);
  const mark = ({ speed }: LeaderboardRow): string => (speed?.mark === undefined ? "" : ` (${speed.mark})`);
  return { ...column, text: (row) => `${column.text(row)}${mark(row)}` };
}

const rank: BoardColumn = { ...numberColumn("rank", "Rank", (row) => row.rank, String), short: "#" };
const revision: BoardColumn = {
  field: "revision",
  heading: "Revision",
  short: "Revision",
  align: "left",
  text: revisionText,
  value: (row) => row.revision,
};
const placeFrom = numberColumn("placeFrom", "Places from", ({ places }) => places?.low ?? null, String);
const placeTo = numberColumn("placeTo", "Places to", ({ places }) => places?.high ?? null, String);
/** Of a table in which some row has places, by what is drawn anew: those of the rank, and those of the mean. */
const placesColumn = (
  { places, rows }: Leaderboard,
  over: PlacesOver,
  heading: string,
  short: string,
): BoardColumn[] =>
  places?.over === over && rows.some((row) => row.places !== undefined)
    ? [{ ...placeFrom, heading, short, text: (row) => (row.places ? placesText(row.places) : noValue) }]
    : [];
/** Where places are shown, for programs. */
const placesFields = ({ places }: Leaderboard): readonly BoardColumn[] => {
  if (places === undefined) return [];
  const over = { ...revision, field: "placesOver", heading: "Places over", short: "over" };
  return [placeFrom, placeTo, { ...over, text: () => places.over, value: () => places.over }];
};
const means: Readonly<Record<BoardMean, BoardColumn>> = {
  task: scoreColumn("meanTask", "Mean (Task)", "Mean", ({ meanTask }) => meanTask),
  type: scoreColumn("meanType", "Mean (Type)", "By type", ({ meanType }) => meanType),
  subset: scoreColumn("meanSubset", "Mean (Subset)", "Mean", ({ meanSubset }) => meanSubset),
};
const groupColumns = ({ shape }: Leaderboard): readonly BoardColumn[] =>
  shape.groups.map(({ grouping, label }, i) => {
    const name = `${grouping}: ${label}`;
    return scoreColumn(name, name, label, ({ groups }) => groups[i] ?? null);
  });
const sizes: readonly BoardColumn[] = [
  numberColumn("parameters", "Parameters", (row) => row.parameters, sizeText),
  numberColumn("dimensions", "Dimensions", (row) => row.dimensions, grouped),
  numberColumn("maxTokens", "Max tokens", (row) => row.maxTokens, grouped),
];
/** What a model is, and what its index takes: shown where the rows differ in it. */
const costs: readonly BoardColumn[] = [
  {
    ...{ field: "kind", heading: "Kind", short: "Kind", align: "left" },
    text: ({ kind }) => kind ?? noValue,
    value: ({ kind }) => kind,
  },
  numberColumn("bytesPerDocument", "Bytes per document", (row) => row.bytesPerDocument, bytesText),
];
const types = publishedTypes.map(({ type, field, heading, short }) => ({
  ...scoreColumn(field, heading, short, ({ byType }) => byType[type] ?? null),
  type,
}));
const speeds: readonly BoardColumn[] = [
  speedColumn("textsPerSecond", "texts/s"),
  speedColumn("tokensPerSecond", "tokens/s"),
  { ...speedColumn("latencyMs", `p50 ms, ${speedLatencyTokens} tokens`), short: "p50 ms" },
];
const speedsOf = ({ withSpeed = false }: Leaderboard): readonly BoardColumn[] => (withSpeed ? speeds : []);

const nameColumn = (name: (row: LeaderboardRow) => string): BoardColumn => ({
  ...{ field: "model", heading: "Model", short: "Model", align: "left" },
  text: name,
  value: ({ model }) => model,
});

/** Number of incomplete rows whose missing tasks are named where notes are to be brief. */
const namedRows = 10;

/** Numbers the incomplete rows that notes are on from 1, in the order of the table; where there are many, none if brief. */
export function incompleteRows({ rows, brief = false }: Leaderboard): ReadonlyMap<LeaderboardRow, number> {
  const incomplete = rows.filter((row) => row.missing.length > 0);
  return new Map((brief && incomplete.length > namedRows ? [] : incomplete).map((row, i) => [row, i + 1]));
}

/** Mark of a mean by language over a part of what is required in it. */
export const partMark = "~";

/** Returns a language with its code, such as `German (deu-Latn)`. */
function languageHeading(language: string): string {
  const name = languageName(language);
  return name === undefined ? language : `${name} (${language})`;
}

/** Returns the columns of a table by task or by language. */
export function viewColumns({ by, tasks, languages = [] }: Leaderboard): readonly BoardColumn[] {
  if (by === "task")
    return tasks.map(({ name }) => scoreColumn(name, name, name, ({ scores }) => scores[name] ?? null));
  const codes = languages.map((language) => language.split("-")[0]);
  return languages.map((language, i) => {
    // A language of several scripts keeps them.
    const short = codes.indexOf(codes[i]) === codes.lastIndexOf(codes[i]) ? codes[i] : language;
    const meanOf = (row: LeaderboardRow) => row.languages?.get(language)?.mean ?? null;
    const column = scoreColumn(language, languageHeading(language), short, meanOf);
    const mark = (row: LeaderboardRow): string =>
      row.languages?.get(language)?.isPart && column.value(row) !== null ? partMark : "";
    return { ...column, text: (row) => mark(row) + column.text(row) };
  });
}

/** Returns the column of the models' names, for people. */
export const namesFor = (board: Leaderboard, publishedMark = "(published)"): BoardColumn =>
  nameColumn(nameText(incompleteRows(board), publishedMark));

/**
 * Returns the columns of a table of means for people: those that the published table has, only those types that its tasks
 * have, and of the models' sizes those that are known of any.
 *
 * @param publishedMark Stands behind the names of published rows.
 */
export function columnsFor(board: Leaderboard, publishedMark = "(published)"): readonly BoardColumn[] {
  const name = namesFor(board, publishedMark);
  const shownMeans = board.shape.means.map((mean) => means[mean]);
  const shownTypes = board.shape.types ? types.filter(({ type }) => board.types.some((one) => one === type)) : [];
  const scores = [...shownMeans, ...shownTypes, ...groupColumns(board)];
  const known = (column: BoardColumn): boolean => board.rows.some((row) => column.value(row) !== null);
  const differ = (column: BoardColumn): boolean =>
    new Set(board.rows.flatMap((row) => column.value(row) ?? [])).size > 1;
  const byMean = placesColumn(board, "queries", "Place by mean", "Place");
  return [
    rank,
    ...placesColumn(board, "tasks", "Places", "Places"),
    ...[name, revision, ...scores.toSpliced(1, 0, ...byMean)],
    ...[...sizes.filter(known), ...costs.filter(differ), ...speedsOf(board)],
  ];
}

/**
 * Returns the columns for programs: always the same, whatever the table holds; the mean over subsets and groups only where
 * the benchmark's table has them, speed only where it is shown; in a table by task or by language one each in their place.
 */
export function fieldsFor(board: Leaderboard): readonly BoardColumn[] {
  const model = nameColumn((row) => row.model);
  if (board.by !== undefined) return [rank, model, revision, ...viewColumns(board)];
  const subset = board.shape.means.includes("subset") ? [means.subset] : [];
  const scores = [means.task, means.type, ...subset, ...types, ...groupColumns(board)];
  return [rank, model, revision, ...scores, ...sizes, ...costs, ...speedsOf(board), ...placesFields(board)];
}
