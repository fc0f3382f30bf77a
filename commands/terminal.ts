import { InputError } from "../datasets/errors.ts";
import { type HubSettings, hubSettings } from "../datasets/settings.ts";
import { plainLines } from "../datasets/shown.ts";
import { logText, noProgress, terminalText } from "../reports/progress.ts";
import { linesText } from "../reports/table.ts";
import type { RunEvent } from "../runners/events.ts";
import type { ResultReading, SkippedFile } from "../runners/results/read-results.ts";

/** What a command reaches of the world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes the product to standard output. */
  readonly out: (text: string) => void;
  /** Writes progress and notes to standard error. */
  readonly err: (text: string) => void;
  /** Takes what happens in a run, in place of lines on standard error. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Columns of standard error; absent where it is no terminal. */
  readonly width?: number | undefined;
  /** Columns of standard output; absent where it is no terminal. */
  readonly outWidth?: number | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Aborts when the user wants to stop; its reason is what the command then throws. */
  readonly signal: AbortSignal;
  /** Says what the user is told when he stops the command: what is kept, and how to go on. Asked at that moment. */
  readonly whenStopped?: (note: () => string) => void;
}

/** A name or option that the user gave and that does not exist or fit. */
export class UsageError extends InputError {}

/** What the user named does not exist: wrong usage, not a failure. */
export async function asUsage<Value>(find: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
}

/** The Hub by the user's environment; its downloads are told, and end with the command. */
export function hubOf({ env, signal }: Terminal, emit: (event: RunEvent) => void): HubSettings {
  const settings = hubSettings(env);
  return { ...settings, signal, onProgress: (progress) => emit({ kind: "downloading", ...progress }) };
}

/** How results are read, their progress shown. */
export function readingBy(terminal: Terminal): ResultReading {
  const emit = progressTo(terminal);
  const onProgress = (done: number, total: number): void => emit({ kind: "reading", done, total });
  return { now: terminal.now(), onProgress, signal: terminal.signal };
}

/** Tells of files that could not be used. */
export function tellSkipped({ err }: Pick<Terminal, "err">, skipped: readonly SkippedFile[]): void {
  for (const { file, reason } of skipped) err(`skipped ${file}: ${reason}\n`);
}

/** Clears the line of progress that is shown. */
export const clearLine = "\r\u001b[K";

/** Columns of a terminal that does not say how many it has, such as one of a container or of a recording. */
const usualWidth = 80;

/** Columns of a stream that goes to a terminal; undefined for any other. */
export const widthOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }) =>
  isTTY === true ? columns || usualWidth : undefined;

/**
 * Notes as they may reach a terminal: names in them are not the user's own, so only what clears the line of progress moves
 * its cursor.
 */
export const plainNotes = (text: string): string => text.split(clearLine).map(plainLines).join(clearLine);

/** Shows events: a line that changes in a terminal, plain lines elsewhere. */
export function progressTo({ err, width, now, onEvent }: Terminal): (event: RunEvent) => void {
  if (onEvent !== undefined) return onEvent;
  let progress = noProgress;
  return (event) => {
    const shown =
      width === undefined
        ? { live: "", ...logText(event, progress, now()) }
        : terminalText(event, progress, now(), width);
    progress = shown.progress;
    const lines = linesText(shown.lines);
    const text = width === undefined ? lines : clearLine + lines + shown.live;
    if (text !== "") err(text);
  };
}
