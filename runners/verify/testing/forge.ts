import { dirname } from "node:path";
import { mean } from "../../../tasks/metrics/lists.ts";
import type { Samples } from "../../../tasks/samples.ts";
import { openStatistic } from "../../../tasks/statistic.ts";
import type { StoredResult } from "../../results/read-results.ts";
import { readRevisions } from "../../results/read-results.ts";
import { readSamples, samplesFile, writeSamples } from "../../results/samples-file.ts";
import { writeResult } from "../../results/store.ts";

/** Reads the stored result of a task. */
export async function storedResult(folder: string, task: string): Promise<StoredResult> {
  const { results } = await readRevisions([folder], { now: 0 });
  const found = results.find(({ result }) => result.task === task);
  if (found === undefined) throw new Error(`no result of ${task} in ${folder}`);
  return found;
}

/**
 * Alters the samples of a task and its score so that they fit each other, as one who knows the program would: all checksums
 * are right afterwards.
 */
export async function forge(folder: string, task: string, alter: (samples: Samples) => Samples): Promise<void> {
  const { file, result } = await storedResult(folder, task);
  const read = (await readSamples(samplesFile(dirname(file), task))) ?? [];
  const altered = read.map((one) => ({ ...one, samples: alter(one.samples) }));
  const scoreOf = (split: string, subset: string): number => {
    const own = altered.find((one) => one.split === split && one.subset === subset);
    return own === undefined ? Number.NaN : mean(openStatistic(own.samples).scores());
  };
  const splits = Object.fromEntries(
    Object.entries(result.splits).map(([split, entries]) => [
      split,
      entries.map((entry) => ({ ...entry, mainScore: scoreOf(split, entry.subset) })),
    ]),
  );
  await writeSamples(folder, result, altered);
  await writeResult(folder, { ...result, splits });
}

/** Makes the outcome of some units better than the model had it. */
export function improved(samples: Samples, units: readonly number[]): Samples {
  const chosen = new Set(units);
  switch (samples.kind) {
    case "mean":
      return {
        ...samples,
        values: samples.values.map((value, u) => (chosen.has(u) ? (value === 1 ? 0.9 : 1) : value)),
      };
    case "correlation":
      return {
        ...samples,
        scores: samples.scores.map((score, u) =>
          chosen.has(u) ? samples.gold[u] + (score === samples.gold[u] ? 0.1 : 0) : score,
        ),
      };
    case "labels":
      return {
        ...samples,
        predicted: samples.predicted.map((labels) =>
          labels.map((label, u) =>
            chosen.has(u) ? (label === samples.truth[u] ? label + 1 : samples.truth[u]) : label,
          ),
        ),
      };
    default:
      throw new Error(`samples of the kind ${samples.kind} are not forged here`);
  }
}
