import { basename } from "node:path";
import { InputError, messageOf } from "../datasets/errors.ts";
import { boardOf } from "../reports/aggregates.ts";
import { compareRuns } from "../reports/comparison/compare-runs.ts";
import type { Comparison } from "../reports/comparison/comparison.ts";
import { knownTasks, type RequiredTask, requiredTask } from "../reports/required.ts";
import { judgeDrop } from "../reports/watch/drop.ts";
import { type MeasureChoice, type Measured, measure } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import { resultFolder, StoreError } from "../runners/results/store.ts";
import { findRun } from "../runners/results/stored-run.ts";
import { bestOf, curveEntries, isComplete, type StoredComparison, type WatchEntry } from "../runners/watch/history.ts";
import { stepOf } from "../runners/watch/listing.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** Compares two runs by their folders of results (`resultFolder`), over these tasks. */
export type CompareFolders = (
  base: string,
  candidate: string,
  required: readonly RequiredTask[],
  terminal: Terminal,
) => Promise<Comparison>;

/** As `pramana compare` does. */
export const compareFolders: CompareFolders = async (base, candidate, required, { now, signal }) => {
  const runs = [await findRun(base, [], now()), await findRun(candidate, [], now())] as const;
  return compareRuns(...runs, { tasks: required, known: knownTasks(required), signal });
};

/** What is run on each checkpoint. */
export interface CheckpointPlan {
  readonly choice: MeasureChoice & { readonly results: string };
  readonly tasks: readonly TaskSpec[];
  /** What the means are over: the tasks, an aggregate in place of its parts. */
  readonly required: readonly RequiredTask[];
  readonly prompts: ChosenPrompts | undefined;
  readonly settings: string;
  readonly compare: CompareFolders;
}

type EntryScores = Pick<WatchEntry, "tasks" | "failed" | "types" | "meanTask" | "meanType">;

/** Scores and means as a leaderboard has them. */
function scoresOf(measured: Measured, { tasks, required }: CheckpointPlan): EntryScores {
  const [row] = boardOf(measured, tasks.map(requiredTask), required).rows;
  return {
    tasks: required.map(({ name, type }) => ({ task: name, type, score: row?.scores[name] ?? null })),
    failed: tasks.map(({ name }) => name).filter((name) => !measured.results.some(({ task }) => task === name)),
    types: row?.byType ?? {},
    meanTask: row?.meanTask ?? null,
    meanType: row?.meanType ?? null,
  };
}

/** How the new checkpoint stands to the best one before it; nothing for the first, or where that cannot be told. */
async function compareWithBest(
  entry: WatchEntry,
  before: readonly WatchEntry[],
  { choice, required, compare }: CheckpointPlan,
  terminal: Terminal,
): Promise<StoredComparison | undefined> {
  const base = bestOf(before.filter(({ name }) => name !== entry.name));
  if (base === undefined || !isComplete(entry)) return undefined;
  const folderOf = ({ model, revision }: WatchEntry): string => resultFolder(choice.results, model, revision);
  try {
    const comparison = await compare(folderOf(base), folderOf(entry), required, terminal);
    return judgeDrop(comparison, base.name, before.filter(isComplete).length);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    terminal.err(`${entry.name}: it cannot be compared with ${base.name}: ${messageOf(error)}\n`);
    return undefined;
  }
}

/** A checkpoint that is to be evaluated. */
export interface Checkpoint {
  /** Its folder. */
  readonly path: string;
  /** `fingerprintOf` its folder. */
  readonly fingerprint: string;
  /** The hash of its files, by which results know it. */
  readonly revision: string;
}

/**
 * Runs the tasks on a checkpoint, stores their results, and compares them with those of the best checkpoint before.
 *
 * @param entries All that was evaluated before.
 */
export async function evaluateCheckpoint(
  { path, fingerprint, revision }: Checkpoint,
  plan: CheckpointPlan,
  entries: readonly WatchEntry[],
  terminal: Terminal,
): Promise<WatchEntry> {
  const { choice, tasks, prompts, settings } = plan;
  const measured = await measure({ ...choice, model: path }, tasks, prompts, worldOf(terminal), revision);
  const name = basename(path);
  const { model, unstored } = measured;
  // Later checkpoints could not be compared with it.
  if (unstored > 0)
    throw new StoreError(`results: ${unstored} of ${measured.results.length} of ${model} could not be stored`);
  const about = { name, step: stepOf(name), model, revision, fingerprint, settings, date: terminal.now() };
  const entry: WatchEntry = { ...about, ...scoresOf(measured, plan) };
  const comparison = await compareWithBest(entry, curveEntries(entries, settings), plan, terminal);
  return comparison === undefined ? entry : { ...entry, comparison };
}
