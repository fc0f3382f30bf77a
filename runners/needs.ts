import { reachFile } from "../datasets/download.ts";
import { InputError, messageOf, Unavailable } from "../datasets/errors.ts";
import { groupBy } from "../datasets/group-by.ts";
import { openSnapshot } from "../datasets/hub.ts";
import { remembering } from "../datasets/remembering.ts";
import type { HubSettings } from "../datasets/settings.ts";
import { surveyDatasets } from "../datasets/survey.ts";
import { placesOf } from "../tasks/places.ts";
import { readsOf } from "../tasks/protocols/reads.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { preparedData, sourcesOf } from "./task-data.ts";
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
  | { readonly task: TaskSpec; readonly files: readonly NeededFile[] }
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
  // Cards are small: the number of data sets tells more than their bytes.
  const quiet = { ...hub, onProgress: undefined };
  return sideBySide(tasks, atOnce, async (task) => {
    signal.throwIfAborted();
    const needs = await needsOfTask(task, quiet, signal);
    done += 1;
    emit({ kind: "surveying", done, total: tasks.length });
    return needs;
  });
};

async function needsOfTask(task: TaskSpec, hub: HubSettings, signal: AbortSignal): Promise<TaskNeeds> {
  try {
    const surveys = await surveyDatasets(sourcesOf(task), hub, (datasets) => {
      const prepared = preparedData(task, datasets);
      const reads = placesOf(task).flatMap((place) => readsOf(task, place, prepared));
      return reads.map(({ config, split }) => prepared.read(config, split));
    });
    const needed = surveys.flatMap(({ id, revision, splits }) =>
      splits.flatMap(({ files }) => files.map((file) => ({ kind: "dataset" as const, id, revision, ...file }))),
    );
    return { task, files: distinct(needed) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return error instanceof Unavailable
      ? { task, failure: reasonFor(error), unavailable: true }
      : { task, failure: messageOf(error), unavailable: false };
  }
}

/** A task whose data set cannot be had. */
export interface MissingTask {
  readonly task: string;
  /** Why, for people. */
  readonly reason: string;
}

/**
 * Finds the tasks whose data sets cannot be had: gated, private, not there, or not cached where the Hub is not asked. Of
 * each data set that is to be fetched, one file is asked for.
 */
export async function missingOf(
  all: readonly TaskNeeds[],
  { hub, signal }: Pick<World, "hub" | "signal">,
): Promise<readonly MissingTask[]> {
  const reach = remembering(async (first: string) => reasonOf(JSON.parse(first), hub));
  const missing = await sideBySide(all, atOnce, async (needs): Promise<MissingTask[]> => {
    signal.throwIfAborted();
    const task = needs.task.name;
    if ("failure" in needs) return needs.unavailable ? [{ task, reason: needs.failure }] : [];
    const first = needs.files.find(({ cached }) => !cached);
    const reason = first && (await reach(JSON.stringify(first)));
    return reason === undefined ? [] : [{ task, reason }];
  });
  return missing.flat();
}

/** Finds the tasks whose data sets cannot be had, as `missingOf`. */
export const missingData = async (
  tasks: readonly TaskSpec[],
  world: Pick<World, "hub" | "signal" | "emit">,
): Promise<readonly MissingTask[]> => missingOf(await needsOf(tasks, world), world);

/** Returns the reason why a file that is not cached cannot be had; undefined where it can. */
async function reasonOf({ kind, id, revision, path }: NeededFile, hub: HubSettings): Promise<string | undefined> {
  try {
    // Without the Hub this says that the file is not cached.
    if (hub.offline) await (await openSnapshot({ kind, id, revision }, hub)).resolve(path);
    else await reachFile({ kind, id, revision, file: path }, hub);
    return undefined;
  } catch (error) {
    hub.signal?.throwIfAborted();
    if (error instanceof Unavailable) return reasonFor(error);
    throw error;
  }
}

/** Returns the reason, in words that are the same for all tasks which have it. */
const reasonFor = ({ common, message }: Unavailable): string =>
  common === undefined ? message : `the data are ${common}`;

/** Puts tasks of one reason together: `A, B`, and the reason. */
export function byReason(
  missing: readonly MissingTask[],
): readonly { readonly tasks: string; readonly reason: string }[] {
  return [...groupBy(missing, ({ reason }) => reason)].map(([reason, group]) => ({
    tasks: group.map(({ task }) => task).join(", "),
    reason,
  }));
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
