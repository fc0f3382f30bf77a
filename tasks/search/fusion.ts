import type { Fusion, FusionRule } from "../../models/hybrid.ts";
import type { HitScores, Hits } from "./exact.ts";

/** What a document whose scores are all equal to the others' is worth between 0 and 1. */
const amongEquals = 0.5;

/** Returns what each document of a ranking, best first, is worth in the sum. */
function worthOf(scores: HitScores, rule: FusionRule): (place: number) => number {
  switch (rule.method) {
    case "rrf":
      return (place) => 1 / (rule.constant + place + 1);
    case "minmax": {
      const [most, least] = [scores[0], scores[scores.length - 1]];
      return most === least ? () => amongEquals : (place) => (scores[place] - least) / (most - least);
    }
    default:
      return rule satisfies never;
  }
}

/**
 * Fuses rankings of one query, each best first, into the weighted sums of what a document is worth in each; one that a
 * ranking lacks is worth nothing there. Returns each document of any ranking once, unsorted, its sum in float64. Ranks
 * count from 1, and differ where scores are equal. Sources: Cormack, Clarke and Büttcher 2009 (reciprocal rank fusion); mteb 2.26
 * `fuse_rrf`, `fuse_relative_score_fusion`.
 */
export function fuse(rankings: readonly Hits[], { rule, weights }: Fusion): Hits {
  const sums = new Map<number, number>();
  for (const [i, { rows, scores }] of rankings.entries()) {
    const weight = weights?.[i] ?? 1 / rankings.length;
    const worth = worthOf(scores, rule);
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place];
      sums.set(row, (sums.get(row) ?? 0) + weight * worth(place));
    }
  }
  return { rows: Int32Array.from(sums.keys()), scores: Float64Array.from(sums.values()) };
}
