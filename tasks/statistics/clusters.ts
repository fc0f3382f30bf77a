import { occupied } from "../metrics/clustering.ts";
import type { ClusterExperiment, ClusterSamples } from "../samples.ts";
import { renumber, type WeightedScore } from "./weighted-score.ts";

/** Returns Σ n · ln n over the sizes and sets them to 0. */
function sumOfLogs(out: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    if (out[i] > 0) sum += out[i] * Math.log(out[i]);
    out[i] = 0;
  }
  return sum;
}

/** Different draws of an experiment. */
interface Draws {
  /** Of each draw: number of the document, times that it was drawn, and number of its cell. */
  readonly documents: Int32Array;
  readonly times: Int32Array;
  readonly cells: Int32Array;
  /** Of each cell: its class and cluster. */
  readonly classOf: Int32Array;
  readonly clusterOf: Int32Array;
  readonly classes: number;
  readonly clusters: number;
}

function groupDraws({ drawn, truth, found }: ClusterExperiment): Draws {
  const [[trueNumbers], classes] = renumber([truth]);
  const [[foundNumbers], clusters] = renumber([found]);
  const cellNumbers = new Map<number, number>();
  const draws = new Map<number, { readonly document: number; readonly cell: number; times: number }>();
  drawn.forEach((document, i) => {
    const key = trueNumbers[i] * clusters + foundNumbers[i];
    const cell = cellNumbers.get(key) ?? cellNumbers.size;
    cellNumbers.set(key, cell);
    const drawKey = document * drawn.length + cell;
    const known = draws.get(drawKey);
    if (known === undefined) draws.set(drawKey, { document, cell, times: 1 });
    else known.times++;
  });
  const different = [...draws.values()];
  const keys = [...cellNumbers.keys()];
  return {
    documents: Int32Array.from(different, ({ document }) => document),
    times: Int32Array.from(different, ({ times }) => times),
    cells: Int32Array.from(different, ({ cell }) => cell),
    classOf: Int32Array.from(keys, (key) => Math.floor(key / clusters)),
    clusterOf: Int32Array.from(keys, (key) => key % clusters),
    classes,
    clusters,
  };
}

/**
 * Computes V-measure from counts alone: with S the sum of n · ln n over cells, classes or clusters, the mutual
 * information is (S_cells − S_classes − S_clusters) / total + ln total, an entropy ln total − S / total, and the
 * harmonic mean of homogeneity and completeness twice the information over the sum of both entropies.
 */
function experimentScore(experiment: ClusterExperiment): WeightedScore {
  const { documents, times, cells, classOf, clusterOf, classes, clusters } = groupDraws(experiment);
  const cellSizes = new Float64Array(classOf.length);
  const classSizes = new Float64Array(classes);
  const clusterSizes = new Float64Array(clusters);
  return (weights) => {
    for (let i = 0; i < documents.length; i++) cellSizes[cells[i]] += weights[documents[i]] * times[i];
    let total = 0;
    for (let cell = 0; cell < cellSizes.length; cell++) {
      const size = cellSizes[cell];
      classSizes[classOf[cell]] += size;
      clusterSizes[clusterOf[cell]] += size;
      total += size;
    }
    const [trueGroups, foundGroups] = [occupied(classSizes), occupied(clusterSizes)];
    const [sCells, sClasses, sClusters] = [sumOfLogs(cellSizes), sumOfLogs(classSizes), sumOfLogs(clusterSizes)];
    if (trueGroups <= 1 && foundGroups <= 1) return 1;
    if (trueGroups === 1 || foundGroups === 1) return 0;
    const logTotal = Math.log(total);
    const information = Math.max(0, (sCells - sClasses - sClusters) / total + logTotal);
    return Math.min(1, (2 * information) / (2 * logTotal - (sClasses + sClusters) / total));
  };
}

/**
 * Returns each experiment's mean over the levels of the V-measure of `metrics/clustering.ts`, documents repeated
 * wherever they were drawn. A level scores 1 where its documents that count are of one class and in one cluster, or
 * where none was drawn, and 0 where only one of the two is so. Throws `RangeError` where levels have different numbers
 * of experiments.
 */
export function clusterScores({ levels }: ClusterSamples): WeightedScore[] {
  const experiments = levels[0]?.experiments.length ?? 0;
  if (levels.some((level) => level.experiments.length !== experiments)) {
    const counts = levels.map((level) => level.experiments.length).join(", ");
    throw new RangeError(`clusters: levels with ${counts} experiments; expected one number`);
  }
  const byLevel = levels.map((level) => level.experiments.map(experimentScore));
  return Array.from({ length: experiments }, (_, e) => (weights) => {
    let sum = 0;
    for (const scores of byLevel) sum += scores[e](weights);
    return sum / byLevel.length;
  });
}
