import { UsageError } from "../datasets/errors.ts";
import { automatic } from "../models/runtime/providers/index.ts";
import { pramanaVersion } from "../runners/environment.ts";
import type { Measured } from "../runners/measure.ts";
import { parseQueueAddress } from "../runners/queue/address.ts";
import { countWorkers, openQueue, requireServer } from "../runners/queue/broker.ts";
import { queueName, readQueueName, type Staff, storeId } from "../runners/queue/hardware.ts";
import { submitTasks } from "../runners/queue/submit.ts";
import { openStore } from "../runners/store/index.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { RunChoice } from "./run-options.ts";

/** Has tasks run by the workers of a queue. */
export async function runQueued(choice: RunChoice, tasks: readonly TaskSpec[], world: World): Promise<Measured> {
  const { queue, store: place, model, device } = choice;
  if (queue === undefined || place === undefined) {
    const { hardware, shardSize } = choice;
    const given = [queue && "--queue", place && "--store", hardware && "--hardware", shardSize && "--shard-size"]
      .filter(Boolean)
      .join(" and ");
    throw new UsageError(
      `run: ${given} without ${queue === undefined ? "--queue" : "--store"}; give both, or run on this machine`,
    );
  }
  if (model === undefined) throw new UsageError("run: no model was given; with --queue, expected --model");
  if (device === automatic) {
    throw new UsageError(
      "run: --device auto is for who runs the model; with --queue, name the kind that its workers have",
    );
  }
  const address = parseQueueAddress(queue, world.env);
  await requireServer(address);
  const store = openStore(place, world);
  const id = await storeId(store);
  const version = pramanaVersion();
  const staff = async (): Promise<Staff> => {
    const queues = (await countWorkers(address, world.note)).map(
      ([name, workers]) => [readQueueName(name), workers] as const,
    );
    return new Map(
      queues.flatMap(([{ pramana, hardware, store: of }, workers]) =>
        pramana === version && of === id ? [[hardware, workers]] : [],
      ),
    );
  };
  const open = (hardware: string) => openQueue(address, queueName(version, hardware, id), world.note);
  return submitTasks({ ...choice, model }, tasks, { store, staff, openQueue: open, world });
}
