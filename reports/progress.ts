import { byteText as bytes, count, plainText } from "../datasets/shown.ts";
import type { RunEvent } from "../runners/events.ts";
import { duration } from "./duration.ts";
import { lastingLine } from "./lasting-line.ts";
import { grouped } from "./table.ts";
import { advanceWhole, describeWhole, type WholeRun } from "./whole-run.ts";

/** Work that is counted: the texts of one task, the bytes of one file. */
interface Stretch {
  readonly name: string;
  /** Time of its first event, in seconds. */
  readonly since: number;
  /** Count at its first event, which is no part of its rate. */
  readonly doneBefore: number;
  readonly done: number;
}

/** The state after some events, for the text of the next one. */
export interface Progress {
  /** Place of the current task, such as `[2/9] `. */
  readonly place: string;
  readonly stretch: Stretch | undefined;
  /** Time of the last plain line, in seconds. */
  readonly lastLine: number;
  /** How far the whole run is; absent before it starts. */
  readonly whole?: WholeRun | undefined;
  /** The first task that failed for a reason, by its message. */
  readonly failures: ReadonlyMap<string, string>;
  /** A log has told that a queue has no worker. */
  readonly unstaffed?: boolean;
}

/** Text for a terminal: lines that stay, and one that the next event replaces. */
export interface TerminalText {
  readonly lines: readonly string[];
  /** Empty where there is none. */
  readonly live: string;
  readonly progress: Progress;
}

/** Text for a log. */
export interface LogText {
  readonly lines: readonly string[];
  readonly progress: Progress;
}

/** The state before the first event. */
export const noProgress: Progress = {
  place: "",
  stretch: undefined,
  lastLine: Number.NEGATIVE_INFINITY,
  failures: new Map(),
};

/** Seconds between two plain lines about work under way. */
const quietSeconds = 60;

const minBar = 10;
const maxBar = 30;

function stretchOf(event: RunEvent): { name: string; done: number } | undefined {
  if (event.kind === "encoding" || event.kind === "scoring") {
    return { name: `${event.kind} ${event.task}`, done: event.done };
  }
  if (event.kind === "downloading") return { name: `${event.repository}/${event.file}`, done: event.received };
  return "done" in event ? { name: event.kind, done: event.done } : undefined;
}

/** Adds the reason why a task failed to those that were told. */
function failuresAfter(event: RunEvent, { failures }: Progress): Progress["failures"] {
  if (event.kind !== "task-failed" || failures.has(event.message)) return failures;
  return new Map(failures).set(event.message, event.tasks[0] ?? "");
}

/** Returns the state after an event; a count that falls begins a new stretch. */
function advance(event: RunEvent, progress: Progress, now: number): Progress {
  const place = event.kind === "task-started" ? `[${event.index}/${event.count}] ` : progress.place;
  const whole = advanceWhole(event, progress.whole, now);
  const at = stretchOf(event);
  if (at === undefined)
    return { ...progress, place, whole, failures: failuresAfter(event, progress), stretch: undefined };
  const { stretch } = progress;
  const goesOn = stretch !== undefined && stretch.name === at.name && stretch.done <= at.done;
  return {
    ...progress,
    place,
    whole,
    stretch: goesOn ? { ...stretch, done: at.done } : { ...at, since: now, doneBefore: at.done },
  };
}

/** Returns units per second since the stretch began; undefined while there is no rate. */
function rateOf(stretch: Stretch | undefined, now: number): number | undefined {
  if (stretch === undefined || now <= stretch.since || stretch.done <= stretch.doneBefore) return undefined;
  return (stretch.done - stretch.doneBefore) / (now - stretch.since);
}

type EventOf<Kind extends RunEvent["kind"]> = Extract<RunEvent, { kind: Kind }>;

/** Work under way. */
interface Work {
  readonly label: string;
  /** Share that is done, 0 to 1, where it is known. */
  readonly part: number | undefined;
  readonly numbers: string;
}

/** Describes a run whose units others do; `left` writes the seconds that are left. A unit may take hours, so no rate is told. */
function describeQueue(
  { done, total, running, failed, workers }: EventOf<"queued">,
  left: (rest: number) => string[],
): Work {
  const units = [`${grouped(done)} of ${grouped(total)} units`, ...left(total - done - failed)].join(", ");
  const lost = failed > 0 ? [`${grouped(failed)} failed`] : [];
  const hands = workers === 0 ? "no worker is there" : count(workers, "worker");
  const numbers = [units, `${grouped(running)} at work`, ...lost, hands].join("; ");
  return { label: "queue", part: total > 0 ? done / total : undefined, numbers };
}

/** Describes a measurement of speed; `left` writes the seconds that are left. */
function describeMeasuring(
  { what, done, total }: EventOf<"measuring">,
  left: (seconds: number) => string[],
): Work | undefined {
  if (total === 0) return { label: what, part: undefined, numbers: "one call of each cell" };
  if (done === total) return undefined;
  return { label: what, part: done / total, numbers: left(total - done)[0] ?? `about ${duration(total)}` };
}

/** Describes the fetching of several files; `pace` says how fast, and how long it still takes. */
function describeFetching({ done, total, files, count: all }: EventOf<"fetching">, pace: readonly string[]): Work {
  const numbers = [`${grouped(files)} of ${count(all, "file")}`, `${bytes(done)} of ${bytes(total)}`, ...pace];
  const part = total > 0 ? Math.min(1, done / total) : undefined;
  return { label: "fetching", part, numbers: numbers.join(", ") };
}

/** Describes a wait for tasks that other processes are at. */
function describeAwaiting({ tasks, by }: EventOf<"awaiting">): Work {
  const others = tasks.length > 1 ? ` and ${tasks.length - 1} more` : "";
  return { label: "waiting", part: undefined, numbers: `for ${tasks[0]}${others}: ${by} is at it` };
}

function describeWork(event: RunEvent, { place, stretch, whole }: Progress, now: number): Work | undefined {
  const rate = rateOf(stretch, now);
  const left = (rest: number): string[] => (rate !== undefined && rest > 0 ? [`${duration(rest / rate)} left`] : []);
  const speed = (text: (rate: number) => string): string[] => (rate === undefined ? [] : [`${text(rate)}/s`]);
  const counted = (done: number, total: number, unit: string): string => {
    const counts = `${grouped(done)} of ${grouped(total)} ${unit}`;
    return [counts, ...speed((own) => grouped(Math.round(own))), ...left(total - done)].join(", ");
  };
  switch (event.kind) {
    case "encoding":
    case "scoring": {
      const { task, done, total } = event;
      const part = total > 0 ? Math.min(1, done / total) : undefined;
      const unit = event.kind === "encoding" ? "texts" : "subsets";
      const numbers = [counted(done, total, unit), ...describeWhole(whole, now)].join("; ");
      return { label: `${place}${task}`, part, numbers };
    }
    case "downloading": {
      const { repository, file, received, total } = event;
      const size = total === undefined ? bytes(received) : `${bytes(received)} of ${bytes(total)}`;
      const numbers = [size, ...speed(bytes), ...(total === undefined ? [] : left(total - received))].join(", ");
      const part = total !== undefined && total > 0 ? Math.min(1, received / total) : undefined;
      return { label: `${repository}/${file}`, part, numbers };
    }
    case "fetching":
      return describeFetching(event, [...speed(bytes), ...left(event.total - event.done)]);
    case "queued":
      return describeQueue(event, left);
    case "awaiting":
      return describeAwaiting(event);
    case "waiting":
      return { label: event.host, part: undefined, numbers: `asks to wait, ${duration(event.seconds)} left` };
    case "reading":
    case "surveying": {
      const { done, total } = event;
      const [label, unit] = event.kind === "reading" ? ["reading results", "files"] : ["looking up files", "data sets"];
      return done === total ? undefined : { label, part: done / total, numbers: counted(done, total, unit) };
    }
    case "checking": {
      const { done, total } = event;
      const numbers = [`${bytes(done)} of ${bytes(total)}`, ...speed(bytes), ...left(total - done)].join(", ");
      return { label: "checking files", part: total > 0 ? done / total : undefined, numbers };
    }
    case "measuring":
      return describeMeasuring(event, left);
    case "comparing": {
      const { task, done, total } = event;
      if (done === total) return undefined;
      const numbers = [`${Math.floor(done)} of ${grouped(total)} tasks`, ...left(total - done)].join(", ");
      return { label: `comparing ${task}`, part: done / total, numbers };
    }
    case "loading":
      return { label: `${place}${event.task}`, part: undefined, numbers: `loading ${event.file ?? ""}`.trim() };
    case "run-started":
    case "task-taken":
    case "task-started":
    case "place-started":
    case "loaded":
    case "finding":
    case "task-finished":
    case "task-failed":
    case "run-finished":
      return undefined;
  }
}

const percentOf = (part: number): string => `${Math.floor(part * 100)} %`.padStart(5);

/** Fits label, bar, percent and numbers to `width` characters; where they are few the bar is left out first. */
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
 * Returns the text of a terminal after an event: the lines that stay, then a single line, at most `width` characters long,
 * with a bar, the rate, and an estimate of the time left.
 *
 * @param now Seconds since any fixed moment.
 */
export function terminalText(event: RunEvent, progress: Progress, now: number, width: number): TerminalText {
  const next = advance(event, progress, now);
  const lasting = lastingLine(event, next.place, progress.failures);
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
 * Returns the text of a log after an event: a line for whatever starts, finishes or fails, with how far the whole run then
 * is, and between them at most one line a minute; but that a queue has no worker, or has some again, is told at once.
 *
 * @param now Seconds since any fixed moment.
 */
export function logText(event: RunEvent, progress: Progress, now: number): LogText {
  const next = advance(event, progress, now);
  const started = event.kind === "task-started" ? `${next.place}${event.task}` : undefined;
  const lasting = lastingLine(event, next.place, progress.failures) ?? started;
  const whole = event.kind === "task-finished" ? describeWhole(next.whole, now) : [];
  if (lasting !== undefined)
    return { lines: [plainText([lasting, ...whole].join("; "))], progress: { ...next, lastLine: now } };
  const work = describeWork(event, next, now);
  // Reading, comparing and looking up are mostly over at once, and then not worth a line.
  const quietSince =
    event.kind === "reading" || event.kind === "comparing" || event.kind === "surveying"
      ? Math.max(progress.lastLine, next.stretch?.since ?? now)
      : progress.lastLine;
  const { unstaffed = false } = progress;
  const isUnstaffed = event.kind === "queued" ? event.workers === 0 : unstaffed;
  const isQuiet = now - quietSince < quietSeconds && isUnstaffed === unstaffed;
  if (work === undefined || isQuiet) return { lines: [], progress: next };
  const done = work.part === undefined ? "" : ` (${percentOf(work.part).trim()})`;
  return {
    lines: [plainText(`${work.label}: ${work.numbers}${done}`)],
    progress: { ...next, lastLine: now, unstaffed: isUnstaffed },
  };
}
