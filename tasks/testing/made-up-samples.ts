import { type PythonRandom, pythonRandom } from "../../datasets/random/python.ts";
import { ratioThresholds } from "../metrics/agreement.ts";
import type {
  AgreementSamples,
  ClusterSamples,
  CorrelationSamples,
  LabelSamples,
  MeanSamples,
  PairSamples,
  RegressionSamples,
  Samples,
  SetSamples,
} from "../samples.ts";

const below = (random: PythonRandom, count: number, limit: number): Int32Array =>
  count === 0 ? new Int32Array(0) : random.choices(limit, count);

/** Draws coarse values, so that many are tied. */
const coarse = (random: PythonRandom, count: number): number[] =>
  Array.from(below(random, count, 1 + random.choices(40, 1)[0]), (value) => value / 8 - 1);

const names = ["similarity", "cosine", "manhattan", "euclidean", "dot"];
const pick = <Value>(random: PythonRandom, values: readonly Value[]): Value =>
  values[random.choices(values.length, 1)[0]];

export function madeUpMean(random: PythonRandom, units: number): MeanSamples {
  const values = Float64Array.from(coarse(random, units));
  if (pick(random, [true, false])) return { kind: "mean", values };
  return { kind: "mean", measure: "ndcg_at_10", ids: Array.from(values, (_, u) => `q${u}`), values };
}

export function madeUpCorrelation(random: PythonRandom, units: number): CorrelationSamples {
  const measure = pick(random, ["pearson", "spearman"] as const);
  const gold = Float64Array.from(coarse(random, units), (value) => value / 3);
  return { kind: "correlation", measure, gold, scores: Float32Array.from(coarse(random, units)) };
}

export function madeUpPairs(random: PythonRandom, units: number): PairSamples {
  const measure = pick(random, ["ap", "accuracy", "f1"] as const);
  const used = names.slice(0, pick(random, [1, 5]));
  const scores = Object.fromEntries(used.map((name) => [name, Float32Array.from(coarse(random, units))]));
  return { kind: "pairs", measure, labels: Uint8Array.from(below(random, units, 2)), scores };
}

export function madeUpLabels(random: PythonRandom, units: number): LabelSamples {
  const measure = pick(random, ["accuracy", "f1", "f1_weighted"] as const);
  const labels = pick(random, [2, 3, 7]);
  // Numbers from −1 leave rows out, as folds do.
  const least = pick(random, [0, -1]);
  const predicted = Array.from({ length: pick(random, [1, 3]) }, () =>
    below(random, units, labels - least).map((label) => label + least),
  );
  return { kind: "labels", measure, truth: below(random, units, labels), predicted };
}

export function madeUpSets(random: PythonRandom, units: number): SetSamples {
  const labels = units === 0 ? 0 : pick(random, [2, 4]);
  const cells = (): Uint8Array => Uint8Array.from(below(random, units * labels, 2));
  const truth = cells();
  // Each label is true for some row.
  truth.fill(1, 0, labels);
  return { kind: "sets", measure: "f1", labels, truth, predicted: Array.from({ length: pick(random, [1, 3]) }, cells) };
}

export function madeUpRegression(random: PythonRandom, units: number): RegressionSamples {
  const measure = pick(random, ["kendalltau", "r2"] as const);
  const predicted = Array.from({ length: pick(random, [1, 3]) }, () => Float32Array.from(coarse(random, units)));
  return { kind: "regression", measure, truth: Float64Array.from(coarse(random, units)), predicted };
}

/** Makes arrangements of which some have no triplets, or none above some threshold. */
export function madeUpAgreement(random: PythonRandom, units: number): AgreementSamples {
  const ends = below(random, units, ratioThresholds.length + 1);
  const triplets = ratioThresholds.map((_, i) => below(random, units, 9).map((one, u) => (i < ends[u] ? one + 1 : 0)));
  const agreed = triplets.map((counts) => counts.map((count) => random.choices(count + 1, 1)[0]));
  return { kind: "agreement", measure: "alpha_auc", triplets, agreed };
}

export function madeUpClusters(random: PythonRandom, units: number): ClusterSamples {
  const experiments = pick(random, [1, 3]);
  const count = units === 0 ? 0 : pick(random, [1, 20, 60]);
  const levels = Array.from({ length: pick(random, [1, 2]) }, () => {
    const classes = below(random, units, pick(random, [1, 2, 6]));
    return {
      experiments: Array.from({ length: experiments }, () => {
        const drawn = below(random, count, Math.max(units, 1));
        const truth = drawn.map((document) => classes[document]);
        return { drawn, truth, found: below(random, count, pick(random, [1, 2, 6])) };
      }),
    };
  });
  return { kind: "clusters", documents: units, levels };
}

/** Makes samples of each kind with that many units. */
export const madeUp: Readonly<Record<Samples["kind"], (random: PythonRandom, units: number) => Samples>> = {
  mean: madeUpMean,
  correlation: madeUpCorrelation,
  pairs: madeUpPairs,
  labels: madeUpLabels,
  sets: madeUpSets,
  regression: madeUpRegression,
  agreement: madeUpAgreement,
  clusters: madeUpClusters,
};

/** Calls `check` with many generators, one after the other, and a number of units from 0 to 24. */
export function forManyCases(cases: number, check: (random: PythonRandom, units: number) => void): void {
  for (let seed = 0; seed < cases; seed++) {
    const random = pythonRandom(seed);
    check(random, random.choices(25, 1)[0]);
  }
}
