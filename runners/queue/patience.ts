import { setTimeout as wait } from "node:timers/promises";
import { messageOf } from "../../datasets/errors.ts";
import { StoreError } from "../results/store.ts";
import type { World } from "../world.ts";

/** Seconds before something is tried again: the first time, doubled each time, and at most. */
const pauses = { first: 1, most: 30 };

/** Waits. @throws the signal's reason once it aborts */
export async function delay(seconds: number, signal: AbortSignal): Promise<void> {
  await wait(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/**
 * Asks a store that may be full or out of reach for a while again and again; the first failure in a row is told.
 *
 * @param most Seconds of waiting after which its error is thrown.
 * @throws what will not pass at once, and the signal's reason once it aborts
 */
export async function patiently<Value>(
  ask: () => Promise<Value>,
  { note, signal }: Pick<World, "note" | "signal">,
  most = Number.POSITIVE_INFINITY,
): Promise<Value> {
  for (let [waited, pause] = [0, pauses.first]; ; waited += pause, pause = Math.min(2 * pause, pauses.most)) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StoreError) || waited >= most) throw error;
      if (waited === 0) note(`${messageOf(error)}; it is tried again`);
      await delay(pause, signal);
    }
  }
}
