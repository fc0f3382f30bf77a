import type { Samples } from "../../tasks/samples.ts";

/** A score as a function of how often each of its units counts. */
export interface Statistic {
  readonly units: number;
  readonly experiments: number;
  /** The score of each experiment, where unit u counts `weights[u]` times; all once where absent. */
  scores(weights?: Int32Array): Float64Array;
}

/** Resampled differences; empty where nothing can be said. */
export interface Draws {
  readonly difference: number;
  readonly draws: Float64Array;
}

/** How sure a difference is. */
export interface Statistics {
  /** What samples are the score of. */
  open(samples: Samples): Statistic;
  /** The difference of the mean over subsets, candidate minus base, by a paired bootstrap. */
  compare(
    subsets: readonly { readonly base: Statistic; readonly candidate: Statistic }[],
    options: {
      readonly resamples: number;
      readonly seed: number;
      /** What is compared: each name has its own stream of the seed. */
      readonly name: string;
      readonly onProgress?: (done: number, total: number) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<Draws>;
  /** The draws of a mean from those of its members. */
  combine(members: readonly Draws[]): Draws;
  /** Both absent where nothing can be said. */
  summarize(
    draws: Draws,
    confidence: number,
  ): { readonly interval?: readonly [low: number, high: number]; readonly pValue?: number };
  /** p-values corrected for their number. */
  holm(pValues: readonly number[]): readonly number[];
  /** How many resamples are drawn where nothing else is said. */
  readonly resamples: number;
}

/** To be joined with tasks/statistic.ts and tasks/resampling/; until then no difference is said to be sure. */
export const statistics: Statistics | undefined = undefined;
