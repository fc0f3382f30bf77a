import { holm } from "../tasks/resampling/holm.ts";
import type { BestTest, BestTests, LeaderboardRow } from "./board-row.ts";
import { type BoardColumn, columnsFor, viewColumns } from "./columns.ts";
import type { Comparison, JudgedDifference } from "./comparison/comparison.ts";
import { significance } from "./comparison/verdicts.ts";
import type { Leaderboard } from "./leaderboard.ts";

/** Two rows that are compared. */
interface Pair {
  readonly best: LeaderboardRow;
  readonly other: LeaderboardRow;
}

/** Difference by which a row's score and that of its stored run are the same. */
const same = 1e-9;

/** Returns the comparison of a column's scores; nothing for a mean of which some task could not be compared. */
function differenceIn(
  { tasks, types, overall, meanType, incomparable }: Comparison,
  field: string,
  headings: ReadonlyMap<string, string>,
): JudgedDifference | undefined {
  const task = tasks.find((one) => one.task === field);
  if (task !== undefined) return task;
  if (field === "meanTask") return incomparable.length === 0 ? overall : undefined;
  if (field === "meanType") return incomparable.length === 0 ? meanType : undefined;
  const type = headings.get(field);
  return incomparable.some((one) => one.type === type) ? undefined : types.find((one) => one.type === type);
}

const scoreOf = (column: BoardColumn, row: LeaderboardRow): number | null => {
  const value = column.value(row);
  return typeof value === "number" ? value : null;
};

/** Returns the columns of a table whose scores can be tested: tasks, or the means over tasks and types. */
function testedColumns(board: Leaderboard, fields: ReadonlyMap<string, string>): readonly BoardColumn[] {
  if (board.by === "task") return viewColumns(board);
  if (board.by === "language") return [];
  const tested = ["meanTask", "meanType", ...fields.keys()];
  return columnsFor(board).filter(({ field }) => tested.includes(field));
}

/**
 * Tells which rows are below the best of their column. Their p-values, which are corrected over tasks already, are
 * corrected for the number of rows (Holm): among many that are as good as the best, one would look worse by chance.
 */
function correctedTests(
  others: readonly LeaderboardRow[],
  found: ReadonlyMap<LeaderboardRow, JudgedDifference>,
): ReadonlyMap<LeaderboardRow, BestTest> {
  const corrected = holm([...found.values()].map(({ pValue = Number.NaN }) => pValue));
  const places = new Map([...found.keys()].map((row, i) => [row, i]));
  return new Map(
    others.map((row) => {
      const place = places.get(row);
      if (place === undefined) return [row, "untested"];
      const isWorse = found.get(row)?.verdict === "worse" && corrected[place] < significance;
      return [row, isWorse ? "worse" : "not told apart"];
    }),
  );
}

/**
 * Tests in each column every score against the best, by the paired test of `pramana compare`, corrected for the rows of
 * the column.
 *
 * @param typesByField The task types by the fields of their columns.
 * @param compare Compares a row with the best as base; nothing where one of them has no stored run.
 * @returns nothing where nothing could be tested
 */
export async function testAgainstBest(
  board: Leaderboard,
  typesByField: ReadonlyMap<string, string>,
  compare: (pair: Pair) => Promise<Comparison | undefined>,
): Promise<BestTests | undefined> {
  const comparisons = new Map<LeaderboardRow, Map<LeaderboardRow, Comparison | undefined>>();
  const compared = async (pair: Pair): Promise<Comparison | undefined> => {
    const own = comparisons.get(pair.best) ?? new Map<LeaderboardRow, Comparison | undefined>();
    comparisons.set(pair.best, own);
    if (!own.has(pair.other)) own.set(pair.other, await compare(pair));
    return own.get(pair.other);
  };
  const tests = new Map<string, ReadonlyMap<LeaderboardRow, BestTest>>();
  for (const column of testedColumns(board, typesByField)) {
    const scored = board.rows.filter((row) => scoreOf(column, row) !== null);
    const [best, ...others] = scored.toSorted((a, b) => (scoreOf(column, b) ?? 0) - (scoreOf(column, a) ?? 0));
    if (best === undefined) continue;
    const found = new Map<LeaderboardRow, JudgedDifference>();
    for (const other of others) {
      const comparison = await compared({ best, other });
      const one = comparison && differenceIn(comparison, column.field, typesByField);
      // A run that is read by its name may hold other results than the row.
      const isOwn =
        one !== undefined &&
        Math.abs(one.base * 100 - (scoreOf(column, best) ?? 0)) < same * 100 &&
        Math.abs(one.candidate * 100 - (scoreOf(column, other) ?? 0)) < same * 100;
      if (isOwn && one.verdict !== "unknown") found.set(other, one);
    }
    tests.set(column.field, correctedTests(others, found));
  }
  const all = [...tests.values()].flatMap((own) => [...own.values()]);
  return all.some((one) => one !== "untested") ? tests : undefined;
}
