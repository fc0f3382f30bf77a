import { count } from "../datasets/shown.ts";
import { type Order, type Places, placesIn, tellOrder } from "../tasks/resampling/order.ts";
import type { Contender } from "./board-row.ts";
import { bordaPoints, bordaRanks } from "./borda.ts";

/** What is taken to be drawn anew: the tasks, or the queries, pairs and rows of the same tasks. */
export const placesOver = ["tasks", "queries"] as const;
export type PlacesOver = (typeof placesOver)[number];

/** What a table says of its rows' places, beside the places themselves. */
export interface BoardPlaces {
  readonly over: PlacesOver;
  /** Number of tasks. */
  readonly tasks: number;
  /** Number of rows that have places. */
  readonly rows: number;
  /** Number of neighbours that are told apart. */
  readonly apart: number;
  /** The longest runs of neighbours no two of which are told apart, by the ranks or places that they have now. */
  readonly groups: readonly Places[];
}

/** Places of some rows, in their order; undefined where a row has none. */
export interface FoundPlaces {
  readonly places: readonly (Places | undefined)[];
  readonly summary: BoardPlaces;
}

/** Seed of the draws. */
export const placesSeed = 42;

/** Fewest tasks by which rows can be told apart over other tasks. */
const fewestTasks = 6;

/** Lists the longest runs of neighbours no two of which are told apart, as first and last index. */
function groupsOf(size: number, isApart: (one: number, other: number) => boolean): (readonly [number, number])[] {
  const groups: (readonly [number, number])[] = [];
  let last = -1;
  for (let first = 0; first < size; first++) {
    let end = Math.max(first, last);
    const joins = (next: number): boolean => {
      for (let i = first; i < next; i++) if (isApart(i, next)) return false;
      return true;
    };
    while (end + 1 < size && joins(end + 1)) end++;
    if (end > last) groups.push([first, end]);
    last = end;
  }
  return groups;
}

/**
 * Sums up which rows are told apart.
 *
 * @param sorted The rows that have places, the best first, by their index in the order.
 * @param placeOf Returns the rank or place that a row has now.
 */
export function summaryOf(
  order: Order,
  sorted: readonly number[],
  placeOf: (row: number) => number,
): Pick<BoardPlaces, "rows" | "apart" | "groups"> {
  const isApart = (a: number, b: number): boolean => order(sorted[a], sorted[b]) !== 0;
  return {
    rows: sorted.length,
    apart: sorted.slice(1).filter((_, i) => isApart(i, i + 1)).length,
    groups: groupsOf(sorted.length, isApart).map(([first, last]) => ({
      low: placeOf(sorted[first]),
      high: placeOf(sorted[last]),
    })),
  };
}

/**
 * Finds the Borda ranks that rows may have over other tasks like those of a table: its tasks count as drawn one by one, of
 * all types alike, and a row's points on a task are what is drawn. That types stay makes it cautious: what rows are better
 * at by type counts as chance. Rows that lack tasks are rivals, as they are in the rank,
 * but have no places themselves: what they lack would count as lost.
 *
 * @param sizes Number of units of each task that rows are ranked by, in their order.
 */
export function placesOverTasks(contenders: readonly Contender[], sizes: readonly number[]): FoundPlaces {
  const units = contenders.map((one) => one.units);
  const ranked = [...contenders.keys()].filter((i) => contenders[i].isRanked);
  const [points, ranks] = [bordaPoints(units, ranked.length), bordaRanks(units, ranked.length)];
  const starts = sizes.map((_, task) => sizes.slice(0, task).reduce((sum, size) => sum + size, 0));
  const onTask = (own: readonly number[], task: number): number =>
    own.slice(starts[task], starts[task] + sizes[task]).reduce((sum, one) => sum + one, 0);
  const parts = ranked.map((i) => Float64Array.from(sizes, (_, task) => onTask(points[i], task)));
  const sums = parts.map((own) => own.reduce((sum, one) => sum + one, 0));
  const isComplete = ranked.map((i) => contenders[i].row.missing.length === 0);
  const order = tellOrder(
    {
      parts,
      distance: (one, other, scale) => (sums[one] - sums[other]) / scale,
      isAsked: (one, other) => isComplete[one] || isComplete[other],
    },
    { seed: placesSeed },
  );
  const found = placesIn(order, ranked.length);
  const sorted = [...ranked.keys()].filter((at) => isComplete[at]).sort((a, b) => ranks[ranked[a]] - ranks[ranked[b]]);
  const isTelling = sorted.length > 1 && sizes.length >= fewestTasks;
  const byContender = new Map((isTelling ? sorted : []).map((at) => [ranked[at], found[at]]));
  return {
    places: contenders.map((_, i) => byContender.get(i)),
    summary: { over: "tasks", tasks: sizes.length, ...summaryOf(order, sorted, (at) => ranks[ranked[at]]) },
  };
}

/** Most groups that a note lists where it is to be brief. */
const namedGroups = 8;

/** Writes places, such as `3–7`. */
export const placesText = ({ low, high }: Places): string => (low === high ? String(low) : `${low}–${high}`);

/** Says what the places of a table are in a few words. */
export const placesMeaning = ({ over }: BoardPlaces): string =>
  over === "tasks"
    ? "places: the ranks that each row may have over other tasks of these types"
    : "place: the places by mean that each row may have over other queries, pairs and rows of these same tasks";

/** Says how many neighbours are told apart. */
function neighboursNote({ over, rows, apart }: BoardPlaces): string {
  const pairs = `${count(rows - 1, "pair")} of neighbours by ${over === "tasks" ? "rank" : "mean"}`;
  if (apart === 0) return rows === 2 ? "the two rows are not told apart" : `none of the ${pairs} is told apart`;
  if (apart === rows - 1) return rows === 2 ? "the two rows are told apart" : `all ${pairs} are told apart`;
  return `${rows - 1 - apart} of the ${pairs} are not told apart`;
}

/** Says what the places of a table are, and which rows are not told apart. */
export function placesNotes(board: BoardPlaces, brief: boolean): readonly string[] {
  const { over, tasks, rows, groups } = board;
  if (rows < 2) return [];
  if (over === "tasks" && tasks < fewestTasks) {
    return [`no places: ${count(tasks, "task")} cannot tell rows apart over other tasks, it takes ${fewestTasks}`];
  }
  const several = groups.filter(({ low, high }) => low < high);
  const listed = brief ? several.slice(0, namedGroups) : several;
  const more =
    several.length > listed.length ? ` and ${several.length - listed.length} more (--verbose names them)` : "";
  const grouped = `rows not told apart from each other, by ${over === "tasks" ? "rank" : "mean"}: ${listed.map(placesText).join(", ")}${more}`;
  return [
    `${placesMeaning(board)} (95 % sure for all rows at once${over === "queries" ? "; over other tasks: --places tasks" : ""})`,
    neighboursNote(board) + (listed.length > 0 && rows > 2 ? `; ${grouped}` : ""),
  ];
}
