import { groupBy } from "../datasets/group-by.ts";
import { logText, noProgress, terminalText } from "../reports/progress.ts";
import { linesText } from "../reports/table.ts";
import type { RunEvent } from "../runners/events.ts";
import type { SkippedFile } from "../runners/results/listing.ts";
import type { ResultReading } from "../runners/results/read-results.ts";
import { openWorld, type World } from "../runners/world.ts";
import { clearLine } from "./streams.ts";

/** All that a command reaches of the world; its signal aborts when the user stops it. */
export interface Terminal extends Pick<World, "env" | "signal" | "now" | "whenStopped"> {
  /** Writes the product to standard output. */
  readonly out: (text: string) => void;
  /** Writes progress and notes to standard error. */
  readonly err: (text: string) => void;
  /** Columns of standard error; absent where it is no terminal. */
  readonly width?: number | undefined;
  /** Columns of standard output; absent where it is no terminal. */
  readonly outWidth?: number | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Writes a question and returns the line that answers it; absent where nobody can be asked. */
  readonly ask?: (question: string) => Promise<string>;
}

/** Puts the time before a line of a log: UTC, such as 2026-11-30T08:15:00Z. */
const stamped = (line: string, now: number): string =>
  `${new Date(now * 1000).toISOString().replace(/\.\d+/, "")} ${line}`;

/** Opens the world of a run; its events and notes are shown on standard error. */
export function worldOf(terminal: Terminal): World {
  const { env, signal, now, err, width, whenStopped } = terminal;
  const note = (line: string): void => err(`${width === undefined ? stamped(line, now()) : line}\n`);
  return openWorld({ env, signal, now, emit: progressTo(terminal), note, whenStopped });
}

/** Returns how results are read: their progress is shown, and the terminal's signal ends it. */
export function readingBy(terminal: Terminal): ResultReading {
  const emit = progressTo(terminal);
  const onProgress = (done: number, total: number): void => emit({ kind: "reading", done, total });
  return { now: terminal.now(), onProgress, signal: terminal.signal };
}

/**
 * Tells which files could not be used, and why.
 *
 * @param brief One line a reason, where it is that of many files.
 */
export function tellSkipped({ err }: Pick<Terminal, "err">, skipped: readonly SkippedFile[], brief = false): void {
  for (const [reason, files] of groupBy(skipped, (one) => one.reason)) {
    if (brief && files.length > 1) {
      err(`skipped ${files.length} files, such as ${files[0]?.file}: ${reason} (--verbose names them)\n`);
    } else for (const { file } of files) err(`skipped ${file}: ${reason}\n`);
  }
}

/** What each terminal was told of the rows of tasks: the data are the same for every model that is run on them. */
const toldFindings = new WeakMap<Terminal, Set<string>>();

/** Tells whether a terminal was told the same of a task's rows before, and remembers it. */
function isToldAgain(terminal: Terminal, event: RunEvent): boolean {
  if (event.kind !== "finding") return false;
  const told = toldFindings.get(terminal) ?? new Set();
  const key = JSON.stringify([event.task, event.finding]);
  const isTold = told.has(key);
  toldFindings.set(terminal, told.add(key));
  return isTold;
}

/** Returns what shows events: as a line that changes in a terminal, as plain lines elsewhere. */
export function progressTo(terminal: Terminal): (event: RunEvent) => void {
  const { err, width, now } = terminal;
  let progress = noProgress;
  return (event) => {
    if (isToldAgain(terminal, event)) return;
    const shown =
      width === undefined
        ? { live: "", ...logText(event, progress, now()) }
        : terminalText(event, progress, now(), width);
    progress = shown.progress;
    const lines = linesText(width === undefined ? shown.lines.map((line) => stamped(line, now())) : shown.lines);
    const text = width === undefined ? lines : clearLine + lines + shown.live;
    if (text !== "") err(text);
  };
}
