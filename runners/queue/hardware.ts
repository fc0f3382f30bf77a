import { createHash, randomUUID } from "node:crypto";
import { InputError } from "../../datasets/errors.ts";
import type { DeviceChoice } from "../../models/runtime/providers/index.ts";
import type { Store } from "../store/store.ts";

/** Returns the kind of hardware that units are for: workers of another kind, which round differently, take none of them. */
export const hardwareOf = (device: DeviceChoice): string => device.split(":")[0] as string;

/** Name under which a store holds its own id. */
const idKey = "id";

/**
 * Returns a store's id, which it gets when it is first asked for: machines may know one folder by several paths.
 * @throws InputError where it does not give back what it took; what the store throws
 */
export async function storeId(store: Store): Promise<string> {
  await store.publish(idKey, Buffer.from(randomUUID()));
  const id = await store.read(idKey);
  if (id !== undefined) return createHash("sha256").update(id).digest("hex").slice(0, 12);
  throw new InputError(`store ${store.name}: it does not give back what it took; expected one that all machines share`);
}

/** Returns the name of the queue for units of a version of the program, a kind of hardware and a store. */
export const queueName = (pramana: string, hardware: string, store: string): string =>
  `${pramana}/${hardware}/${store}`;

/** Reads what `queueName` wrote. */
export function readQueueName(name: string): { pramana: string; hardware: string; store: string } {
  const [pramana = "", ...rest] = name.split("/");
  return { pramana, hardware: rest.slice(0, -1).join("/"), store: rest.at(-1) ?? "" };
}
