import { existsSync } from "node:fs";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { ownCacheFolder } from "../datasets/settings.ts";
import { count } from "../datasets/shown.ts";
import { withAggregates } from "../reports/aggregates.ts";
import { type Baselines, readBaselines } from "../reports/baselines.ts";
import type { BoardView } from "../reports/board-row.ts";
import { joinSpeed } from "../reports/board-speed.ts";
import { type Leaderboard, makeLeaderboard } from "../reports/leaderboard.ts";
import {
  type BoardShape,
  knownTasks,
  measuredParts,
  type RequiredTask,
  requiredOf,
  requiredTask,
  shapeOf,
  standardShape,
} from "../reports/required.ts";
import {
  commonHint,
  commonTasks,
  modelsNamed,
  type Selection,
  scopeOf,
  sortedBy,
  tasksNamed,
} from "../reports/selection.ts";
import type { MainScoreReading, Reading, StoredResult } from "../runners/results/read-results.ts";
import { partsOf } from "../tasks/aggregates.ts";
import { getBenchmark } from "../tasks/benchmarks.ts";
import { languagesNamed } from "../tasks/languages.ts";
import { noOwnTasks, type OwnTasks, ownBenchmark } from "../tasks/own-tasks.ts";
import { readingBy, type Terminal, tellSkipped } from "./terminal.ts";

/** Choice of the tasks that a table or page of stored results shows. */
export interface ShownTaskChoice {
  readonly benchmark?: string;
  /** Files of tasks and benchmarks of the user's own. */
  readonly taskFile?: readonly string[];
}

/** Choice of the results that a leaderboard or page shows. */
export interface ShownChoice extends ShownTaskChoice {
  /** Folders of results. */
  readonly results: readonly string[];
  /** Show the published scores that come with the program too. */
  readonly baselines?: boolean;
  /** Show latency and throughput too. */
  readonly withBench?: boolean;
}

/** Choice of what a table has a column for, in place of the means. */
export interface ShownView {
  readonly by?: BoardView;
  /** ISO 639-3 or English names: the languages of a table by language. */
  readonly languages?: readonly string[];
}

/** Choice of a table: of which results, what it shows of them, and in which order. */
type BoardChoice = ShownChoice & ShownView & Selection;

/** How the board is wanted. */
interface BoardWish {
  /** One line a cause for what is left out, however many results it is that of. */
  readonly brief?: boolean;
  /** Means by language beside the others. */
  readonly withLanguages?: boolean;
  /** The places that rows may have over other tasks. */
  readonly withPlaces?: boolean;
}

/** All tasks there are, and those that are shown whether or not anything has a result of them. */
export interface ShownTasks {
  readonly known: readonly RequiredTask[];
  /** Absent where every task with a result is shown. */
  readonly required: readonly RequiredTask[] | undefined;
  /** All tasks of the benchmark, of which `required` may be a choice; absent without a benchmark. */
  readonly all?: readonly RequiredTask[];
  /** What the table shows of them. */
  readonly shape: BoardShape;
  /** What all of them are of, for people; absent without a benchmark. */
  readonly benchmark?: string;
}

/**
 * Finds the tasks that are shown.
 * @throws UsageError for an unknown benchmark or task, and for a task file that cannot be used
 */
export function shownTasks(
  { benchmark, taskFile = [], tasks: chosen }: ShownTaskChoice & Pick<Selection, "tasks">,
  by?: BoardView,
): Promise<ShownTasks> {
  return asUsage(async () => {
    const own = taskFile.length === 0 ? noOwnTasks : await readOwnTasks(taskFile);
    const tasks = own.tasks.map(requiredTask);
    const known = knownTasks(tasks);
    if (benchmark === undefined) {
      return { known, required: chosen && tasksNamed(known, chosen), shape: standardShape };
    }
    const list = ownBenchmark(benchmark, own);
    const added = tasks.length > 0 ? " with the task files" : "";
    const named = list === undefined ? `${getBenchmark(benchmark).name}${added}` : list.name;
    const withPrivate = by !== undefined;
    const all = list?.tasks.map(requiredTask) ?? [...requiredOf(benchmark, withPrivate), ...tasks];
    const required = chosen === undefined ? all : tasksNamed(all, chosen, named);
    const shape = list === undefined ? shapeOf(benchmark, withPrivate) : standardShape;
    return { known, required, all, shape, benchmark: named };
  });
}

/** Reads task files. Their checks are imported on need: they would double the time that a leaderboard takes. */
async function readOwnTasks(taskFile: readonly string[]): Promise<OwnTasks> {
  const { readTaskFiles } = await import("../runners/select.ts");
  return readTaskFiles(taskFile);
}

/** A leaderboard, and what it was made of. */
export interface ShownBoard {
  readonly board: Leaderboard;
  /** Results of the folders, and of the aggregates that follow from them. */
  readonly stored: readonly StoredResult[];
  readonly published: Baselines;
  /** Descriptions of all models in the folders, also of those without a result of the tasks. */
  readonly descriptions: Reading["models"];
}

/**
 * Reads the chosen results and ranks their models; tells which files were not used, and if there was nothing at all.
 *
 * @throws UsageError as `shownTasks`, for a folder that is not there, for languages that the tasks have not, and for tasks,
 * models and columns that are not there
 */
export async function readBoard(
  choice: BoardChoice,
  read: (folders: readonly string[], reading: MainScoreReading) => Promise<Reading>,
  terminal: Terminal,
  wish: BoardWish = {},
): Promise<ShownBoard> {
  const { withBench = false, sort } = choice;
  if (choice.languages !== undefined && choice.by !== "language") {
    throw new UsageError("--languages: it names the columns of a table by language; add --by language");
  }
  const shown = await shownTasks(choice, choice.by);
  const folders = foldersOf(choice, terminal);
  const reading = await readShown(shown, folders, read, terminal, wish);
  const published = await readBaselines();
  const { board, stored } = await asUsage(async () => selectedBoard(choice, shown, reading, published, wish));
  const joined = withBench ? await withSpeed(board, folders, terminal) : board;
  return {
    board: sort === undefined ? joined : await asUsage(async () => sortedBy(joined, sort)),
    stored,
    published,
    descriptions: reading.models,
  };
}

/** Where results are stored, and looked for, where nothing else is said. */
const standardResults = "results";

/** Returns the folders of results; where published models are shown anyway, the standard one need not be there yet. */
function foldersOf({ results, baselines, benchmark, tasks }: BoardChoice, { err }: Terminal): readonly string[] {
  const [folder] = results;
  // Without tasks there would be a table without columns.
  if (benchmark === undefined && tasks === undefined) return results;
  if (!baselines || results.length > 1 || folder !== standardResults || existsSync(folder)) return results;
  err(`no folder ${folder} is here, so that the published models stand alone\n`);
  return [];
}

/** Makes the table of the models and tasks that were chosen; returns it with the results of these models. */
function selectedBoard(
  choice: BoardChoice,
  shown: ShownTasks,
  reading: ShownReading,
  published: Baselines,
  { brief = false, withLanguages = choice.by === "language", withPlaces = false }: BoardWish,
): Pick<ShownBoard, "board" | "stored"> {
  const { baselines = false, by, models } = choice;
  const withScores = baselines ? published.models.filter(({ scores }) => scores !== undefined) : [];
  const known = new Set([reading.stored, reading.models, withScores].flat().map(({ model }) => model));
  const isShown = models && modelsNamed([...known], models);
  const only = <Named extends { readonly model: string }>(all: readonly Named[]): readonly Named[] =>
    isShown === undefined ? all : all.filter(({ model }) => isShown(model));
  const stored = only(reading.stored);
  const context = {
    descriptions: only(reading.models),
    published: { ...published, models: only(published.models) },
    ...{ baselines, brief, places: withPlaces },
    ...(by && { by }),
  };
  const required = shown.required && inParts(shown, reading);
  const makeBoard = (tasks: readonly RequiredTask[], benchmark: readonly RequiredTask[] | undefined): Leaderboard => {
    const shape = tasks.length < (shown.all ?? tasks).length ? standardShape : shown.shape;
    const languages = withLanguages ? languagesOf(choice, shape, tasks) : [];
    return makeLeaderboard(stored, reading.measured, benchmark, { ...context, shape, languages });
  };
  const found = new Set(stored.map(({ result }) => result.task));
  const tasks = required ?? reading.measured.filter(({ name }) => found.has(name));
  const whole = makeBoard(tasks, required);
  const common = choice.common ? commonTasks(whole) : undefined;
  const board = common === undefined ? whole : makeBoard(common, common);
  const scope = scopeOf(shown.benchmark, board.tasks.length, (shown.all ?? whole.tasks).length);
  const hint = brief && by === undefined && common === undefined ? commonHint(whole) : [];
  return { board: { ...board, scope, notes: [...hint, ...board.notes] }, stored };
}

/** Returns the tasks that are shown; without a benchmark, which says what counts, the parts of them that were measured. */
function inParts({ required = [], all }: ShownTasks, { measured }: ShownReading): readonly RequiredTask[] {
  if (all !== undefined) return required;
  const byName = new Map(measured.map((task) => [task.name, task]));
  return required.map((task) => byName.get(task.name) ?? task);
}

/** What was read of the tasks that are shown. */
interface ShownReading {
  readonly models: Reading["models"];
  /** Results, and those of aggregates that follow from them. */
  readonly stored: readonly StoredResult[];
  /** All known tasks, without a benchmark those parts of them that have results. */
  readonly measured: readonly RequiredTask[];
}

/** Reads the results of the tasks; tells which files were not used, and which tasks count by a part. */
async function readShown(
  { known, required, all }: ShownTasks,
  folders: readonly string[],
  read: (folders: readonly string[], reading: MainScoreReading) => Promise<Reading>,
  terminal: Terminal,
  { brief = false }: BoardWish,
): Promise<ShownReading> {
  const names = new Set(known.map(({ name }) => name));
  const wanted = required && new Set(required.flatMap(({ name }) => [name, ...partsOf(name)]));
  const cacheFolder = ownCacheFolder(terminal.env);
  const reading = await asUsage(() => read(folders, { ...readingBy(terminal), known: names, wanted, cacheFolder }));
  tellSkipped(terminal, reading.skipped, brief);
  const isEmpty = required === undefined ? reading.results.length === 0 : reading.models.length === 0;
  if (folders.length > 0 && isEmpty && reading.skipped.length === 0) {
    terminal.err(`no results in ${folders.join(", ")}; \`pramana run\` stores some\n`);
  }
  const measured = all === undefined ? measuredParts(known, reading.results) : known;
  tellParts(known, measured, terminal, brief);
  return { models: reading.models, stored: withAggregates(reading.results, measured), measured };
}

/** Returns the languages that means are shown of: those chosen, else the benchmark's, else all of the tasks. */
function languagesOf(
  { languages }: ShownView,
  shape: BoardShape,
  tasks: readonly RequiredTask[],
): BoardShape["languages"] {
  if (languages === undefined) return shape.languages.length > 0 ? shape.languages : "all";
  const required = tasks.map(({ subsets, languages: own }) => ({
    languages: Object.fromEntries(subsets.map((subset) => [subset, own[subset] ?? []])),
  }));
  return languagesNamed(languages, required);
}

/** Most tasks, and most subsets of each, that a line names. */
const named = 5;

const someOf = (names: readonly string[], more: string): string =>
  names.length > named
    ? `${names.slice(0, named).join(", ")} and ${names.length - named} more${more}`
    : names.join(", ");

/** Tells which tasks count by a part of them, as no benchmark says which. */
function tellParts(
  whole: readonly RequiredTask[],
  measured: readonly RequiredTask[],
  { err }: Terminal,
  brief: boolean,
): void {
  const parts = measured.filter(
    ({ subsets, splits }, i) => subsets.length < whole[i].subsets.length || splits.length < whole[i].splits.length,
  );
  if (parts.length === 0) return;
  const texts = parts.map(({ name, subsets }) => `${name} (${someOf(subsets, "")})`);
  const list = brief ? someOf(texts, " (--verbose names them)") : texts.join(", ");
  err(
    `counted by the part that was measured, ${count(parts.length, "task")} (--benchmark says what counts): ${list}\n`,
  );
}

/** Adds the speed that `pramana bench` stored. Its reader is imported on need: a library for checking comes with it. */
async function withSpeed(board: Leaderboard, folders: readonly string[], terminal: Terminal): Promise<Leaderboard> {
  const { readBenches } = await import("../runners/bench/file.ts");
  const { records, skipped } = await readBenches(folders, board.rows);
  tellSkipped(terminal, skipped);
  return joinSpeed(board, records);
}
