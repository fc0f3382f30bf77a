import type { Statistic } from "../../statistic.ts";

/** Makes the mean over units of the values of each experiment, `values[experiment][unit]`. */
export function meanStatistic(...values: readonly ArrayLike<number>[]): Statistic {
  const units = values[0].length;
  return {
    units,
    experiments: values.length,
    scores: (weights = new Int32Array(units).fill(1)) =>
      Float64Array.from(values, (row) => weights.reduce((sum, weight, i) => sum + weight * row[i], 0) / units),
  };
}

/** Makes the mean of the values of units labelled 1; NaN where none is drawn. */
export function labelledMean(labels: readonly number[], values: readonly number[]): Statistic {
  return {
    units: labels.length,
    experiments: 1,
    scores: (weights = new Int32Array(labels.length).fill(1)) => {
      const count = labels.reduce((sum, label, i) => sum + label * weights[i], 0);
      const total = labels.reduce((sum, label, i) => sum + label * weights[i] * values[i], 0);
      return Float64Array.of(total / count);
    },
  };
}
