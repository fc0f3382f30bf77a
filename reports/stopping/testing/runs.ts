import { numpyGenerator } from "../../../datasets/random/numpy.ts";
import type { LimitRecord } from "../../../runners/results/result.ts";
import type { StoredRun } from "../../../runners/results/stored-run.ts";
import { drawUnits } from "../../../tasks/limit.ts";
import { mean } from "../../../tasks/metrics/lists.ts";
import type { Samples } from "../../../tasks/samples.ts";
import { made, own, record } from "../../comparison/testing/runs.ts";
import { task } from "../../testing/results.ts";

export const known = [task("A", "Retrieval"), task("B", "Retrieval"), task("C", "Clustering"), task("D", "STS")];
export const units = 1000;
/** Scores of units, rounded so that their mean is that of a result file. */
export const base = Float64Array.from({ length: units }, () => Math.round(numpyGenerator(7).random() * 100) / 100).map(
  (_, u) => 0.3 + ((u * 37) % 50) / 100,
);
/** Each unit is changed by so much, and by chance up to 0.2 more or less. */
export const changed = (by: number, seed = 5): Float64Array => {
  const random = numpyGenerator(seed);
  return base.map((value) => value + by + Math.round(40 * random.random() - 20) / 100);
};

export const samplesOf = (samples: Samples) => [{ split: "test", subset: "default", samples }];
const meansOf = (values: ArrayLike<number>): Samples => ({ kind: "mean", values: Float64Array.from(values) });
export const limitOf = (most: number): LimitRecord => ({
  most,
  seed: 42,
  corpora: "whole",
  scored: [most, units],
  without: "-",
});

/** A run of some tasks whose units have these values; of a share of them where there is a limit. */
export function runOf(values: Readonly<Record<string, Float64Array>>, most?: number, name = "m"): StoredRun {
  const share = (all: Float64Array) =>
    Float64Array.from(drawUnits(all.length, most ?? all.length), (place) => all[place]);
  const shares = Object.entries(values).map(([name, all]) => [name, share(all)] as const);
  return made(
    name,
    shares.map(([name, some]) =>
      own(name, mean(some), { run: { ...record, ...(most !== undefined && { limit: limitOf(most) }) } }),
    ),
    Object.fromEntries(shares.map(([name, some]) => [name, samplesOf(meansOf(some))])),
  );
}
