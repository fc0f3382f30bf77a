import type { RegressionSamples } from "../samples.ts";
import { runsOf, type WeightedScore } from "./weighted-score.ts";

/** Sizes of runs of equal values, for the present weights. */
function sizesOf(out: Float64Array, runOf: Int32Array, weights: Int32Array): Float64Array {
  out.fill(0);
  for (let u = 0; u < runOf.length; u++) out[runOf[u]] += weights[u];
  return out;
}

/** Counts the pairs within each run. */
const pairsWithin = (sizes: Float64Array): number => sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);

/**
 * Counts, over units by rising x, the units before that lie below and above in y: a Fenwick tree of the sizes of the runs of
 * y that came yet.
 */
function kendallOf(x: Float64Array, y: Float32Array): WeightedScore {
  const [ofX, ofY] = [runsOf(x), runsOf(y)];
  const order = Int32Array.from(x.keys()).sort((a, b) => ofX.runOf[a] - ofX.runOf[b]);
  const tree = new Float64Array(ofY.runs + 1);
  const [sizesX, sizesY] = [new Float64Array(ofX.runs), new Float64Array(ofY.runs)];
  const upTo = (run: number): number => {
    let sum = 0;
    for (let i = run; i > 0; i -= i & -i) sum += tree[i];
    return sum;
  };
  const add = (run: number, weight: number): void => {
    for (let i = run + 1; i < tree.length; i += i & -i) tree[i] += weight;
  };
  return (weights) => {
    tree.fill(0);
    let [before, difference] = [0, 0];
    for (let [start, end] = [0, 0]; start < order.length; start = end) {
      const run = ofX.runOf[order[start]];
      for (; end < order.length && ofX.runOf[order[end]] === run; end++) {
        const [weight, own] = [weights[order[end]], ofY.runOf[order[end]]];
        if (weight > 0) difference += weight * (upTo(own) - (before - upTo(own + 1)));
      }
      // Units of one x are compared with those before only.
      for (let i = start; i < end; i++) {
        const weight = weights[order[i]];
        if (weight === 0) continue;
        add(ofY.runOf[order[i]], weight);
        before += weight;
      }
    }
    const all = (before * (before - 1)) / 2;
    const [tiedX, tiedY] = [sizesOf(sizesX, ofX.runOf, weights), sizesOf(sizesY, ofY.runOf, weights)].map(pairsWithin);
    // 0 / 0 where no two units differ on one side.
    return Math.max(-1, Math.min(1, difference / Math.sqrt(all - tiedX) / Math.sqrt(all - tiedY)));
  };
}

/** Determination: the share of the spread of the true values, rounded to float32, that the predictions explain. */
function determinationOf(values: Float64Array, predicted: Float32Array): WeightedScore {
  const truth = Float32Array.from(values);
  return (weights) => {
    let [count, sum] = [0, 0];
    for (let u = 0; u < truth.length; u++) {
      count += weights[u];
      sum += weights[u] * truth[u];
    }
    if (count < 2) return Number.NaN;
    const centre = sum / count;
    let [errors, spread] = [0, 0];
    for (let u = 0; u < truth.length; u++) {
      errors += weights[u] * (truth[u] - predicted[u]) ** 2;
      spread += weights[u] * (truth[u] - centre) ** 2;
    }
    if (spread === 0) return errors === 0 ? 1 : 0;
    return 1 - errors / spread;
  };
}

/**
 * Returns Kendall's τ-b of `metrics/kendall.ts`, or R², of each experiment, units repeated. τ is NaN where the units that count
 * have one value or one prediction, both where fewer than two count, or where a prediction of them is NaN.
 */
export function regressionScores({ measure, truth, predicted }: RegressionSamples): WeightedScore[] {
  return predicted.map((values) => {
    const score = measure === "r2" ? determinationOf(truth, values) : kendallOf(truth, values);
    const unusable = [...values.keys()].filter((u) => Number.isNaN(values[u]));
    return (weights) => (unusable.some((u) => weights[u] > 0) ? Number.NaN : score(weights));
  });
}
