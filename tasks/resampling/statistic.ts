/** A score as a function of how often each of its units counts: what resampling needs to know of a subset's samples. */
export interface Statistic {
  /** Queries, pairs, test rows or documents; 1 or more. */
  readonly units: number;
  /**
   * How many units carry the score's scatter, where that is fewer: for a measure of two classes of pairs, the pairs of
   * the smaller class.
   */
  readonly effectiveUnits?: number;
  /** 1 where there are no experiments. */
  readonly experiments: number;
  /**
   * The score of each experiment, [experiments], where unit u counts `weights[u]` times; whole numbers from 0, [units];
   * all 1 where absent. NaN where the score is undefined. The caller reads the result before it calls again.
   */
  scores(weights?: Int32Array): Float64Array;
}
