import { type Job, Queue, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { Redis } from "ioredis";
import { InputError, messageOf, Unavailable } from "../../datasets/errors.ts";
import type { Closable } from "../../models/runtime/open-all.ts";
import { StoreError } from "../results/store.ts";
import type { World } from "../world.ts";
import type { QueueAddress } from "./address.ts";
import { fromJob, toJob } from "./hardware.ts";
import type { QueueState, UnitState } from "./status.ts";
import type { QueuedUnit } from "./unit.ts";

/** First part of the names of all keys on the server. */
const prefix = "pramana";

/** Times that a unit is started before it fails: one that ends its worker each time would go on for ever. */
const mostStarts = 10;

/** Times that an error which may pass is tried again, and milliseconds before the second time, doubled for each. */
const attempts = 3;
const backoff = 2000;

/** Seconds and number of done units that the server remembers, for who looks at the run. */
const keptSeconds = 7 * 24 * 3600;
const keptUnits = 100_000;

/** Units that one message to the server adds. */
const unitsOfBatch = 1000;

/** A unit with its id. */
export interface NamedUnit {
  readonly id: string;
  readonly unit: QueuedUnit;
}

/** A unit that failed. */
export interface FailedUnit {
  readonly id: string;
  readonly reason: string;
  /** The worker that had it last. */
  readonly worker: string;
}

/** The units of one kind of hardware and one store. */
export interface UnitQueue extends Closable {
  /** Adds those that are not there. */
  add(units: readonly NamedUnit[]): Promise<void>;
  /** Takes those out that failed, or that count as done: `add` then adds them anew. */
  forget(ids: readonly string[]): Promise<void>;
  failed(): Promise<readonly FailedUnit[]>;
  /** Ids of the units at work. */
  running(): Promise<readonly string[]>;
  /** Number of units that wait. */
  waiting(): Promise<number>;
  /** Number of workers that are connected. */
  workers(): Promise<number>;
  /** Tells whether the connection broke since it was last asked: a server that was gone may have lost the latest. */
  wasCut(): boolean;
}

function connectionOf({ host, port, db, isEncrypted, username, password }: QueueAddress) {
  return {
    ...{ host, port, db },
    // Commands wait for a server that is gone until it is back.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, 2000),
    ...(isEncrypted ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/**
 * Finds out whether a server can be reached, before anything waits for it.
 * @throws InputError saying why it cannot
 */
export async function requireServer(address: QueueAddress): Promise<void> {
  const redis = new Redis({ ...connectionOf(address), lazyConnect: true, retryStrategy: () => null });
  let reason: unknown;
  redis.on("error", (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new InputError(
      `queue: ${address.shown} cannot be reached: ${messageOf(reason ?? error)}; expected a Redis or Valkey server ` +
        "(docs/cluster.md)",
    );
  } finally {
    redis.disconnect();
  }
}

/** Says why a unit failed; BullMQ has words of its own where it was started too often. */
const inWords = (reason: string): string =>
  reason === "job started more than allowable limit"
    ? `it was started ${mostStarts} times, and each time its worker was gone before it was done (too little memory?)`
    : reason;

/** Returns what notes an error of the connection, each message once in a row. */
function noter(address: QueueAddress, note: World["note"]): (error: Error) => void {
  let last = "";
  return (error) => {
    const message = messageOf(error) || error.name;
    if (message !== last) note(`queue: ${address.shown}: ${message}; going on once it answers`);
    last = message;
  };
}

function connectedQueue(address: QueueAddress, name: string, note: World["note"]): Queue<unknown> {
  const queue = new Queue<unknown>(name, { connection: connectionOf(address), prefix });
  queue.on("error", noter(address, note));
  return queue;
}

/** Opens the queue of a name. */
export function openQueue(address: QueueAddress, name: string, note: World["note"]): UnitQueue {
  const queue = connectedQueue(address, name, note);
  let isCut = false;
  queue.on("ioredis:close", () => {
    isCut = true;
  });
  return {
    async add(units) {
      for (let start = 0; start < units.length; start += unitsOfBatch) {
        // What the server holds of each: a million of them are to fit into little more than a gigabyte.
        const opts = { attempts, backoff: { type: "exponential", delay: backoff }, stackTraceLimit: 0 };
        const batch = units.slice(start, start + unitsOfBatch);
        await queue.addBulk(
          batch.map(({ id, unit }) => ({ name: "unit", data: toJob(unit), opts: { ...opts, jobId: id } })),
        );
      }
    },
    async forget(ids) {
      const failedOrDone = async (id: string): Promise<void> => {
        const state = await queue.getJobState(id);
        if (state === "failed" || state === "completed") await queue.remove(id);
      };
      for (let start = 0; start < ids.length; start += unitsOfBatch) {
        await Promise.all(ids.slice(start, start + unitsOfBatch).map(failedOrDone));
      }
    },
    failed: async () =>
      (await queue.getFailed()).map(({ id = "", failedReason, processedBy = "unknown" }) => ({
        id,
        reason: inWords(failedReason),
        worker: processedBy,
      })),
    running: async () => (await queue.getActive()).map(({ id = "" }) => id),
    waiting: () => queue.getWaitingCount(),
    workers: () => queue.getWorkersCount(),
    wasCut: () => {
      const was = isCut;
      isCut = false;
      return was;
    },
    close: () => queue.close(),
  };
}

/** States of a unit by BullMQ's words for them. */
const states = {
  waiting: ["waiting", "delayed", "prioritized"],
  running: ["active"],
  done: ["completed"],
  failed: ["failed"],
} as const;

async function readQueue(address: QueueAddress, name: string, note: World["note"]): Promise<QueueState> {
  const queue = connectedQueue(address, name, note);
  const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1000;
  try {
    const units: UnitState[] = [];
    for (const state of Object.keys(states) as (keyof typeof states)[]) {
      for (const job of await queue.getJobs([...states[state]])) {
        const { id = "", data, processedBy: worker, processedOn, finishedOn, failedReason } = job;
        const times = { started: seconds(processedOn), ended: seconds(finishedOn) };
        units.push({
          id,
          data: fromJob(data, name),
          state,
          worker,
          ...times,
          reason: failedReason && inWords(failedReason),
        });
      }
    }
    const workers = (await queue.getWorkers()).map(({ rawname = "" }) => rawname.split(":w:")[1] ?? rawname);
    return { name, list: queue.toKey("wait"), workers, units };
  } finally {
    await queue.close();
  }
}

/** Lists the names of all queues of this program on a server. */
async function queueNames(address: QueueAddress, note: World["note"]): Promise<readonly string[]> {
  const redis = new Redis(connectionOf(address));
  redis.on("error", noter(address, note));
  const names = new Set<string>();
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*:meta`, count: 1000 }) as AsyncIterable<string[]>) {
      for (const key of keys) names.add(key.slice(prefix.length + 1, -":meta".length));
    }
  } finally {
    redis.disconnect();
  }
  return [...names].sort();
}

/** Reads all queues of this program on a server. */
export const readQueues = async (address: QueueAddress, note: World["note"]): Promise<readonly QueueState[]> =>
  Promise.all((await queueNames(address, note)).map((name) => readQueue(address, name, note)));

/** Counts the workers of all queues of this program on a server, by the queue's name. */
export async function countWorkers(
  address: QueueAddress,
  note: World["note"],
): Promise<readonly (readonly [queue: string, workers: number])[]> {
  const count = async (name: string): Promise<readonly [string, number]> => {
    const queue = openQueue(address, name, note);
    return [name, await queue.workers().finally(() => queue.close())];
  };
  return Promise.all((await queueNames(address, note)).map(count));
}

/** Tells whether a later try, perhaps by another worker, may do better: not where the user has to mend something. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof InputError) || error instanceof StoreError || error instanceof Unavailable;

/** What a worker does, and how. */
export interface WorkerPart extends Pick<World, "signal" | "note" | "now"> {
  /** Does a unit. Throws `InputError` where no later try will do better. */
  readonly work: (id: string, data: unknown) => Promise<void>;
  /** Name of this worker. */
  readonly name: string;
  /** Seconds after which a unit whose worker no longer answers goes to another. */
  readonly lostAfter: number;
  /** Seconds without a unit after which there is no more waiting; for ever where it is absent. */
  readonly idleExit?: number | undefined;
}

/**
 * Takes units of a queue, one after the other, until the signal aborts, which gives the unit at work back, or until there
 * was none for as long as is waited.
 */
export async function takeUnits(
  address: QueueAddress,
  queue: string,
  { work, name, lostAfter, idleExit, signal, note, now }: WorkerPart,
): Promise<void> {
  // It is listed from now on, as one that has workers.
  await openQueue(address, queue, note).close();
  let isBusy = false;
  let idleSince = now();
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => undefined);
  const process = async (job: Job, token?: string): Promise<void> => {
    isBusy = true;
    try {
      await Promise.race([work(job.id ?? "", fromJob(job.data, queue)), stopped]);
    } catch (error) {
      if (!signal.aborted) throw mayPass(error) ? error : new UnrecoverableError(messageOf(error));
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      isBusy = false;
      idleSince = now();
    }
  };
  const worker = new Worker(queue, process, {
    connection: connectionOf(address),
    ...{ prefix, name },
    lockDuration: lostAfter * 1000,
    stalledInterval: lostAfter * 1000,
    // A unit that was lost with its worker goes to the next one, however often; `mostStarts` is what ends it.
    removeOnComplete: { age: keptSeconds, count: keptUnits },
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    maxStartedAttempts: mostStarts,
  });
  worker.on("error", noter(address, note));
  await new Promise<void>((resolve) => {
    const isIdle = (): boolean => idleExit !== undefined && !isBusy && now() - idleSince >= idleExit;
    const timer = setInterval(() => isIdle() && end(), 100);
    const end = (): void => {
      clearInterval(timer);
      // Begun at once: a worker that is closing takes no further unit in place of the one that it gives back.
      void worker.close().then(resolve);
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  signal.throwIfAborted();
}
