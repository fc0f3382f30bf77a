import { groupBy } from "../../datasets/group-by.ts";
import { count } from "../../datasets/shown.ts";
import { limitIn } from "../../models/variants/variant-name.ts";
import type { StoredBench } from "../../runners/bench/file.ts";
import type { StoredDescription, StoredResult } from "../../runners/results/read-results.ts";
import { isOurs, unknownMtebVersion } from "../../runners/results/result.ts";
import { isNamed, joinRevisions } from "../../runners/results/revisions.ts";
import { describeFinding } from "../../tasks/findings/describe.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { baselinesFile } from "../baselines.ts";
import { speedsOf } from "../board-speed.ts";
import { shortRevision, viewColumns } from "../columns.ts";
import { findingsByTask } from "../findings.ts";
import type { Leaderboard } from "../leaderboard.ts";
import { noneOfTasks } from "../notes.ts";
import { placesNotes } from "../places.ts";
import { describeMissing } from "../render.ts";
import { speedAlone } from "./browser/state.mjs";
import { type FactColumn, pageColumns, rounded, type Shown } from "./columns.ts";
import type { Origin, PageData, PageModel, PageTask, RunGroup } from "./shape.ts";

export interface PageContext {
  readonly title: string;
  readonly origin: string;
  /** Main revisions by which the leaderboard joined the results of a model. */
  readonly mainRevisions?: ReadonlyMap<string, string>;
  /** Published scores, where they are ranked. */
  readonly published?: readonly StoredResult[];
  /** Speed of models, those of the table and others. */
  readonly benches?: readonly StoredBench[];
  /** Descriptions of models, those without a score too. */
  readonly descriptions?: readonly StoredDescription[];
}

/** Most languages that the page has a column for. */
const mostLanguages = 40;
/** Missing tasks of an incomplete model that are named of each type. */
const namedTasks = 5;

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
function groupRuns(results: readonly StoredResult[], places: ReadonlyMap<string, number>): RunGroup[] {
  const groups = groupBy(results, (one) => JSON.stringify([one.revision, howOf(one), givenTo(one)]));
  return [...groups.values()]
    .map((group): RunGroup => {
      const [first] = group;
      const tasks = group.map(({ result }) => places.get(result.task) ?? -1);
      const revision = isNamed(first.revision) ? first.revision : `not named (${first.revision})`;
      return { tasks, revision, how: howOf(first), ...givenTo(first) };
    })
    .sort((a, b) => b.tasks.length - a.tasks.length);
}

/** Tells who made the scores of a row. */
function originOf({ row }: Shown, results: readonly StoredResult[]): Origin {
  if (row?.baseline) return "built in";
  return row === undefined || results.some(({ result }) => isOurs(result)) ? "pramana" : "other";
}

const keyOf = ({ model, revision }: Pick<Shown, "model" | "revision">): string => `${model}\0${revision}`;

/** Names of a revision of data in files that name none. */
const unnamed: readonly string[] = ["", "None", "null"];

/** Returns the revisions of a task's data, with the number of models that have results on them. */
function dataRevisions(results: readonly StoredResult[]): PageTask["dataRevisions"] {
  const groups = groupBy(results, ({ result: { datasetRevision: own } }) => (unnamed.includes(own) ? "" : own));
  return [...groups]
    .map(([revision, models]) => ({ revision: revision === "" ? null : revision, models: models.length }))
    .sort((a, b) => b.models - a.models);
}

/** Lists the models whose speed was measured and which the table has no row of, each once. */
function benchedAlone(board: Leaderboard, { benches = [], descriptions = [] }: PageContext): Shown[] {
  const shown = new Set(board.rows.map(keyOf));
  const unknown = { parameters: null, dimensions: null, maxTokens: null };
  const alone = groupBy(
    benches.filter((record) => !shown.has(keyOf(record))),
    keyOf,
  );
  return [...alone.values()].map(([{ model, revision }]) => ({
    ...(descriptions.find((one) => one.model === model && one.revision === revision) ?? unknown),
    ...{ model, revision },
  }));
}

/** Returns what a model lacks, in words; nothing of a complete one. */
function lackOf({ row }: Shown, board: Leaderboard): Pick<PageModel, "lack" | "missing"> {
  if (row === undefined) return { lack: speedAlone };
  const lacking = row.missing.length;
  if (lacking === 0) return {};
  const lack = `lacks ${lacking} of ${count(board.tasks.length, "task")}`;
  return { lack, ...(lacking < board.tasks.length && { missing: describeMissing(row.missing, board, namedTasks) }) };
}

/** Finds the results that a row was made of. */
function resultsByRow(board: Leaderboard, stored: readonly StoredResult[], context: PageContext) {
  const own = resultsOfRows(board, stored, context);
  const published = resultsOfRows(board, context.published ?? [], context);
  return ({ row }: Shown): readonly StoredResult[] => (row === undefined ? [] : (row.baseline ? published : own)(row));
}

/** Returns what finds the results of the board's tasks that a row was made of. */
export function resultsOfRows(
  { tasks }: Pick<Leaderboard, "tasks">,
  stored: readonly StoredResult[],
  { mainRevisions }: Pick<PageContext, "mainRevisions">,
): (row: Pick<Shown, "model" | "revision">) => readonly StoredResult[] {
  const wanted = new Set(tasks.map(({ name }) => name));
  const found = new Map(
    joinRevisions(stored, mainRevisions).map((own) => [
      keyOf(own),
      [...own.results.values()].filter(({ result }) => wanted.has(result.task)),
    ]),
  );
  return (row) => found.get(keyOf(row)) ?? [];
}

/**
 * Collects the data of the page from the table, the results that it was made of, and measurements of speed.
 *
 * @param stored The results that `board` was made of, with the records of their runs.
 */
export function makePageData(board: Leaderboard, stored: readonly StoredResult[], context: PageContext): PageData {
  const resultsOf = resultsByRow(board, stored, context);
  const rows = board.rows.map((row): Shown => ({ ...row, row }));
  const alone = benchedAlone(board, context);
  const isShown = new Set(alone.map(noneOfTasks));
  const speeds = speedsOf([...rows, ...alone], context.benches ?? []);
  const all = [...rows, ...alone].map((one): Shown => {
    const speed = speeds.of.get(one);
    return speed === undefined ? one : { ...one, speed };
  });
  const columns = pageColumns(board, all);
  const allLanguages = viewColumns({ ...board, by: "language" });
  const languages = allLanguages.length > 1 ? allLanguages.slice(0, mostLanguages) : [];
  const names = groupBy(all, ({ model }) => model);
  const places = new Map(board.tasks.map(({ name }, i) => [name, i]));
  const models = all.map((shown): PageModel => {
    const { model, revision, row } = shown;
    const { mark } = shown.speed ?? {};
    const partly = languages.flatMap(({ field }, i) => (row?.languages?.get(field)?.isPart ? [i] : []));
    const results = resultsOf(shown);
    return {
      name: names.get(model)?.length === 1 ? model : `${model} @ ${shortRevision(revision)}`,
      origin: originOf(shown, results),
      ...(limitIn(model) !== undefined && { isLimited: true }),
      ...lackOf(shown, board),
      values: columns.map(({ of }) => of(shown)),
      scores: board.tasks.map(({ name }) => {
        const score = row?.scores[name] ?? null;
        return score === null || limitIn(model) !== undefined ? null : rounded(score * 100);
      }),
      languages: languages.map(({ value }) => (row === undefined ? null : rounded(value(row) as number | null))),
      ...(partly.length > 0 && { partly }),
      ...(mark !== undefined && { speedMark: mark }),
      runs: groupRuns(results, places),
    };
  });
  return {
    ...{ title: context.title, origin: context.origin, ...pageFacts(board, columns) },
    tasks: tasksOf(board, rows.flatMap(resultsOf)),
    languages: languages.map(({ heading, short }) => ({ heading, short })),
    furtherLanguages: languages.length === 0 ? 0 : allLanguages.length - languages.length,
    models,
    cells: [],
    notes: [
      ...(board.places === undefined ? [] : placesNotes(board.places, true)),
      ...board.notes.filter((note) => !isShown.has(note)),
      ...speeds.notes,
    ],
  };
}

/** Returns what the columns are, and which of them the page begins with. */
function pageFacts({ shape, types }: Leaderboard, columns: readonly FactColumn[]) {
  const fields = columns.map(({ field }) => field);
  const groups = shape.groups.map(({ grouping, label }) => `${grouping}: ${label}`);
  const [first] = shape.means;
  const mean = first === "subset" ? "meanSubset" : first === "type" ? "meanType" : "meanTask";
  const byType = types.map((type) => taskTypes[type].field).filter((field) => fields.includes(field));
  return {
    columns: columns.map(({ of: _, ...column }) => column),
    mean,
    // Rows go by rank, or by the mean over subsets.
    sortedBy: first === "subset" ? mean : "rank",
    parts: groups.length > 0 ? groups : byType,
    partsOf: shape.groups[0]?.grouping.toLowerCase() ?? "type",
  };
}

function tasksOf(board: Leaderboard, results: readonly StoredResult[]): readonly PageTask[] {
  const found = findingsByTask(results, board.tasks);
  const byTask = groupBy(results, ({ result }) => result.task);
  return board.tasks.map(({ name, type }) => ({
    name,
    type: taskTypes[type].heading,
    findings: (found.find(({ task }) => task === name)?.findings ?? []).map(describeFinding),
    dataRevisions: dataRevisions(byTask.get(name) ?? []),
  }));
}
