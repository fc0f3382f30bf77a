import { InputError } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";
import type { LeaderboardRow } from "./board-row.ts";
import { type BoardColumn, fieldsFor, viewColumns } from "./columns.ts";
import type { Leaderboard } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";
import { compareText } from "./table.ts";

/** Which part of the results a table shows. */
export interface Selection {
  /** Names of tasks. Default: all of the table. */
  readonly tasks?: readonly string[];
  /** Names of models, whole or without the organization. Default: all. */
  readonly models?: readonly string[];
  /** Only the tasks that every row has a score of. */
  readonly common?: boolean;
  /** Field or heading of a column, or a task, by which rows are sorted. Default: by rank. */
  readonly sort?: string;
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Returns the task of this name.
 * @param benchmark The benchmark that the tasks are of; absent where they are all that there are.
 * @throws InputError where none has it, with the nearest one
 */
export function taskNamed(tasks: readonly RequiredTask[], name: string, benchmark?: string): RequiredTask {
  const found = tasks.find((task) => task.name === name) ?? tasks.find((task) => sameText(task.name, name));
  if (found !== undefined) return found;
  const near = didYouMean(
    name,
    tasks.map((task) => task.name),
  );
  if (benchmark !== undefined) throw new InputError(`--tasks: ${benchmark} has no task "${name}"${near}`);
  throw new InputError(
    `--tasks: there is no task "${name}"${near}; \`pramana tasks\` lists them, --task-file adds your own`,
  );
}

/** Returns the tasks of these names, in the order of all. Throws as `taskNamed`. */
export function tasksNamed(all: readonly RequiredTask[], names: readonly string[], benchmark?: string): RequiredTask[] {
  const found = new Set(names.map((name) => taskNamed(all, name, benchmark)));
  return all.filter((task) => found.has(task));
}

/**
 * Returns a test of the models of these names, given whole or without the organization.
 * @throws InputError for a name that no model has, with the nearest one
 */
export function modelsNamed(models: readonly string[], names: readonly string[]): (model: string) => boolean {
  const isNamed = (model: string, name: string): boolean =>
    sameText(model, name) || sameText(model.slice(model.indexOf("/") + 1), name);
  for (const name of names) {
    if (models.some((model) => isNamed(model, name))) continue;
    const some = models.length === 0 ? "; there are no results at all" : didYouMean(name, models);
    throw new InputError(`--models: there is no result of "${name}" here${some}`);
  }
  return (model) => names.some((name) => isNamed(model, name));
}

/** Returns the rows that are not published ones, and the tasks that all of them have a score of. */
function inCommon({ rows, tasks }: Leaderboard) {
  const own = rows.filter(({ baseline }) => !baseline);
  const common = tasks.filter(({ name }) => own.every(({ scores }) => (scores[name] ?? null) !== null));
  return { own, common };
}

/** Says how rows without a mean can be ranked all the same: by the tasks that all have, where there are some. */
export function commonHint(board: Leaderboard): readonly string[] {
  const { own, common } = inCommon(board);
  if (own.length === 0 || common.length === 0 || common.length === board.tasks.length) return [];
  return [`--common ranks all rows by ${count(common.length, "task")}, of which every row has a score`];
}

/**
 * Returns the tasks that every row but the published ones has a score of.
 * @throws InputError where there is none
 */
export function commonTasks(board: Leaderboard): readonly RequiredTask[] {
  const { own, common } = inCommon(board);
  if (common.length > 0 || board.rows.length === 0) return common;
  throw new InputError(
    `--common: no task has a score in all ${count(own.length, "row")}; choose some with --models, or see --by task`,
  );
}

/** Columns besides scores of which more is better. */
const moreIsBetter = ["textsPerSecond", "tokensPerSecond"];

/**
 * Sorts the rows by a column: scores and speeds from the highest, others from the lowest or by letters; rows without a
 * value last, equal ones as they were.
 * @param by A field of machine-readable output, its heading, also the short one of a window, or a task.
 * @throws InputError for another name, with the nearest one
 */
export function sortedBy(board: Leaderboard, by: string): Leaderboard {
  const { by: _, ...whole } = board;
  const columns: readonly BoardColumn[] = [
    ...fieldsFor(board),
    ...fieldsFor(whole),
    ...viewColumns({ ...board, by: "task" }),
  ];
  const column =
    columns.find(({ field, heading }) => sameText(field, by) || sameText(heading, by)) ??
    columns.find(({ short }) => sameText(short, by));
  if (column === undefined) {
    const fields = [...new Set(columns.map(({ field }) => field))];
    throw new InputError(
      `--sort: the table has no column "${by}"${didYouMean(by, fields)}; its columns are ${fields.join(", ")}`,
    );
  }
  const sign = column.isScore || moreIsBetter.includes(column.field) ? -1 : 1;
  const compare = (a: LeaderboardRow, b: LeaderboardRow): number => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return typeof x === "number" && typeof y === "number" ? sign * (x - y) : compareText(String(x), String(y));
  };
  return { ...board, rows: board.rows.toSorted(compare) };
}

/**
 * Says what a table is over.
 * @param all The tasks of the benchmark, or all that rows have a result of.
 */
export function scopeOf(benchmark: string | undefined, shown: number, all: number): string {
  if (benchmark !== undefined) {
    const tasks = `${count(all, "task")} of ${benchmark}`;
    return shown < all ? `over ${shown} of the ${tasks}` : `over all ${tasks}`;
  }
  if (all === 1) return "over the one task that some row has a result of";
  return `over ${shown < all ? `${shown} of the` : "all"} ${all} tasks that some row has a result of`;
}
