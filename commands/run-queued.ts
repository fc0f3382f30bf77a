import { UsageError } from "../datasets/errors.ts";
import type { Measured } from "../runners/measure.ts";
import { parseQueueAddress } from "../runners/queue/address.ts";
import { openQueue, requireServer } from "../runners/queue/broker.ts";
import { queueName, storeId } from "../runners/queue/hardware.ts";
import { submitTasks } from "../runners/queue/submit.ts";
import { openStore } from "../runners/store/index.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { RunChoice } from "./run.ts";

/** Has tasks run by the workers of a queue. */
export async function runQueued(choice: RunChoice, tasks: readonly TaskSpec[], world: World): Promise<Measured> {
  const { queue, store: place, model, cache } = choice;
  if (queue === undefined || place === undefined) {
    throw new UsageError(
      `run: --${queue === undefined ? "store" : "queue"} is given without --${queue === undefined ? "queue" : "store"}; ` +
        "give both, or neither to run on this machine",
    );
  }
  if (model === undefined) throw new UsageError("run: no model was given; with --queue, expected --model");
  if (cache === false) throw new UsageError("run: --no-cache is for who keeps the vectors; give it to the workers");
  const address = parseQueueAddress(queue, world.env);
  await requireServer(address);
  const store = openStore(place, world);
  const id = await storeId(store);
  return submitTasks(
    { ...choice, model },
    tasks,
    store,
    async ({ pramana, hardware }) => openQueue(address, queueName(pramana, hardware, id), world.note),
    world,
  );
}
