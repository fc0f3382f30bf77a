import { createServer } from "node:http";
import { hostname } from "node:os";
import { InputError, messageOf } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { settleDevice } from "../runners/model/device.ts";
import { parseQueueAddress, type QueueAddress } from "../runners/queue/address.ts";
import { openQueue, requireServer, takeUnits } from "../runners/queue/broker.ts";
import { hardwareHere, queueName, storeId } from "../runners/queue/hardware.ts";
import { metricsText, metricsType, noTally, type Tally } from "../runners/queue/metrics.ts";
import { openBench, type WorkerChoice } from "../runners/queue/work.ts";
import { readTaskFiles, type TaskChoices } from "../runners/select.ts";
import { openStore } from "../runners/store/index.ts";
import type { World } from "../runners/world.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface WorkerCommandChoice extends WorkerChoice, Pick<TaskChoices, "taskFile"> {
  readonly queue: string;
  readonly store: string;
  /** Seconds without a unit after which the worker ends; it waits for ever where it is absent. */
  readonly idleExit?: number;
  /** Units at once, each with a model of its own. */
  readonly concurrency: number;
  /** Seconds after which a unit whose worker no longer answers goes to another. */
  readonly lostAfter: number;
  /** Port of a page with the worker's numbers, for all who reach this machine; none where it is absent. */
  readonly metrics?: number;
}

/** Does the units of a queue until it is stopped, or has had none for long enough. */
export async function work(given: WorkerCommandChoice, terminal: Terminal): Promise<void> {
  const { queue, store: place, taskFile = [], idleExit, lostAfter, concurrency, metrics } = given;
  const world = worldOf(terminal);
  const choice = await settleDevice(given, thisMachine(world.env), world.note);
  const address = parseQueueAddress(queue, world.env);
  const own = await readTaskFiles(taskFile);
  await requireServer(address);
  const store = openStore(place, world);
  const hardware = await hardwareHere(choice.device, world.env);
  await store.prove();
  const name = queueName(pramanaVersion(), hardware, await storeId(store));
  const self = `${hostname()}:${process.pid}`;
  const tally = noTally();
  const done = (): string => `${count(tally.done, "unit")} done`;
  const page = metrics === undefined ? undefined : await servePage(metrics, tally, address, name, world);
  world.whenStopped?.(() => `${done()}; what was at work was given back`);
  world.note(`worker ${self} takes units for ${hardware} of ${address.shown}, into ${store.name}`);
  const seat = async (worker: string): Promise<void> => {
    const bench = openBench({ choice, tasks: own.tasks, store, world: { ...world, emit: () => undefined } }, tally);
    try {
      await takeUnits(address, name, { ...world, work: bench.work, name: worker, lostAfter, idleExit });
    } finally {
      await bench.close();
    }
  };
  const seats = Array.from({ length: concurrency }, (_, i) => (concurrency === 1 ? self : `${self}/${i + 1}`));
  try {
    await Promise.all(seats.map(seat));
  } finally {
    await page?.close();
  }
  world.note(`worker ${self} had nothing to do for ${idleExit} s; ${done()}`);
}

/** Serves a page of OpenMetrics on a port. Throws `InputError` where that is taken. */
async function servePage(
  port: number,
  tally: Tally,
  address: QueueAddress,
  name: string,
  { note }: Pick<World, "note">,
): Promise<{ close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new InputError(`metrics: port ${port} cannot be used: ${messageOf(error)}; choose another`)),
    );
    server.listen(port, resolve);
  });
  const queue = openQueue(address, name, note);
  server.on("request", (request, response) => {
    if (request.method !== "GET") return void response.writeHead(405).end();
    queue.waiting().then(
      (waiting) => response.writeHead(200, { "content-type": metricsType }).end(metricsText(tally, waiting)),
      () => response.writeHead(503).end(),
    );
  });
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await queue.close();
    },
  };
}
