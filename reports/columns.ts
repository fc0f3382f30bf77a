import { isNamed } from "../runners/results/revisions.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import { speedLatencyTokens } from "./board-speed.ts";
import type { Leaderboard, LeaderboardRow, RowSpeed } from "./leaderboard.ts";
import { type Column, grouped, noValue, percent, toPercent } from "./table.ts";

/** One column of the leaderboard, in all its forms. */
export interface BoardColumn extends Column {
  /** Name in machine-readable output. */
  readonly field: string;
  /** Heading where room is short. */
  readonly short: string;
  /** For people. */
  readonly text: (row: LeaderboardRow) => string;
  /** For programs: percent, unrounded, null where there is none. */
  readonly value: (row: LeaderboardRow) => number | string | null;
}

/** Which columns a table has, and in which order. */
export type ColumnChoice = "all" | "published";

/** Parameters as the published tables print them: `335M`, `7.1B`. */
export function sizeText(parameters: number): string {
  const millions = Math.round(parameters / 1e6);
  if (millions < 1) return `${(parameters / 1e6).toFixed(1)}M`;
  return millions < 1000 ? `${millions}M` : `${(parameters / 1e9).toFixed(1)}B`;
}

/** A commit hash as people write it; other revisions whole. */
export const shortRevision = (revision: string): string =>
  /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;

/** The revision, and how many of the scores are of others or were reported without one. */
function revisionText({ revision, revisions }: LeaderboardRow): string {
  const others = revisions.filter((one) => one.revision !== revision);
  const texts = others.map((one) =>
    isNamed(one.revision) ? `${one.tasks} of ${shortRevision(one.revision)}` : `${one.tasks} reported`,
  );
  return [shortRevision(revision), ...texts].join(" + ");
}

/** Name with what a reader must know of the row: that it is published, and which note says what it lacks. */
const nameText =
  (notes: ReadonlyMap<LeaderboardRow, number>, publishedMark: string) =>
  (row: LeaderboardRow): string => {
    const note = notes.get(row);
    return `${row.model}${row.baseline ? ` ${publishedMark}` : ""}${note === undefined ? "" : ` (${note})`}`;
  };

function score(field: string, heading: string, short: string, of: (row: LeaderboardRow) => number | null): BoardColumn {
  return {
    field,
    heading,
    short,
    align: "right",
    text: (row) => percent(of(row)),
    value: (row) => toPercent(of(row)),
  };
}

function figure(
  field: "parameters" | "dimensions" | "maxTokens",
  heading: string,
  text: (value: number) => string,
): BoardColumn {
  const cell = (value: number | null): string => (value === null ? noValue : text(value));
  return {
    field,
    heading,
    short: heading,
    align: "right",
    text: (row) => cell(row[field]),
    value: (row) => row[field],
  };
}

const rank: BoardColumn = {
  field: "rank",
  heading: "Rank",
  short: "#",
  align: "right",
  text: (row) => (row.rank === null ? noValue : String(row.rank)),
  value: (row) => row.rank,
};
const revision: BoardColumn = {
  field: "revision",
  heading: "Revision",
  short: "Revision",
  align: "left",
  text: revisionText,
  value: (row) => row.revision,
};
const means: readonly BoardColumn[] = [
  score("meanTask", "Mean (Task)", "Mean", ({ meanTask }) => meanTask),
  score("meanType", "Mean (Type)", "By type", ({ meanType }) => meanType),
];
const parameters = figure("parameters", "Parameters", sizeText);
const sizes: readonly BoardColumn[] = [
  parameters,
  figure("dimensions", "Dimensions", grouped),
  figure("maxTokens", "Max tokens", grouped),
];
const types: readonly (BoardColumn & { readonly type: string })[] = publishedTypes.map(
  ({ type, field, heading, short }) => ({
    ...score(field, heading, short, ({ byType }) => byType[type] ?? null),
    type,
  }),
);

function speed(
  field: Exclude<keyof RowSpeed, "mark">,
  heading: string,
  digits: (value: number) => number,
): BoardColumn {
  const value = (row: LeaderboardRow): number | null => row.speed?.[field] ?? null;
  return {
    field,
    heading,
    short: heading,
    align: "right",
    text: (row) => {
      const own = value(row);
      if (own !== null) return own.toFixed(digits(own));
      return row.speed?.mark === undefined ? noValue : `${noValue} (${row.speed.mark})`;
    },
    value,
  };
}

/** Digits behind the point, so that small numbers keep three in all. */
const three = (value: number): number => (value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
const speeds: readonly BoardColumn[] = [
  speed("textsPerSecond", "texts/s", three),
  speed("tokensPerSecond", "tokens/s", three),
  { ...speed("latencyMs", `p50 ms, ${speedLatencyTokens} tokens`, three), short: "p50 ms" },
];
const speedsOf = ({ withSpeed = false }: Leaderboard): readonly BoardColumn[] => (withSpeed ? speeds : []);

const nameColumn = (name: (row: LeaderboardRow) => string): BoardColumn => ({
  ...{ field: "model", heading: "Model", short: "Model", align: "left" },
  text: name,
  value: ({ model }) => model,
});

/** The rows that lack something, numbered from 1 in the order of the table. */
export const incompleteRows = ({ rows }: Leaderboard): ReadonlyMap<LeaderboardRow, number> =>
  new Map(rows.filter((row) => row.missing.length > 0).map((row, i) => [row, i + 1]));

/**
 * The columns of a table for people: only those types that its tasks have, and of the models' sizes those that are known
 * of any. `published` is the order of the published table: size, means, types.
 *
 * @param publishedMark Stands behind the names of published rows.
 */
export function columnsFor(
  board: Leaderboard,
  choice: ColumnChoice,
  publishedMark = "(published)",
): readonly BoardColumn[] {
  const name = nameColumn(nameText(incompleteRows(board), publishedMark));
  const shownTypes = types.filter(({ type }) => board.types.some((one) => one === type));
  const known = (column: BoardColumn): boolean => board.rows.some((row) => column.value(row) !== null);
  const measured = speedsOf(board);
  if (choice === "published") return [name, { ...parameters, heading: "Params" }, ...means, ...shownTypes, ...measured];
  return [rank, name, revision, ...means, ...shownTypes, ...sizes.filter(known), ...measured];
}

/** The columns for programs: always the same, whatever the table holds; speed only where it is shown. */
export function fieldsFor(board: Leaderboard, choice: ColumnChoice): readonly BoardColumn[] {
  const model = nameColumn((row) => row.model);
  const measured = speedsOf(board);
  if (choice === "published") return [model, parameters, ...means, ...types, ...measured];
  return [rank, model, revision, ...means, ...types, ...sizes, ...measured];
}
