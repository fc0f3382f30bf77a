import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { asUsage, InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { openSnapshot, type Snapshot } from "../datasets/hub.ts";
import { count } from "../datasets/shown.ts";
import { revisionOf } from "../models/revision.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { requiredOf, requiredTask } from "../reports/required.ts";
import { requireTellableTypes } from "../reports/stopping/subjects.ts";
import { dropLines, entryLine, watchText } from "../reports/watch/lines.ts";
import type { MeasureChoice } from "../runners/measure.ts";
import { requireData } from "../runners/missing.ts";
import { findDevice, settleDevice } from "../runners/model/device.ts";
import type { ModelSettings } from "../runners/model/open-model.ts";
import { readPrompts } from "../runners/model/prompts.ts";
import { StoreError } from "../runners/results/store.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { requireRunFolder } from "../runners/watch/aim.ts";
import { faultOf, lookAt } from "../runners/watch/checkpoint.ts";
import {
  appendLine,
  bestOf,
  curveEntries,
  hasStandingDrop,
  historyFile,
  readHistory,
  type WatchEntry,
} from "../runners/watch/history.ts";
import { fingerprintOf, type ListedFolder } from "../runners/watch/listing.ts";
import { type WatchWorld, watchFolder } from "../runners/watch/loop.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import {
  type CheckpointPlan,
  type CompareFolders,
  compareFolders,
  evaluateCheckpoint,
  settingsOf,
} from "./watch-checkpoint.ts";
import { acceptDrop, tellStanding } from "./watch-drops.ts";
import { lookerInto } from "./watch-look.ts";
import { type Deliver, type OutputChoice, openOutputs } from "./watch-outputs.ts";
import { openPage, pageFile, type ShowPage } from "./watch-page.ts";

/** Choice of what is watched, and how. It has no revision: a checkpoint has none but its content. */
export interface WatchChoice
  extends Omit<ModelSettings, "revision">,
    Pick<MeasureChoice, "quantize">,
    TaskChoices,
    OutputChoice {
  /** Default: `pramana` in the watched folder, so that each training run has its own history. */
  readonly results?: string;
  /** File of prompts, or a model that some are published about. */
  readonly prompts?: string;
  /** Seconds for which a checkpoint's files may not have changed. */
  readonly settle: number;
  /** Seconds between two looks. */
  readonly every: number;
  readonly once?: boolean;
  readonly failOnDrop?: boolean;
  /** End the evaluation of a checkpoint once it is worse for sure; the chance of a false alarm in the whole watch. */
  readonly stopWhenSure?: number;
  /** Name of a checkpoint whose drop, and those before, no longer count. */
  readonly acceptDrop?: string;
}

/** Place of a watch, and how it goes on. */
interface WatchSetting {
  readonly folder: string;
  /** File of the history. */
  readonly history: string;
  readonly showPage: ShowPage;
  readonly deliver: Deliver;
  readonly plan: CheckpointPlan;
  readonly choice: WatchChoice;
  readonly terminal: Terminal;
}

/** State that a watch has come to. */
interface WatchState {
  /** All of the history, in its order. */
  readonly entries: readonly WatchEntry[];
  /** Checkpoints that could not be evaluated, or not wholly. */
  readonly failures: number;
  /** It was stopped in the middle of a checkpoint. */
  readonly isCutShort: boolean;
}

/** Writes the page of those entries that belong to these curves, and tells all others of them who have not heard it. */
async function showEntries(
  { plan, terminal, showPage, deliver }: WatchSetting,
  entries: readonly WatchEntry[],
  goesOn: boolean,
): Promise<boolean> {
  const curve = curveEntries(entries, plan.settings);
  await showPage(curve, { now: terminal.now(), goesOn });
  return terminal.signal.aborted || deliver(curve);
}

/** Sets the note that a stop of the program shows. */
function noteStop({ plan, terminal }: WatchSetting, entries: readonly WatchEntry[]): void {
  const { length } = curveEntries(entries, plan.settings);
  const evaluated = `${count(length, "checkpoint")} ${length === 1 ? "is" : "are"} evaluated`;
  terminal.whenStopped?.(() => `${evaluated}; the same command goes on from there`);
}

/** Tells of a finished checkpoint, and loudly of a drop. */
function tellEntry(entry: WatchEntry, before: readonly WatchEntry[], { out, err }: Terminal): void {
  out(`${entryLine(entry, bestOf(before.filter(({ name }) => name !== entry.name)))}\n`);
  for (const line of dropLines(entry, !before.some(hasStandingDrop))) err(`${line}\n`);
}

/** Opens the files of a checkpoint. */
const open = (path: string, terminal: Terminal): Promise<Snapshot> =>
  openSnapshot({ kind: "model", id: path }, worldOf(terminal).hub);

/** Finds the entry of a checkpoint on which all tasks ran with the settings of the plan. */
const findFinished = (
  entries: readonly WatchEntry[],
  { settings }: CheckpointPlan,
  isIt: (entry: WatchEntry) => boolean,
): WatchEntry | undefined => curveEntries(entries, settings).find((one) => one.failed.length === 0 && isIt(one));

/**
 * Evaluates a checkpoint and adds it to the history.
 *
 * @param entries All of the history: another watch of the same folder may have added to it.
 * @returns undefined where its content was evaluated before, or changed meanwhile
 */
async function evaluate(
  { folder, history, plan, terminal }: WatchSetting,
  entries: readonly WatchEntry[],
  name: string,
  fingerprint: string,
): Promise<WatchEntry | undefined> {
  const path = resolve(folder, name);
  const before = curveEntries(entries, plan.settings);
  const revision = await revisionOf(await open(path, terminal));
  const same = findFinished(entries, plan, (one) => one.revision === revision);
  if (same !== undefined) {
    if (same.name !== name) terminal.err(`${name} is the same as ${same.name}, which was evaluated; not run again\n`);
    return undefined;
  }
  terminal.err(`${name}: evaluating\n`);
  const entry = await evaluateCheckpoint({ path, fingerprint, revision }, plan, entries, terminal);
  const after = await lookAt(folder, name);
  if (after !== undefined && fingerprintOf(after) !== fingerprint) {
    terminal.err(
      `${name} changed while it was evaluated; its scores are not counted, and it is tried again when it rests\n`,
    );
    return undefined;
  }
  const others = (await readHistory(history)).entries.slice(entries.length);
  const added = findFinished(others, plan, (one) => one.revision === entry.revision);
  if (added?.name !== name) await appendLine(history, entry);
  tellEntry(entry, before, terminal);
  return entry;
}

/** Watches until there is nothing left to do, or the user stops it. */
async function watchUntilStopped(setting: WatchSetting, known: readonly WatchEntry[]): Promise<WatchState> {
  const { folder, history, plan, terminal, choice } = setting;
  const { every, settle, once = false, failOnDrop = false } = choice;
  const { signal, err } = terminal;
  let state: WatchState = { entries: known, failures: 0, isCutShort: false };
  const evaluateOrTell = async ({ name }: ListedFolder, fingerprint: string): ReturnType<WatchWorld["evaluate"]> => {
    try {
      const { entries } = await readHistory(history);
      // A history that somebody took away is not forgotten while the watch goes on.
      if (entries.length >= state.entries.length) state = { ...state, entries };
      const entry = await evaluate(setting, state.entries, name, fingerprint);
      if (entry === undefined) return "go on";
      const failures = state.failures + (entry.failed.length > 0 ? 1 : 0);
      state = { ...state, entries: [...state.entries, entry], failures };
      noteStop(setting, state.entries);
      await showEntries(setting, state.entries, !once).catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        err(`${messageOf(error)}\n`);
      });
      return hasStandingDrop(entry) && failOnDrop && !once ? "stop" : "go on";
    } catch (error) {
      state = signal.aborted ? { ...state, isCutShort: true } : state;
      signal.throwIfAborted();
      if ((await lookAt(folder, name)) === undefined) {
        err(`${name} vanished while it was evaluated; passed over\n`);
        return "go on";
      }
      state = { ...state, failures: state.failures + 1 };
      if (error instanceof StoreError) {
        err(`${name} is not finished: ${messageOf(error)}${once ? "" : "; it is tried again in a minute"}\n`);
        return "again";
      }
      err(`${name} failed: ${messageOf(error)}; it is tried again when its files change\n`);
      return "go on";
    }
  };
  const world: WatchWorld = {
    look: lookerInto(folder, plan.choice.results, once, terminal),
    faultOf: async ({ name }) => faultOf(await open(resolve(folder, name), terminal), plan.choice.onnx === true),
    isKnown: ({ name }, fingerprint) =>
      findFinished(state.entries, plan, (one) => one.name === name && one.fingerprint === fingerprint) !== undefined,
    evaluate: evaluateOrTell,
    tell: (text) => err(`${text}\n`),
    now: () => performance.now() / 1000,
    sleep: (seconds) => wait(seconds * 1000, undefined, { signal }),
  };
  try {
    await watchFolder(world, { every, settle, once });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return state;
}

/** Finds the tasks and prompts that are meant. @throws UsageError for names that are unknown */
async function planOf(
  folder: string,
  choice: WatchChoice,
  compare: CompareFolders,
  terminal: Terminal,
): Promise<CheckpointPlan> {
  const { tasks, benchmark } = await asUsage(() => selectTasks(choice));
  const prompts = await readPrompts(choice.prompts, tasks, worldOf(terminal));
  const required = benchmark === undefined ? tasks.map(requiredTask) : requiredOf(benchmark);
  const machine = thisMachine(terminal.env);
  const settled = await settleDevice(choice, machine, worldOf(terminal).note);
  // A device that cannot work would fail checkpoint after checkpoint; each tells by itself what there is to tell of others.
  await findDevice(settled.device, machine, () => undefined);
  const chosen = { ...settled, estimator: "official", results: choice.results ?? join(folder, "pramana") } as const;
  const { stopWhenSure } = choice;
  if (stopWhenSure !== undefined) requireTellableTypes(required);
  const settings = settingsOf(chosen, tasks, prompts);
  return { choice: chosen, tasks, required, prompts, settings, compare, stopWhenSure };
}

/**
 * Evaluates each checkpoint in a folder once it is completely written, keeps a history of them, and draws their curves.
 *
 * @returns false where a drop stands that should fail, and with `once` where a checkpoint could not be evaluated
 * @throws the signal's reason where it aborts while a checkpoint is being evaluated; a watch at rest ends without an error
 *   then, since there is no other way to end it
 */
export async function watch(
  folder: string,
  choice: WatchChoice,
  terminal: Terminal,
  compare: CompareFolders = compareFolders,
): Promise<boolean> {
  const { once = false, failOnDrop = false, acceptDrop: acceptDropOf } = choice;
  const plan = await planOf(folder, choice, compare, terminal);
  const { results } = plan.choice;
  const showPage = openPage(results, basename(resolve(folder)));
  const history = join(results, historyFile);
  const deliver = openOutputs({ folder, results, settings: plan.settings, choice, terminal });
  const setting: WatchSetting = { folder, history, plan, choice, terminal, showPage, deliver };
  if ((await stat(folder).catch(() => undefined))?.isFile()) {
    throw new UsageError(`watch: ${folder} is a file; expected the folder that a trainer writes checkpoints to`);
  }
  await requireRunFolder(folder);
  await requireData("watch", plan.tasks, worldOf(terminal));
  const { entries: stored, damaged } = await readHistory(history);
  if (damaged.length > 0) terminal.err(`${history}: left out, as they are damaged: lines ${damaged.join(", ")}\n`);
  const { settings } = plan;
  const watched = { history, entries: stored, settings };
  const entries = acceptDropOf === undefined ? stored : await acceptDrop(acceptDropOf, watched, terminal);
  const known = curveEntries(entries, settings).length;
  const others = new Set(entries.filter((one) => one.settings !== settings).map(({ name }) => name)).size;
  const left = others > 0 ? ` (and ${others} with other tasks or settings, which are no part of these curves)` : "";
  terminal.err(`watching ${folder}: ${known} evaluated before${left}; curves in ${join(results, pageFile)}\n`);
  noteStop(setting, entries);
  await showEntries(setting, entries, !once);
  if (failOnDrop && !once && tellStanding(curveEntries(entries, settings), terminal)) return false;
  const state = await watchUntilStopped(setting, entries);
  const areAllTold = await showEntries(setting, state.entries, false);
  const shown = curveEntries(state.entries, settings);
  if (shown.length > 0) terminal.out(`\n${watchText(shown, terminal.outWidth)}`);
  else if (once && state.failures === 0) terminal.err(`no folder in ${folder} holds a completely written model\n`);
  if (state.isCutShort) terminal.signal.throwIfAborted();
  const stands = tellStanding(shown, terminal);
  return !(failOnDrop && stands) && !(once && (state.failures > 0 || !areAllTold));
}
