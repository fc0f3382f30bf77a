import type { RunEvent } from "../runners/events.ts";
import { duration } from "./duration.ts";

/** How far a run of several tasks is, in units of expected work. */
export interface WholeRun {
  /** Seconds since any fixed moment. */
  readonly since: number;
  /** Expected work of each task. */
  readonly work: ReadonlyMap<string, number>;
  /** Work of the tasks that are over, and the task at work. */
  readonly over: number;
  readonly task: string;
  /** Places of the task at work that are over, and how many it has. */
  readonly places: number;
  readonly ofPlaces: number;
  /** Share of the place at work, 0 to 1. */
  readonly share: number;
}

/** Shares of a run below this, and seconds below the next, say too little about the rest. */
const leastPart = 0.005;
const leastSeconds = 10;

/** Returns the state of the whole run after an event; there is none of one task, whose own progress says all. */
export function advanceWhole(event: RunEvent, whole: WholeRun | undefined, now: number): WholeRun | undefined {
  if (event.kind === "run-started") {
    const { tasks, work } = event;
    if (work === undefined || work.length < 2) return undefined;
    const byTask = new Map(tasks.map((task, i) => [task, work[i]]));
    return { since: now, work: byTask, over: 0, task: "", places: 0, ofPlaces: 1, share: 0 };
  }
  if (whole === undefined) return undefined;
  switch (event.kind) {
    case "task-started":
      return { ...whole, task: event.task, places: 0, ofPlaces: 1, share: 0 };
    case "place-started":
      return { ...whole, places: event.index - 1, ofPlaces: event.count, share: 0 };
    case "encoding":
      return { ...whole, share: event.total > 0 ? Math.min(1, event.done / event.total) : 0 };
    case "task-finished":
    case "task-failed": {
      const ended = event.kind === "task-finished" ? [event.task] : event.tasks;
      const over = whole.over + sum(ended.map((task) => whole.work.get(task) ?? 0));
      return { ...whole, over, task: "", places: 0, ofPlaces: 1, share: 0 };
    }
    default:
      return whole;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns the share of a run that is done, 0 to 1. */
function partOf({ work, over, task, places, ofPlaces, share }: WholeRun): number {
  const done = over + (work.get(task) ?? 0) * ((places + share) / ofPlaces);
  const all = sum([...work.values()]);
  return all > 0 ? Math.min(1, done / all) : 0;
}

/** Writes the share of the whole run that is done and an estimate of the time left; nothing while neither can be told. */
export function describeWhole(whole: WholeRun | undefined, now: number): readonly string[] {
  if (whole === undefined) return [];
  const part = partOf(whole);
  const seconds = now - whole.since;
  const percent = `all ${Math.floor(part * 100)} %`;
  if (part < leastPart || seconds < leastSeconds) return [percent];
  return [`${percent}, about ${duration((seconds * (1 - part)) / part)} left`];
}
