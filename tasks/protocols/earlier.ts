import type { Dataset } from "../../datasets/table.ts";
import { type Place, placesOf } from "../places.ts";
import type { TaskSpec } from "../task.ts";

/** Reads something of a place, or returns what was read of it before. */
type ReadOnce<Value> = (dataset: Dataset, key: string, read: () => Promise<Value>) => Promise<Value>;

/**
 * Remembers, as long as a data set is in use, what was read of it by a key: a task whose draws go on from place to place
 * asks at each place for something about all before it.
 */
export function readingOnce<Value>(): ReadOnce<Value> {
  const byDataset = new WeakMap<Dataset, Map<string, Value>>();
  return async (dataset, key, read) => {
    const known = byDataset.get(dataset) ?? new Map<string, Value>();
    byDataset.set(dataset, known);
    const value = known.get(key) ?? (await read());
    known.set(key, value);
    return value;
  };
}

/** Lists the places that a task scores before one of its places. */
export function placesBefore(task: Pick<TaskSpec, "splits" | "languages">, { split, subset }: Place): Place[] {
  const all = placesOf(task);
  const place = all.findIndex((one) => one.subset === subset && one.split === split);
  return all.slice(0, Math.max(0, place));
}
