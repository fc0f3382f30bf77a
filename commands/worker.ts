import { hostname } from "node:os";
import { count } from "../datasets/shown.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { findDevice } from "../runners/model/device.ts";
import { parseQueueAddress } from "../runners/queue/address.ts";
import { requireServer, takeUnits } from "../runners/queue/broker.ts";
import { hardwareOf, queueName, storeId } from "../runners/queue/hardware.ts";
import { openBench, type WorkerChoice } from "../runners/queue/work.ts";
import { readTaskFiles, type TaskChoices } from "../runners/select.ts";
import { openStore } from "../runners/store/index.ts";
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
}

/** Does the units of a queue until it is stopped, or has had none for long enough. */
export async function work(choice: WorkerCommandChoice, terminal: Terminal): Promise<void> {
  const { queue, store: place, taskFile = [], idleExit, lostAfter, concurrency } = choice;
  const world = worldOf(terminal);
  const address = parseQueueAddress(queue, world.env);
  const own = await readTaskFiles(taskFile);
  await requireServer(address);
  const store = openStore(place, world);
  const hardware = hardwareOf(choice.device);
  const name = queueName(pramanaVersion(), hardware, await storeId(store));
  await findDevice(choice.device, thisMachine(world.env));
  await store.prove();
  const self = `${hostname()}:${process.pid}`;
  let done = 0;
  world.whenStopped?.(() => `${count(done, "unit")} done; what was at work was given back`);
  world.note(`worker ${self} takes units for ${hardware} of ${address.shown}, into ${store.name}`);
  const seat = async (worker: string): Promise<void> => {
    const bench = openBench({ choice, tasks: own.tasks, store, world: { ...world, emit: () => undefined } });
    const doUnit = async (id: string, data: unknown): Promise<void> => {
      await bench.work(id, data);
      done += 1;
    };
    try {
      await takeUnits(address, name, { ...world, work: doUnit, name: worker, lostAfter, idleExit });
    } finally {
      await bench.close();
    }
  };
  const seats = Array.from({ length: concurrency }, (_, i) => (concurrency === 1 ? self : `${self}/${i + 1}`));
  await Promise.all(seats.map(seat));
  world.note(`worker ${self} had nothing to do for ${idleExit} s; ${count(done, "unit")} done`);
}
