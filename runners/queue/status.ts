import { groupBy } from "../../datasets/group-by.ts";
import { readQueueName } from "./hardware.ts";
import { type QueuedUnit, readUnit, titleOf } from "./unit.ts";

/** What a server knows of a unit; `data` is as it came and may be anything. */
export interface UnitState {
  readonly id: string;
  readonly data: unknown;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** The worker that has it, or had it last. */
  readonly worker?: string | undefined;
  /** Seconds since 1970. */
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
}

/** A queue as its server knows it. */
export interface QueueState {
  readonly name: string;
  /** Key of the list of units that wait. */
  readonly list: string;
  /** Names of the workers that are connected. */
  readonly workers: readonly string[];
  readonly units: readonly UnitState[];
}

/** Numbers of units by their state. */
export type Counts = Readonly<Record<UnitState["state"], number>>;

/** A unit that failed. */
export interface Failure {
  readonly model: string;
  readonly unit: string;
  readonly worker: string;
  readonly reason: string;
}

/** The units of a kind of hardware and a store. */
export interface QueueStatus {
  readonly pramana: string;
  readonly hardware: string;
  readonly store: string;
  /** Key of the server's list of units that wait. */
  readonly list: string;
  readonly units: Counts;
  /** Until nothing waits or is at work, by the pace of the last minutes; null while that cannot be told. */
  readonly secondsLeft: number | null;
  readonly workers: readonly WorkerStatus[];
  readonly tasks: readonly TaskStatus[];
  readonly failures: readonly Failure[];
}

export interface WorkerStatus {
  readonly worker: string;
  /** False for one that has a unit and is not connected: it is gone, or its connection is. */
  readonly isConnected: boolean;
  /** The unit at work, and for how many seconds. */
  readonly unit: string | null;
  readonly seconds: number | null;
}

export interface TaskStatus {
  readonly model: string;
  readonly task: string;
  readonly units: Counts;
}

/** Seconds of the past whose pace counts. */
const recent = 600;

const states = ["done", "running", "waiting", "failed"] as const;

interface KnownUnit extends UnitState {
  readonly unit: QueuedUnit;
}

const countsOf = (units: readonly UnitState[]): Counts =>
  Object.fromEntries(states.map((one) => [one, units.filter(({ state }) => state === one).length])) as Counts;

/** Keeps what is a unit of this program. */
function known(state: UnitState): readonly KnownUnit[] {
  try {
    return [{ ...state, unit: readUnit(state.data, state.id) }];
  } catch {
    return [];
  }
}

/** Estimates the seconds until all is done. */
function secondsLeft(units: readonly KnownUnit[], now: number): number | null {
  const lately = units.filter(({ state, ended = 0 }) => state === "done" && ended > now - recent);
  const { waiting, running } = countsOf(units);
  const since = lately.reduce((first, { started = now }) => Math.min(first, started), now);
  return lately.length === 0 ? null : Math.round(((waiting + running) * (now - since)) / lately.length);
}

/** Sums up what a server knows of a queue. `now`: seconds since 1970. */
export function statusOf({ name, list, workers, units: found }: QueueState, now: number): QueueStatus {
  const units = found.flatMap(known);
  const tasks = groupBy(units, ({ unit }) => JSON.stringify([unit.setting.model, unit.task]));
  const atWork = units.filter(({ state }) => state === "running");
  const names = [...new Set([...workers, ...atWork.flatMap(({ worker }) => worker ?? [])])].sort();
  return {
    ...readQueueName(name),
    list,
    units: countsOf(units),
    secondsLeft: secondsLeft(units, now),
    workers: names.map((worker) => {
      const own = atWork.find((one) => one.worker === worker);
      return {
        worker,
        isConnected: workers.includes(worker),
        unit: own === undefined ? null : titleOf(own.unit),
        seconds: own?.started === undefined ? null : Math.round(now - own.started),
      };
    }),
    tasks: [...tasks.values()].map((own) => {
      const { setting, task } = own[0].unit;
      return { model: setting.model, task, units: countsOf(own) };
    }),
    failures: units
      .filter(({ state }) => state === "failed")
      .map(({ unit, worker = "unknown", reason = "unknown" }) => {
        return { model: unit.setting.model, unit: titleOf(unit), worker, reason };
      }),
  };
}
