import { createHash } from "node:crypto";
import { basename } from "node:path";
import { InputError, messageOf } from "../datasets/errors.ts";
import { type NamedDevice, providerOf } from "../models/runtime/providers/index.ts";
import { boardOf } from "../reports/aggregates.ts";
import { compareRuns } from "../reports/comparison/compare-runs.ts";
import type { Comparison } from "../reports/comparison/comparison.ts";
import { knownTasks, type RequiredTask, requiredTask } from "../reports/required.ts";
import { judgeDrop, levelOf, stoppedEntry, type WatchLook } from "../reports/watch/drop.ts";
import { type MeasureChoice, type Measured, measure } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import { resultFolder, StoreError } from "../runners/results/store.ts";
import { findRun } from "../runners/results/stored-run.ts";
import {
  bestOf,
  curveEntries,
  isComplete,
  lookOf,
  type StoredComparison,
  type WatchEntry,
} from "../runners/watch/history.ts";
import { stepOf } from "../runners/watch/listing.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { type MeasuredAgainst, measureAgainst } from "./watch-sure.ts";

/** Compares two runs by their folders of results (`resultFolder`), over these tasks. */
export type CompareFolders = (
  base: string,
  candidate: string,
  required: readonly RequiredTask[],
  terminal: Terminal,
) => Promise<Comparison>;

/** Compares as `pramana compare` does. */
export const compareFolders: CompareFolders = async (base, candidate, required, { now, signal }) => {
  const runs = [await findRun(base, [], now()), await findRun(candidate, [], now())] as const;
  return compareRuns(...runs, { tasks: required, known: knownTasks(required), signal });
};

/** What is chosen for all checkpoints, which run on the same device. */
type WatchedChoice = MeasureChoice & { readonly results: string; readonly device: NamedDevice };

/** Plan of what is run on each checkpoint. */
export interface CheckpointPlan {
  readonly choice: WatchedChoice;
  readonly tasks: readonly TaskSpec[];
  /** Tasks that the means are over: those that are run, with an aggregate in place of its parts. */
  readonly required: readonly RequiredTask[];
  readonly prompts: ChosenPrompts | undefined;
  /** As from `settingsOf`. */
  readonly settings: string;
  readonly compare: CompareFolders;
  /** Chance of a false alarm in the whole watch, where evaluations end once a checkpoint is worse for sure. */
  readonly stopWhenSure?: number | undefined;
}

/** Characters of a hash that tell two files of prompts apart. */
const hashLength = 12;

/**
 * Returns as a text all that the scores of a watch depend on besides the checkpoint: the tasks, and what was chosen for
 * the model. Checkpoints that were evaluated with other settings are no part of its curves, and are evaluated again.
 */
export function settingsOf(
  choice: WatchedChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
): string {
  const { device, precision, onnx, modelConfig, maxTokens, dimensions, quantize, estimator } = choice;
  const hashOf = (given: unknown): string => createHash("sha256").update(JSON.stringify(given)).digest("hex");
  return JSON.stringify({
    tasks: tasks.map(({ name }) => name),
    precision: precision ?? providerOf(device).defaultPrecision,
    onnx,
    modelConfig,
    maxTokens,
    dimensions,
    quantize,
    prompts: prompts && `${prompts.name}#${hashOf(prompts.given).slice(0, hashLength)}`,
    estimator,
  });
}

/** Returns the scores and means as a leaderboard has them. */
function scoresOf(measured: Measured, { tasks, required }: CheckpointPlan) {
  const [row] = boardOf(measured, tasks.map(requiredTask), required).rows;
  return {
    tasks: required.map(({ name, type }) => ({ task: name, type, score: row?.scores[name] ?? null })),
    failed: tasks.map(({ name }) => name).filter((name) => !measured.results.some(({ task }) => task === name)),
    types: row?.byType ?? {},
    meanTask: row?.meanTask ?? null,
    meanType: row?.meanType ?? null,
  };
}

/** Stands in place of the scores of a checkpoint that was stopped early: those of a part of the units are none of a curve. */
const withoutScores = ({ required }: CheckpointPlan): ReturnType<typeof scoresOf> => ({
  tasks: required.map(({ name, type }) => ({ task: name, type, score: null })),
  failed: [],
  types: {},
  meanTask: null,
  meanType: null,
});

const folderOf = ({ model, revision }: WatchEntry, { choice }: CheckpointPlan): string =>
  resultFolder(choice.results, model, revision);

/** Compares a checkpoint with the best one before it. Returns undefined for the first, and where that cannot be done. */
async function compareWithBest(
  entry: WatchEntry,
  base: WatchEntry | undefined,
  look: WatchLook,
  plan: CheckpointPlan,
  terminal: Terminal,
): Promise<StoredComparison | undefined> {
  if (base === undefined || !isComplete(entry)) return undefined;
  const { required, compare } = plan;
  try {
    return judgeDrop(await compare(folderOf(base, plan), folderOf(entry, plan), required, terminal), base.name, look);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    terminal.err(`${entry.name}: it cannot be compared with ${base.name}: ${messageOf(error)}\n`);
    return undefined;
  }
}

/** A checkpoint that is to be evaluated. */
interface Checkpoint {
  /** Its folder. */
  readonly path: string;
  /** As from `fingerprintOf`. */
  readonly fingerprint: string;
  /** Hash of its files, by which results know it. */
  readonly revision: string;
}

/**
 * Runs the tasks on a checkpoint, stores their results, and compares them with those of the best checkpoint before.
 *
 * @param entries All of the history.
 */
export async function evaluateCheckpoint(
  { path, fingerprint, revision }: Checkpoint,
  plan: CheckpointPlan,
  entries: readonly WatchEntry[],
  terminal: Terminal,
): Promise<WatchEntry> {
  const { choice, tasks, prompts, settings, required, stopWhenSure: error } = plan;
  const name = basename(path);
  const base = bestOf(curveEntries(entries, settings).filter((one) => one.name !== name));
  const look = { look: lookOf(entries, settings, name), ...(error !== undefined && { error }) };
  const world = worldOf(terminal);
  const chosen = { choice: { ...choice, model: path }, tasks, prompts, folderRevision: revision };
  const { measured, spends, stopped }: MeasuredAgainst =
    base === undefined || error === undefined
      ? { measured: await measure(chosen.choice, tasks, prompts, world, revision) }
      : await measureAgainst(
          () => findRun(folderOf(base, plan), [], terminal.now()),
          required,
          levelOf(look.look, error),
          chosen,
          world,
        );
  const { model, unstored } = measured;
  if (unstored > 0) {
    // Later checkpoints could not be compared with it.
    throw new StoreError(`results: ${unstored} of ${measured.results.length} of ${model} could not be stored`);
  }
  const about = { name, step: stepOf(name), model, revision, fingerprint, settings, date: terminal.now() };
  if (stopped !== undefined && base !== undefined && error !== undefined) {
    return { ...about, ...withoutScores(plan), ...stoppedEntry(stopped, base, { ...look, error }) };
  }
  const entry: WatchEntry = { ...about, ...scoresOf(measured, plan) };
  const comparison = await compareWithBest(entry, base, { ...look, ...(spends && { spends }) }, plan, terminal);
  return comparison === undefined ? entry : { ...entry, comparison };
}
