import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { makeFolders } from "../../datasets/folder.ts";
import type { TaskType } from "../../tasks/task.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { StoreError } from "../results/store.ts";

const score = z.number().nullable();
const type = z.enum(Object.keys(taskTypes) as [TaskType, ...TaskType[]]);

/** A difference, candidate minus base. */
const differenceSchema = z.object({
  /** A task, or `Mean (Task)`. */
  of: z.string(),
  /** In scores, 0 … 1. */
  difference: z.number(),
  /** Low and high end at the comparison's confidence, uncorrected. */
  interval: z.tuple([z.number(), z.number()]),
});

/** The comparison of a checkpoint with the best one before it. */
const comparisonSchema = z.object({
  /** Name of the best checkpoint until then. */
  base: z.string(),
  baseRevision: z.string(),
  /** Number of checkpoints before, from 1: with so many others it could have been compared. */
  look: z.int().positive(),
  /** Chance of a false alarm that is left to this look; of one that was stopped early, to the units that it had then. */
  level: z.number(),
  /** Chance of a false alarm in the whole watch; absent where it is 0.05, as it is without `--stop-when-sure`. */
  error: z.number().exactOptional(),
  /** Of each interval; of one that was stopped early, of all together, whenever it stops: 1 − `level`. */
  confidence: z.number(),
  /** Of Mean (Task), at the level of this look. */
  verdict: z.enum(["better", "worse", "no difference", "unknown"]),
  /** Absent where nothing tells how sure the difference is. */
  overall: differenceSchema.exactOptional(),
  /** Tasks that are significantly worse at the level of this look. */
  drops: z.array(differenceSchema),
  /** Of tasks, and of types by their headings, that anything tells how sure the difference is; absent in older files. */
  differences: z.array(differenceSchema).exactOptional(),
});

/** How much of a checkpoint was scored when it was worse for sure, each beside what a whole evaluation has. */
const stoppedSchema = z.object({
  /** From 1. */
  look: z.tuple([z.int().positive(), z.int().positive()]),
  /** Queries, pairs and rows. */
  units: z.tuple([z.number(), z.number()]),
  /** Texts that the model was given; absent where the results of the base do not say it. */
  texts: z.tuple([z.number(), z.number()]).exactOptional(),
});

const entrySchema = z.object({
  /** Name of the checkpoint's folder. */
  name: z.string(),
  /** Null where the name holds no number. */
  step: score,
  /** The model's name in results. */
  model: z.string(),
  /** Hash of the model's files. */
  revision: z.string(),
  /** Hash of the folder's names, sizes and times: tells without reading the files that nothing changed. */
  fingerprint: z.string(),
  /** Tasks and options of the run; only entries with equal ones are one curve. */
  settings: z.string(),
  /** Seconds since 1970, when it was done. */
  date: z.number(),
  /** The score is null where the task failed, its score is undefined, or the evaluation was stopped early. */
  tasks: z.array(z.object({ task: z.string(), type, score })),
  /** Tasks that failed; the next start tries again. */
  failed: z.array(z.string()),
  /** Mean over the tasks of a type, by type; null where a score is missing. */
  types: z.partialRecord(type, score),
  meanTask: score,
  meanType: score,
  /** Absent for the first checkpoint, and where scores are missing. */
  comparison: comparisonSchema.exactOptional(),
  /** Absent where all units were scored. Its results lie under `model`, whose name says of how many units they are. */
  stopped: stoppedSchema.exactOptional(),
});

/** A line that accepts the drops of a curve, up to that of a checkpoint which stands above. */
const acceptanceSchema = z.object({
  /** Name of the checkpoint. */
  accepted: z.string(),
  /** Those of its entry. */
  settings: z.string(),
  /** Seconds since 1970. */
  date: z.number(),
});
const lineSchema = z.union([acceptanceSchema, entrySchema]);

type DeepReadonly<Value> = { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** A checkpoint that was evaluated: one line of the history. Scores are 0 … 1. */
export type WatchEntry = DeepReadonly<z.infer<typeof entrySchema>> & {
  /** A later line accepts its drop, or that of one evaluated after it. */
  readonly isAccepted?: true;
};
export type Acceptance = DeepReadonly<z.infer<typeof acceptanceSchema>>;
export type StoredComparison = DeepReadonly<z.infer<typeof comparisonSchema>>;
export type StoppedEarly = DeepReadonly<z.infer<typeof stoppedSchema>>;
export type StoredDifference = DeepReadonly<z.infer<typeof differenceSchema>>;

/** Name of the history in the folder of results. It does not end in `.json`: readers of results would take it for one. */
export const historyFile = "watch.jsonl";

export interface History {
  /** In the order in which they were evaluated. */
  readonly entries: readonly WatchEntry[];
  /** Numbers of the lines, from 1, that could not be read. */
  readonly damaged: readonly number[];
}

function parseLine(line: string): WatchEntry | Acceptance | undefined {
  try {
    const { success, data } = lineSchema.safeParse(JSON.parse(line));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Marks the entries of a curve up to the last one of a name. */
export function accept(entries: readonly WatchEntry[], { accepted, settings }: Acceptance): WatchEntry[] {
  const last = entries.findLastIndex((entry) => entry.settings === settings && entry.name === accepted);
  return entries.map((entry, i) => (entry.settings === settings && i <= last ? { ...entry, isAccepted: true } : entry));
}

/** Reads a history's text. A last line without its end, which a stopped program left half written, does not count. */
export function parseHistory(text: string): History {
  const lines = text.split("\n").slice(0, -1);
  const parsed = lines.map((line, i) => ({ read: parseLine(line), number: i + 1, isEmpty: line.trim() === "" }));
  let entries: WatchEntry[] = [];
  for (const { read } of parsed) {
    if (read !== undefined && "accepted" in read) entries = accept(entries, read);
    else if (read !== undefined) entries.push(read);
  }
  return {
    entries,
    damaged: parsed.filter(({ read, isEmpty }) => read === undefined && !isEmpty).map(({ number }) => number),
  };
}

/**
 * Reads a history; an empty one where there is no file.
 * @throws InputError where the file cannot be read.
 */
export async function readHistory(file: string): Promise<History> {
  try {
    return parseHistory(await readFile(file, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { entries: [], damaged: [] };
    throw new InputError(`watch: ${file} cannot be read: ${messageOf(error)}; choose another folder of results`);
  }
}

const lineEnd = 10;

/** Tells whether the file ends half way through a line. */
async function isTorn(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, size - 1);
    return last[0] !== lineEnd;
  } finally {
    await handle.close();
  }
}

/**
 * Adds a line of JSON at the end and waits until it is on the disk; lines that are there are never written again. Half a line,
 * which a stopped program left, is ended first.
 * @throws StoreError where the file cannot be written.
 */
export async function appendLine(file: string, line: object): Promise<void> {
  try {
    await makeFolders(dirname(file));
    const handle = await open(file, "a");
    try {
      await handle.appendFile(`${(await isTorn(file)) ? "\n" : ""}${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new StoreError(
      `watch: ${file} cannot be written: ${messageOf(error)}; choose a folder of results that can be written to`,
    );
  }
}

/** Picks the entries of one curve: of these settings, the last of each name, in the order in which they were evaluated. */
export function curveEntries(entries: readonly WatchEntry[], settings: string): WatchEntry[] {
  const own = entries.filter((entry) => entry.settings === settings);
  return own.filter((entry, i) => !own.slice(i + 1).some(({ name }) => name === entry.name));
}

/** Tells whether it is significantly worse than the best before it. */
export const isDrop = ({ comparison }: WatchEntry): boolean => (comparison?.drops.length ?? 0) > 0;

/** Tells whether it has a drop that nobody accepted. */
export const hasStandingDrop = (entry: WatchEntry): boolean => isDrop(entry) && !entry.isAccepted;

/** Tells whether every task has a score. */
export const isComplete = ({ meanTask }: WatchEntry): boolean => meanTask !== null;

/** Tells whether its evaluation ended with a part of the units, so that it has no scores. */
export const isStopped = ({ stopped }: WatchEntry): boolean => stopped !== undefined;

/**
 * Returns the number of a checkpoint's comparison, from 1: no other comparison of the curve has it, and there are no more
 * checkpoints that could be the base.
 *
 * @param entries All of the history.
 */
export function lookOf(entries: readonly WatchEntry[], settings: string, name: string): number {
  const others = curveEntries(entries, settings).filter(
    (one) => one.name !== name && (isComplete(one) || isStopped(one)),
  );
  const numbers = entries.flatMap((one) => (one.settings === settings && one.comparison ? [one.comparison.look] : []));
  return Math.max(others.length, ...numbers.map((number) => number + 1));
}

/**
 * Finds the best by Mean (Task), the earliest of equal ones, from the last accepted one on; undefined where none is
 * complete.
 */
export const bestOf = (entries: readonly WatchEntry[]): WatchEntry | undefined =>
  entries
    .slice(
      Math.max(
        0,
        entries.findLastIndex(({ isAccepted }) => isAccepted),
      ),
    )
    .filter(isComplete)
    .reduce<WatchEntry | undefined>(
      (best, entry) => (best !== undefined && (best.meanTask ?? 0) >= (entry.meanTask ?? 0) ? best : entry),
      undefined,
    );
