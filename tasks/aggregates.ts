import { readStored, type StoredAggregate, type StoredBenchmarks } from "./catalog/stored.ts";
import { deepFreeze } from "./freeze.ts";
import { once } from "./once.ts";

/**
 * Tasks that a benchmark counts as one, whose score is the mean of theirs and undefined where one is missing; the revision
 * is the data set's in result files, the only subset `default`.
 */
export type Aggregate = StoredAggregate;

/** The aggregates that mteb 2.26 registers. */
export const aggregates = once((): readonly Aggregate[] =>
  deepFreeze(readStored<StoredBenchmarks>("benchmarks").aggregates),
);

/** Returns the names of an aggregate's parts; none where the name is that of no aggregate. */
export const partsOf = (name: string): readonly string[] => aggregates().find((one) => one.name === name)?.parts ?? [];
