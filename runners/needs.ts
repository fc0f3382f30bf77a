import { InputError, messageOf, Unavailable } from "../datasets/errors.ts";
import { prepareDataset } from "../datasets/prepare.ts";
import type { HubSettings } from "../datasets/settings.ts";
import { type Survey, surveyDataset } from "../datasets/survey.ts";
import { placesOf } from "../tasks/places.ts";
import { readsOf } from "../tasks/protocols/reads.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { World } from "./world.ts";

/** A file of a repository that is needed. */
export interface NeededFile {
  readonly kind: "dataset" | "model";
  readonly id: string;
  /** Commit hash; `local` for a folder. */
  readonly revision: string;
  readonly path: string;
  /** Bytes; undefined where nothing tells them. */
  readonly size: number | undefined;
  readonly cached: boolean;
}

/** What a task needs of its data set. */
export type TaskNeeds =
  | { readonly task: TaskSpec; readonly files: readonly NeededFile[]; readonly survey: Survey }
  | {
      readonly task: TaskSpec;
      /** Why its files cannot be told. */
      readonly failure: string;
      /** True where the data set cannot be had; else something is wrong with it. */
      readonly unavailable: boolean;
    };

/** Number of data sets that are looked at side by side. */
const atOnce = 8;

/**
 * Finds the files of the rows that tasks read: of their subsets and splits only. Cards and lists of files are fetched where
 * they are not cached, and no rows are.
 *
 * @returns in the order of the tasks
 */
export const needsOf = (
  tasks: readonly TaskSpec[],
  { hub, signal, emit }: Pick<World, "hub" | "signal" | "emit">,
): Promise<readonly TaskNeeds[]> => {
  let done = 0;
  return sideBySide(tasks, atOnce, async (task) => {
    signal.throwIfAborted();
    const needs = await needsOfTask(task, hub, signal);
    done += 1;
    emit({ kind: "surveying", done, total: tasks.length });
    return needs;
  });
};

async function needsOfTask(task: TaskSpec, hub: HubSettings, signal: AbortSignal): Promise<TaskNeeds> {
  const { path: id, revision, ...subsets } = task.dataset;
  try {
    const survey = await surveyDataset({ id, revision }, hub, (dataset) => {
      const prepared = prepareDataset(dataset, { steps: task.prepare, ...subsets });
      const reads = placesOf(task).flatMap((place) => readsOf(task, place, prepared));
      return reads.map(({ config, split }) => prepared.read(config, split));
    });
    const files = survey.splits.flatMap((split) => split.files);
    const needed = files.map((file) => ({ kind: "dataset" as const, id, revision: survey.revision, ...file }));
    return { task, survey, files: distinct(needed) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { task, failure: messageOf(error), unavailable: error instanceof Unavailable };
  }
}

/** Leaves out files that are named again. */
export const distinct = (files: readonly NeededFile[]): readonly NeededFile[] => [
  ...new Map(files.map((file) => [[file.kind, file.id, file.revision, file.path].join(" "), file])).values(),
];

/** Does something with each of the items, several at once; the results are in the order of the items. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  count: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of rest) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
