import { hostname } from "node:os";
import { count } from "../datasets/shown.ts";
import { pramanaVersion } from "../runners/environment.ts";
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
  /** Seconds after which a unit whose worker no longer answers goes to another. */
  readonly lostAfter: number;
}

/** Does the units of a queue until it is stopped, or has had none for long enough. */
export async function work(choice: WorkerCommandChoice, terminal: Terminal): Promise<void> {
  const { queue, store: place, taskFile = [], idleExit, lostAfter } = choice;
  const world = worldOf(terminal);
  const address = parseQueueAddress(queue, world.env);
  const own = await readTaskFiles(taskFile);
  await requireServer(address);
  const store = openStore(place, world);
  const hardware = hardwareOf(choice.device);
  const name = queueName(pramanaVersion(), hardware, await storeId(store));
  let done = 0;
  const bench = openBench({ choice, tasks: own.tasks, store, world: { ...world, emit: () => undefined } });
  world.whenStopped?.(() => `${count(done, "unit")} done; the unit at work was given back`);
  world.note(`worker ${hostname()}:${process.pid} takes units for ${hardware} of ${address.shown}, into ${store.name}`);
  try {
    await takeUnits(address, name, {
      ...world,
      work: async (id, data) => {
        await bench.work(id, data);
        done += 1;
      },
      name: `${hostname()}:${process.pid}`,
      lostAfter,
      idleExit,
    });
    world.note(`worker ${hostname()}:${process.pid} had nothing to do for ${idleExit} s; ${count(done, "unit")} done`);
  } finally {
    await bench.close();
  }
}
