import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { readSealed, toSealed } from "../results/unfinished.ts";
import { idOf, type QueuedUnit } from "./unit.ts";

/** Where a store holds the cut of a unit whose name is `key`. */
export const cutKey = (key: string): string => `${key}.cut`;

/** The units that a cut one becomes: its shards, and what puts them together, whose result is its own. */
export interface CutUnits {
  readonly shards: readonly QueuedUnit[];
  readonly join: QueuedUnit;
}

/** Returns the units of a unit whose corpus is cut at these borders. */
export function cutUnits({ shardSize: _, borders: __, ...unit }: QueuedUnit, borders: readonly number[]): CutUnits {
  const of = borders[borders.length - 1];
  return {
    shards: borders.slice(1).map((end, i) => ({ ...unit, shard: { start: borders[i], end, of } })),
    join: { ...unit, borders: [...borders] },
  };
}

const cutSchema = z.object({ id: z.string(), borders: z.array(z.number().int()).min(3) });

/** Writes where the corpus of a unit is cut. */
export const toCut = (unit: QueuedUnit, borders: readonly number[]): Uint8Array =>
  Buffer.from(toSealed({ id: idOf(unit), borders }));

/**
 * Reads what `toCut` made of a unit.
 * @param source What an error message calls it.
 * @throws InputError for anything else
 */
export function readCut(bytes: Uint8Array, unit: QueuedUnit, source: string): readonly number[] {
  const wayOut = "remove it from the store, and the same command makes it again";
  const parsed = cutSchema.safeParse(readSealed(Buffer.from(bytes), source, wayOut));
  const borders = parsed.data?.borders ?? [];
  if (
    parsed.data?.id === idOf(unit) &&
    borders[0] === 0 &&
    borders.every((end, i) => i === 0 || end > borders[i - 1])
  ) {
    return borders;
  }
  throw new InputError(`${source}: it does not say where the corpus of its unit is cut; ${wayOut}`);
}
