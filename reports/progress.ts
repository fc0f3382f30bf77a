import { plainText } from "../datasets/shown.ts";
import type { RunEvent } from "../runners/events.ts";
import { grouped } from "./table.ts";

/** A stretch of work that is counted: the texts of one task, the bytes of one file. */
interface Stretch {
  readonly name: string;
  /** Time of its first event, in seconds. */
  readonly since: number;
  /** What was done at its first event; that much is no part of its rate. */
  readonly doneBefore: number;
  readonly done: number;
}

/** What earlier events leave behind for the text of the next one. */
export interface Progress {
  /** Place of the present task, such as `[2/9] `. */
  readonly place: string;
  readonly stretch: Stretch | undefined;
  /** Time of the last plain line, in seconds. */
  readonly lastLine: number;
}

/** Text for a terminal: lines that stay, and one that the next event replaces (empty where there is none). */
export interface TerminalText {
  readonly lines: readonly string[];
  readonly live: string;
  readonly progress: Progress;
}

/** Text for what is no terminal. */
export interface LogText {
  readonly lines: readonly string[];
  readonly progress: Progress;
}

/** Before the first event. */
export const noProgress: Progress = { place: "", stretch: undefined, lastLine: Number.NEGATIVE_INFINITY };

/** Seconds between two plain lines about work under way. */
const quietSeconds = 10;

const minBar = 10;
const maxBar = 30;

/** Bytes in units of a thousand. */
function bytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

/** A length of time as people say it, such as `2 min 05 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

function stretchOf(event: RunEvent): { name: string; done: number } | undefined {
  if (event.kind === "encoding") return { name: `encoding ${event.task}`, done: event.done };
  if (event.kind === "reading") return { name: "reading results", done: event.done };
  if (event.kind === "measuring") return { name: "measuring", done: event.done };
  if (event.kind === "comparing") return { name: "comparing", done: event.done };
  if (event.kind === "downloading") return { name: `${event.repository}/${event.file}`, done: event.received };
  return undefined;
}

/** The state behind an event; a count that falls begins a new stretch. */
function advance(event: RunEvent, progress: Progress, now: number): Progress {
  const place = event.kind === "task-started" ? `[${event.index}/${event.count}] ` : progress.place;
  const at = stretchOf(event);
  if (at === undefined) return { ...progress, place, stretch: undefined };
  const { stretch } = progress;
  const goesOn = stretch !== undefined && stretch.name === at.name && stretch.done <= at.done;
  return {
    ...progress,
    place,
    stretch: goesOn ? { ...stretch, done: at.done } : { ...at, since: now, doneBefore: at.done },
  };
}

/** Units per second since the stretch began; undefined while nothing can be said. */
function rateOf(stretch: Stretch | undefined, now: number): number | undefined {
  if (stretch === undefined || now <= stretch.since || stretch.done <= stretch.doneBefore) return undefined;
  return (stretch.done - stretch.doneBefore) / (now - stretch.since);
}

/** What work under way looks like: its name, how far it is (0 to 1, where known), and the numbers. */
interface Work {
  readonly label: string;
  readonly part: number | undefined;
  readonly numbers: string;
}

function describeWork(event: RunEvent, progress: Progress, now: number): Work | undefined {
  const rate = rateOf(progress.stretch, now);
  const left = (rest: number): string[] => (rate !== undefined && rest > 0 ? [`${duration(rest / rate)} left`] : []);
  if (event.kind === "encoding") {
    const { done, total } = event;
    const speed = rate === undefined ? [] : [`${grouped(Math.round(rate))}/s`];
    const numbers = [`${grouped(done)} of ${grouped(total)} texts`, ...speed, ...left(total - done)].join(", ");
    return {
      label: `${progress.place}${event.task}`,
      part: total > 0 ? Math.min(1, done / total) : undefined,
      numbers,
    };
  }
  if (event.kind === "downloading") {
    const { received, total } = event;
    const speed = rate === undefined ? [] : [`${bytes(rate)}/s`];
    const size = total === undefined ? bytes(received) : `${bytes(received)} of ${bytes(total)}`;
    const numbers = [size, ...speed, ...(total === undefined ? [] : left(total - received))].join(", ");
    const part = total !== undefined && total > 0 ? Math.min(1, received / total) : undefined;
    return { label: `${event.repository}/${event.file}`, part, numbers };
  }
  if (event.kind === "reading") {
    const { done, total } = event;
    if (done === total) return undefined;
    const speed = rate === undefined ? [] : [`${grouped(Math.round(rate))}/s`];
    const numbers = [`${grouped(done)} of ${grouped(total)} files`, ...speed, ...left(total - done)].join(", ");
    return { label: "reading results", part: done / total, numbers };
  }
  if (event.kind === "measuring") {
    const { what, done, total } = event;
    if (total === 0) return { label: what, part: undefined, numbers: "one call of each cell" };
    if (done === total) return undefined;
    const numbers = left(total - done)[0] ?? `about ${duration(total)}`;
    return { label: what, part: done / total, numbers };
  }
  if (event.kind === "comparing") {
    const { task, done, total } = event;
    if (done === total) return undefined;
    const numbers = [`${Math.floor(done)} of ${grouped(total)} tasks`, ...left(total - done)].join(", ");
    return { label: `comparing ${task}`, part: done / total, numbers };
  }
  if (event.kind === "loading") {
    return { label: `${progress.place}${event.task}`, part: undefined, numbers: `loading ${event.file ?? ""}`.trim() };
  }
  return undefined;
}

const tasksOf = (count: number): string => `${count} ${count === 1 ? "task" : "tasks"}`;

/** The line that stays after an event, if one does. */
function lastingLine(event: RunEvent, { place }: Progress): string | undefined {
  switch (event.kind) {
    case "run-started":
      return `${event.model}: ${tasksOf(event.tasks.length)}`;
    case "task-finished": {
      const score = Number.isFinite(event.mainScore) ? (event.mainScore * 100).toFixed(2) : "undefined";
      return `${place}${event.task}: ${score} in ${duration(event.seconds)}`;
    }
    case "task-failed":
      return `${place}${event.task} failed: ${event.message}`;
    case "run-finished":
      return `finished in ${duration(event.seconds)}${event.failed > 0 ? `, ${tasksOf(event.failed)} failed` : ""}`;
    case "task-started":
    case "loading":
    case "downloading":
    case "reading":
    case "encoding":
    case "measuring":
    case "comparing":
      return undefined;
  }
}

const percentOf = (part: number): string => `${Math.floor(part * 100)} %`.padStart(5);

/** Label, bar, percent and numbers in `width` characters; the bar goes first where they are few. */
function fitLine({ label, part, numbers }: Work, width: number): string {
  const texts = [label, ...(part === undefined ? [] : [percentOf(part)]), numbers];
  const used = texts.join("  ").length + 2;
  const room = Math.min(maxBar, width - used);
  if (part !== undefined && room >= minBar) {
    const filled = Math.floor(part * room);
    texts.splice(1, 0, "█".repeat(filled) + "░".repeat(room - filled));
  }
  const line = texts.join("  ");
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
}

/**
 * What a terminal shows after an event: the lines that stay, then a single line, at most `width` characters long, with a
 * bar, the rate, and an estimate of the time left.
 *
 * @param now Seconds since any fixed moment.
 */
export function terminalText(event: RunEvent, progress: Progress, now: number, width: number): TerminalText {
  const next = advance(event, progress, now);
  const lasting = lastingLine(event, next);
  const work = describeWork(event, next, now);
  const started =
    event.kind === "task-started" ? { label: `${next.place}${event.task}`, part: undefined, numbers: "" } : work;
  const live =
    started && fitLine({ ...started, label: plainText(started.label), numbers: plainText(started.numbers) }, width);
  return {
    lines: lasting === undefined ? [] : [plainText(lasting)],
    live: live?.trimEnd() ?? "",
    progress: next,
  };
}

/**
 * What a log shows after an event: a line for whatever starts, finishes or fails, and between them at most one line in
 * ten seconds.
 *
 * @param now Seconds since any fixed moment.
 */
export function logText(event: RunEvent, progress: Progress, now: number): LogText {
  const next = advance(event, progress, now);
  const started = event.kind === "task-started" ? `${next.place}${event.task}` : undefined;
  const lasting = lastingLine(event, next) ?? started;
  if (lasting !== undefined) return { lines: [plainText(lasting)], progress: { ...next, lastLine: now } };
  const work = describeWork(event, next, now);
  // Reading is done at once in most folders, comparing often, and then not worth a line.
  const quietSince =
    event.kind === "reading" || event.kind === "comparing"
      ? Math.max(progress.lastLine, next.stretch?.since ?? now)
      : progress.lastLine;
  if (work === undefined || now - quietSince < quietSeconds) return { lines: [], progress: next };
  const done = work.part === undefined ? "" : ` (${percentOf(work.part).trim()})`;
  return { lines: [plainText(`${work.label}: ${work.numbers}${done}`)], progress: { ...next, lastLine: now } };
}
