import { alphaAuc } from "../metrics/agreement.ts";
import type { AgreementSamples } from "../samples.ts";
import type { WeightedScore } from "./weighted-score.ts";

/** Returns the area under alpha of `metrics/agreement.ts`, arrangements repeated. NaN where none that counts has a triplet. */
export function agreementScore({ triplets, agreed }: AgreementSamples): WeightedScore {
  const summed = (lists: readonly Int32Array[], weights: Int32Array): number[] =>
    lists.map((counts) => counts.reduce((sum, count, unit) => sum + weights[unit] * count, 0));
  return (weights) => alphaAuc(summed(triplets, weights), summed(agreed, weights));
}

/** Counts the arrangements that have a triplet; the others do not change the score. */
export const tellingUnits = ({ triplets }: AgreementSamples): number => triplets[0].filter((count) => count > 0).length;
