import { dirname } from "node:path";
import { UsageError } from "../datasets/errors.ts";
import { isFile } from "../datasets/folder.ts";
import { didYouMean } from "../datasets/suggest.ts";
import type { LeaderboardRow } from "../reports/board-row.ts";
import type { InsideTask } from "../reports/page/shape.ts";
import type { RequiredTask } from "../reports/required.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { isOurs } from "../runners/results/result.ts";
import { samplesFile } from "../runners/results/samples-file.ts";
import { samplesBeside } from "../runners/results/stored-run.ts";
import { readTaskFiles } from "../runners/select.ts";
import { restricted } from "../tasks/benchmarks.ts";
import { findTask } from "../tasks/index.ts";
import { once } from "../tasks/once.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { lookInside, type PageRun } from "./report-task.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Choice of the units that a page shows behind its scores. */
export interface SamplesOfPage {
  /** The run that the others are held against; true for the first row that has samples. */
  readonly samples: string | true;
  /** Most units of each list. */
  readonly top: number;
  /** Folders or files of rankings. */
  readonly predictions?: readonly string[];
  readonly taskFile?: readonly string[];
}

/** A row of the page with the results it was made of, in the order of the page's models. */
export interface PageRow {
  readonly row: Pick<LeaderboardRow, "model" | "revision">;
  readonly results: readonly StoredResult[];
}

/**
 * Looks into the page's tasks by the samples beside the results: of each run alone, and of what changed against the base.
 * Nothing is downloaded: what is not at hand is told, and units go by their ids. Results without samples are passed over;
 * of those whose samples cannot be used it is told why.
 *
 * @throws UsageError for a base that is not on the page, or has no samples
 */
export async function readInside(
  rows: readonly PageRow[],
  tasks: readonly RequiredTask[],
  choice: SamplesOfPage,
  terminal: Terminal,
): Promise<readonly InsideTask[]> {
  const told = new Set<string>();
  const note = (line: string): void => {
    if (!told.has(line)) terminal.err(`${line}\n`);
    told.add(line);
  };
  const opened = worldOf(terminal);
  const world = { ...opened, note, hub: { ...opened.hub, offline: true } };
  const specs = await specsOf(tasks, choice.taskFile);
  const runs = await Promise.all(specs.map((task) => (task === undefined ? [] : runsOf(rows, task))));
  const base = baseOf(
    rows,
    runs.flat().map(({ place }) => place),
    choice.samples,
  );
  const inside: InsideTask[] = [];
  for (const [place, task] of specs.entries()) {
    if (task === undefined || runs[place].length === 0) continue;
    inside.push(...(await lookInside({ task, place }, runs[place], { ...choice, base }, world)));
  }
  return inside;
}

/** Returns the tasks of the page as they are run, those places of them that the page asks for; undefined for others'. */
async function specsOf(
  tasks: readonly RequiredTask[],
  taskFile: readonly string[] = [],
): Promise<readonly (TaskSpec | undefined)[]> {
  const own = await readTaskFiles(taskFile);
  return tasks.map(({ name, splits, subsets }) => {
    const task = own.tasks.find((one) => one.name === name) ?? findTask(name);
    return task && restricted(task, { splits, subsets });
  });
}

/** Finds the runs with samples of a task. */
async function runsOf(rows: readonly PageRow[], task: TaskSpec): Promise<readonly PageRun[]> {
  const found = rows.map(async ({ results }, place): Promise<readonly PageRun[]> => {
    const stored = results.find(({ result }) => result.task === task.name);
    if (stored === undefined || !isOurs(stored.result)) return [];
    if (!(await isFile(samplesFile(dirname(stored.file), task.name)))) return [];
    const { model, revision, result } = stored;
    return [{ place, result, run: { model, revision, samplesOf: once(() => samplesBeside(stored)) } }];
  });
  return (await Promise.all(found)).flat();
}

/**
 * Finds the row of the run that the others are held against: the named one, else the first that has samples.
 *
 * @param sampled Places of the rows that have samples.
 * @throws UsageError for a name that no row with samples has
 */
function baseOf(rows: readonly PageRow[], sampled: readonly number[], samples: string | true): number {
  const known = [...new Set(sampled)].sort((a, b) => a - b);
  const [first] = known;
  if (first === undefined) {
    throw new UsageError("--samples: no result of the page has samples beside it; `pramana run` stores them");
  }
  if (samples === true) return first;
  const namesOf = (place: number): string[] => {
    const { model, revision } = rows[place].row;
    return [model, `${model}@${revision}`];
  };
  const named = known.filter((place) => namesOf(place).some((name) => name === samples));
  const begun = known.filter((place) => namesOf(place)[1]?.startsWith(samples));
  const found = named.length > 0 ? named : samples.includes("@") ? begun : [];
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const names = known.map((place) => namesOf(place)[Number(found.length > 1)] ?? "");
  const what = found.length > 1 ? "names several rows" : "names no row of the page that has samples";
  throw new UsageError(
    `--samples: "${samples}" ${what}${didYouMean(samples, names)}; expected one of ${names.join(", ")}`,
  );
}
