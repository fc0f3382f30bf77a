import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import type { TaskType } from "../../tasks/task.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { StoreError } from "../results/store.ts";

/** A difference in the history, candidate minus base. */
export interface StoredDifference {
  /** A task, or `Mean (Task)`. */
  readonly of: string;
  /** In scores, 0 … 1. */
  readonly difference: number;
  /** At the comparison's confidence, uncorrected. */
  readonly interval: readonly [low: number, high: number];
}

/** What the comparison of a checkpoint with the best one before it said. */
export interface StoredComparison {
  /** Name of the best checkpoint until then. */
  readonly base: string;
  readonly baseRevision: string;
  /** How many checkpoints came before, from 1: with how many others it could have been compared. */
  readonly look: number;
  /** Chance of a false alarm that is left to this look. */
  readonly level: number;
  /** Of the intervals. */
  readonly confidence: number;
  /** Of Mean (Task), at the level of this look. */
  readonly verdict: "better" | "worse" | "no difference" | "unknown";
  /** Absent where nothing tells how sure the difference is. */
  readonly overall?: StoredDifference;
  /** What is significantly worse at the level of this look. */
  readonly drops: readonly StoredDifference[];
}

export interface StoredTaskScore {
  readonly task: string;
  readonly type: TaskType;
  /** Null where the task failed or its score is undefined. */
  readonly score: number | null;
}

/** One line of the history: a checkpoint that was evaluated. Scores are 0 … 1. */
export interface WatchEntry {
  /** The folder's name. */
  readonly name: string;
  /** Null where the name holds no number. */
  readonly step: number | null;
  /** The model's name in results. */
  readonly model: string;
  /** Hash of the model's files. */
  readonly revision: string;
  /** Hash of the folder's names, sizes and times: tells without reading the files that nothing changed. */
  readonly fingerprint: string;
  /** Tasks and options that were run with; only entries with equal ones are one curve. */
  readonly settings: string;
  /** Seconds since 1970, when it was done. */
  readonly date: number;
  readonly tasks: readonly StoredTaskScore[];
  /** Tasks that failed; the next start tries again. */
  readonly failed: readonly string[];
  /** Mean over the tasks of a type, by type; null where a score is missing. */
  readonly types: Readonly<Partial<Record<TaskType, number | null>>>;
  readonly meanTask: number | null;
  readonly meanType: number | null;
  /** Absent for the first one, and where scores are missing. */
  readonly comparison?: StoredComparison;
}

const score = z.number().nullable();
const type = z.enum(Object.keys(taskTypes) as [TaskType, ...TaskType[]]);
const difference = z.object({
  of: z.string(),
  difference: z.number(),
  interval: z.tuple([z.number(), z.number()]),
});
const entrySchema = z.object({
  name: z.string(),
  step: score,
  model: z.string(),
  revision: z.string(),
  fingerprint: z.string(),
  settings: z.string(),
  date: z.number(),
  tasks: z.array(z.object({ task: z.string(), type, score })),
  failed: z.array(z.string()),
  types: z.partialRecord(type, score),
  meanTask: score,
  meanType: score,
  comparison: z
    .object({
      base: z.string(),
      baseRevision: z.string(),
      look: z.int().positive(),
      level: z.number(),
      confidence: z.number(),
      verdict: z.enum(["better", "worse", "no difference", "unknown"]),
      overall: difference.exactOptional(),
      drops: z.array(difference),
    })
    .exactOptional(),
});

/** Name of the history in the folder of results. It does not end in `.json`: readers of results would take it for one. */
export const historyFile = "watch.jsonl";

/** What a history holds, and the numbers of the lines, from 1, that could not be read. */
export interface History {
  /** In the order in which they were evaluated. */
  readonly entries: readonly WatchEntry[];
  readonly damaged: readonly number[];
}

function parseLine(line: string): WatchEntry | undefined {
  try {
    const { success, data } = entrySchema.safeParse(JSON.parse(line));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a history's text. A last line without its end, which a stopped program left half written, is none. */
export function parseHistory(text: string): History {
  const lines = text.split("\n").slice(0, -1);
  const parsed = lines.map((line, i) => ({ entry: parseLine(line), number: i + 1, isEmpty: line.trim() === "" }));
  return {
    entries: parsed.flatMap(({ entry }) => entry ?? []),
    damaged: parsed.filter(({ entry, isEmpty }) => entry === undefined && !isEmpty).map(({ number }) => number),
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

/** Whether the file ends half way through a line. */
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
 * Adds a line at the end and waits until it is on the disk; what is there is never written anew. Behind half a line, which
 * a stopped program left, a line is begun first.
 * @throws StoreError where the file cannot be written.
 */
export async function appendEntry(file: string, entry: WatchEntry): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, "a");
    try {
      await handle.appendFile(`${(await isTorn(file)) ? "\n" : ""}${JSON.stringify(entry)}\n`);
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

/** The entries of one curve: of these settings, the last of each name, in the order in which they were evaluated. */
export function curveEntries(entries: readonly WatchEntry[], settings: string): WatchEntry[] {
  const own = entries.filter((entry) => entry.settings === settings);
  return own.filter((entry, i) => !own.slice(i + 1).some(({ name }) => name === entry.name));
}

/** Whether every task has a score. */
export const isComplete = ({ meanTask }: WatchEntry): boolean => meanTask !== null;

/** The best by Mean (Task), the earliest of equal ones; undefined where none is complete. */
export const bestOf = (entries: readonly WatchEntry[]): WatchEntry | undefined =>
  entries
    .filter(isComplete)
    .reduce<WatchEntry | undefined>(
      (best, entry) => (best !== undefined && (best.meanTask ?? 0) >= (entry.meanTask ?? 0) ? best : entry),
      undefined,
    );
