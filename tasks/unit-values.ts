import { averageRanks } from "./metrics/correlation.ts";
import { mean } from "./metrics/lists.ts";
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
} from "./samples.ts";

/** Names of the classes that samples number. */
export type ClassNames = (number: number) => string;

/** How well each unit of samples does. */
export interface UnitValues {
  /** A value for each unit, higher is better and 1 the best; NaN for one that no experiment scored. */
  readonly values: Float64Array;
  /** What a value is, for people. */
  readonly meaning: string;
  /** The mean of the values is the main score. */
  readonly isShare: boolean;
  /** Which units count as solved, 1 or 0; absent where there is no line between solved and not. */
  readonly solved?: Uint8Array;
  /** Class that a model gives a unit most often, and the right one, by their numbers; absent where units have no class. */
  readonly classes?: (place: number) => readonly [right: number, said: number | undefined];
  /** Tells what is right for a unit, and what the model made of it; both for people. */
  readonly answer: (place: number, names: ClassNames) => { readonly wanted?: string; readonly said?: string };
}

const none = (): Record<never, never> => ({});
const decimals = (value: number): string => value.toFixed(3);

function ofMean({ values, measure = "value" }: MeanSamples): UnitValues {
  const solved = Uint8Array.from(values, (value) => Number(value > 0));
  return { values, meaning: measure, isShare: true, solved, answer: none };
}

/** Returns deviations from the mean, the sum of whose squares is 1. */
function standardized(values: ArrayLike<number>): Float64Array {
  const centre = mean(values);
  const deviations = Float64Array.from(values, (value) => value - centre);
  const length = Math.sqrt(deviations.reduce((sum, one) => sum + one * one, 0));
  return deviations.map((one) => one / length);
}

const correlationNames = { spearman: "Spearman's", pearson: "Pearson's" } as const;

/**
 * A correlation is 1 less half the sum of the squared distances of both standardized lists: a unit's value is 1 less its
 * distance's part of that.
 */
function ofCorrelation({ measure, gold, scores }: CorrelationSamples): UnitValues {
  const list = (values: ArrayLike<number>): ArrayLike<number> =>
    measure === "spearman" ? averageRanks(values) : values;
  const [x, y] = [standardized(list(gold)), standardized(list(scores))];
  const ranks = [averageRanks(gold), averageRanks(scores)];
  const percentile = (rank: number): string => `${Math.round((100 * (rank - 0.5)) / gold.length)} %`;
  return {
    values: x.map((one, u) => 1 - (gold.length * (one - y[u]) ** 2) / 2),
    meaning: `how near its score stands to its place, 1 at most; their mean is ${correlationNames[measure]} correlation`,
    isShare: true,
    answer: (u) => ({
      wanted: `${decimals(gold[u])}, above ${percentile(ranks[0][u])}`,
      said: `${decimals(scores[u])}, above ${percentile(ranks[1][u])}`,
    }),
  };
}

/** Returns for each unit the share of the units of the other class that lie on the right side of it, ties counting half. */
function placement(labels: Uint8Array, scores: Float32Array): Float64Array {
  const all = averageRanks(scores);
  const own = [0, 1].map((label) => {
    const units = [...labels.keys()].filter((u) => labels[u] === label);
    const ranks = averageRanks(units.map((u) => scores[u]));
    return { count: units.length, rankOf: new Map(units.map((u, i) => [u, ranks[i]])) };
  });
  return Float64Array.from(labels, (label, u) => {
    const other = own[1 - label].count;
    const below = (all[u] - (own[label].rankOf.get(u) as number)) / other;
    return label === 1 ? below : 1 - below;
  });
}

function ofPairs({ labels, scores }: PairSamples): UnitValues {
  const placed = Object.entries(scores).map(([name, own]) => ({ name, own, values: placement(labels, own) }));
  const [best] = placed.sort((a, b) => mean(b.values) - mean(a.values));
  const side = (label: number): string => (label === 1 ? "together" : "apart");
  return {
    values: best.values,
    meaning: "share of the pairs of the other label on the right side",
    isShare: false,
    solved: Uint8Array.from(best.values, (value) => Number(value >= 0.5)),
    answer: (u) => ({ wanted: side(labels[u]), said: `${best.name} ${decimals(best.own[u])}` }),
  };
}

/** Returns the numbers that occur in the list, the most frequent first. */
function byFrequency(numbers: readonly number[]): readonly (readonly [number: number, times: number])[] {
  const counts = new Map<number, number>();
  for (const one of numbers) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function ofLabels({ truth, predicted }: LabelSamples): UnitValues {
  const saidOf = (u: number): number[] => predicted.map((labels) => labels[u]).filter((label) => label >= 0);
  const values = Float64Array.from(truth, (label, u) => {
    const said = saidOf(u);
    return said.filter((one) => one === label).length / said.length;
  });
  return {
    values,
    meaning: predicted.length === 1 ? "whether it is right" : "share of the experiments that are right",
    isShare: false,
    solved: Uint8Array.from(values, (value) => Number(value >= 0.5)),
    classes: (u) => [truth[u], byFrequency(saidOf(u))[0]?.[0]],
    answer: (u, names) => ({
      wanted: names(truth[u]),
      said: byFrequency(saidOf(u))
        .slice(0, 3)
        .map(([label, times]) => (predicted.length === 1 ? names(label) : `${names(label)} ${times} ×`))
        .join(", "),
    }),
  };
}

function ofSets({ labels, truth, predicted }: SetSamples): UnitValues {
  const rows = labels === 0 ? 0 : truth.length / labels;
  const cellsOf = (cells: Uint8Array, row: number): Uint8Array => cells.subarray(row * labels, (row + 1) * labels);
  const f1 = (right: Uint8Array, said: Uint8Array): number => {
    const [both, all] = [right.filter((one, i) => one === 1 && said[i] === 1).length, sum(right) + sum(said)];
    return all === 0 ? 1 : (2 * both) / all;
  };
  const values = Float64Array.from({ length: rows }, (_, row) =>
    mean(predicted.map((cells) => f1(cellsOf(truth, row), cellsOf(cells, row)))),
  );
  const listed = (cells: Uint8Array, names: ClassNames): string =>
    [...cells.keys()]
      .filter((label) => cells[label] === 1)
      .map(names)
      .join(", ") || "none";
  return {
    values,
    meaning: "F1 of the row's labels",
    isShare: false,
    solved: Uint8Array.from(values, (value) => Number(value >= 0.5)),
    answer: (row, names) => ({
      wanted: listed(cellsOf(truth, row), names),
      ...(predicted[0] && { said: listed(cellsOf(predicted[0], row), names) }),
    }),
  };
}

const sum = (cells: Uint8Array): number => cells.reduce((total, one) => total + one, 0);

/** R² is 1 less the mean squared error over the spread: a unit's value is 1 less its own. */
function ofRegression({ measure, truth, predicted }: RegressionSamples): UnitValues {
  const centre = mean(truth);
  const spread = mean(truth.map((value) => (value - centre) ** 2));
  const errorOf = (u: number): number => mean(predicted.map((values) => (truth[u] - values[u]) ** 2));
  return {
    values: truth.map((_, u) => 1 - errorOf(u) / spread),
    meaning: "1 less the squared error over the spread of the values",
    isShare: measure === "r2",
    answer: (u) => ({ wanted: decimals(truth[u]), said: decimals(mean(predicted.map((values) => values[u]))) }),
  };
}

/** The agreement of an arrangement's own triplets, of all thresholds together; NaN where it has none. */
function ofAgreement({ triplets, agreed }: AgreementSamples): UnitValues {
  const total = (lists: readonly Int32Array[], u: number): number => lists.reduce((all, counts) => all + counts[u], 0);
  return {
    values: Float64Array.from(triplets[0], (_, u) => (2 * total(agreed, u)) / total(triplets, u) - 1),
    meaning: "agreement of its triplets",
    isShare: false,
    answer: none,
  };
}

/** The mean, over experiments that drew a document, of the share of its cluster that is of its class. */
function ofClusters({ documents, levels }: ClusterSamples): UnitValues {
  const [sums, times] = [new Float64Array(documents), new Float64Array(documents)];
  for (const { drawn, truth, found } of levels.flatMap(({ experiments }) => experiments)) {
    const sizes = new Map<number, number>();
    const shares = new Map<string, number>();
    found.forEach((cluster, i) => {
      const key = `${cluster} ${truth[i]}`;
      sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
      shares.set(key, (shares.get(key) ?? 0) + 1);
    });
    drawn.forEach((document, i) => {
      sums[document] += (shares.get(`${found[i]} ${truth[i]}`) as number) / (sizes.get(found[i]) as number);
      times[document] += 1;
    });
  }
  return {
    values: sums.map((total, document) => total / times[document]),
    meaning: "share of its cluster that is of its class",
    isShare: false,
    answer: none,
  };
}

/** Returns how well each unit of samples does. */
export function unitValues(samples: Samples): UnitValues {
  switch (samples.kind) {
    case "mean":
      return ofMean(samples);
    case "correlation":
      return ofCorrelation(samples);
    case "pairs":
      return ofPairs(samples);
    case "labels":
      return ofLabels(samples);
    case "sets":
      return ofSets(samples);
    case "regression":
      return ofRegression(samples);
    case "agreement":
      return ofAgreement(samples);
    case "clusters":
      return ofClusters(samples);
  }
}
