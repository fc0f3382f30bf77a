import { type AbstentionOrder, abstentionOrder, confidenceOf, normalizedAreas } from "./nauc.ts";
import { roundHalfEven } from "./rounding.ts";

/** Ranks at which every measure is taken, ascending, where a task names no more. */
export const cutoffs = [1, 3, 5, 10, 20, 100, 1000] as const;

/** Number of documents of a ranking that count: those up to the last cut-off. */
export const rankedDocuments = 1000;

/** Decimal places to which mteb rounds means, but for those of the reciprocal rank. */
const meanPlaces = 5;

/** Documents found for one query. */
export interface RankedQuery {
  /** Scores of the found documents, best first; those beyond the last cut-off count for confidence only. */
  readonly scores: ArrayLike<number>;
  /** The same in the order of mteb's table, which their standard deviation takes; `scores` where it is left out. */
  readonly listed?: ArrayLike<number>;
  /** Judgements of the same documents, ranked by their scores in float32; 0 for those without; a negative one counts as 0. */
  readonly gains: ArrayLike<number>;
  /**
   * The same in the order of `scores`, which is another one where those of float64 differ by less than float32 tells;
   * `gains` where it is left out. mteb takes the reciprocal rank and the capped recall of this order, and the other
   * measures, pytrec_eval's, of the other.
   */
  readonly exactGains?: ArrayLike<number>;
  /** The query's positive judgements, of all documents, in any order. */
  readonly relevant: ArrayLike<number>;
}

/** Means over the queries by mteb's names, in its order, and the reasons of those that are NaN. */
export interface RankingScores {
  readonly scores: Readonly<Record<string, number>>;
  readonly undefinedScores: Readonly<Record<string, string>>;
}

/** Measures of rankings that come one by one; a few numbers per query are kept. */
export interface RankingMeasures {
  /** Throws `RangeError` beyond the announced number of queries. */
  add(query: RankedQuery): void;
  /** The means over the announced queries. Throws `RangeError` where some have not come. */
  means(): RankingScores;
  /**
   * Returns the queries' values of the mean of that name, unrounded, in the order in which queries were added;
   * undefined for a name that is no mean over queries. Throws as `means` does.
   */
  valuesOf(name: string): Float64Array | undefined;
}

/** Values of all queries, a row of `cutoffs.length` per query but for the last two. */
interface Kept {
  readonly cutoffs: readonly number[];
  readonly ndcg: Float64Array;
  readonly precisions: Float64Array;
  /** Relevant documents up to each cut-off. */
  readonly found: Uint16Array;
  /** All relevant documents, [queries]. */
  readonly relevant: Uint32Array;
  /** Rank of the first relevant document, from 1; 0 where none was found, [queries]. */
  readonly firstRank: Uint16Array;
}

const discounts = Float64Array.from({ length: rankedDocuments }, (_, rank) => Math.log2(rank + 2));

/** Computes the discounted gain of the best possible order up to each cut-off, [cutoffs]. */
function idealGains(relevant: ArrayLike<number>, cutoffs: readonly number[]): number[] {
  const sorted = new Int32Array(relevant).sort().reverse();
  let sum = 0;
  let rank = 0;
  return cutoffs.map((cutoff) => {
    for (; rank < Math.min(cutoff, sorted.length); rank++) sum += sorted[rank] / discounts[rank];
    return sum;
  });
}

const cellOf = ({ cutoffs }: Kept, row: number, c: number): number => row * cutoffs.length + c;

/** Returns the rank of the first relevant document, from 1; 0 where there is none up to the last cut-off. */
function firstRankOf(gains: ArrayLike<number>, cutoffs: readonly number[]): number {
  const end = Math.min(cutoffs[cutoffs.length - 1], gains.length);
  for (let i = 0; i < end; i++) if (gains[i] > 0) return i + 1;
  return 0;
}

/** Measures query number `row`. Formulas of trec_eval 9: `m_ndcg_cut`, `m_map_cut`, `m_recall`, `m_P`, `m_success`. */
function measure(out: Kept, row: number, { gains, exactGains = gains, relevant }: RankedQuery): void {
  const ideal = idealGains(relevant, out.cutoffs);
  let gained = 0;
  let precisions = 0;
  let found = 0;
  let rank = 0;
  out.relevant[row] = relevant.length;
  out.firstRank[row] = firstRankOf(exactGains, out.cutoffs);
  out.cutoffs.forEach((cutoff, c) => {
    for (; rank < Math.min(cutoff, gains.length); rank++) {
      const gain = gains[rank];
      if (gain <= 0) continue;
      found++;
      gained += gain / discounts[rank];
      precisions += found / (rank + 1);
    }
    const cell = cellOf(out, row, c);
    out.found[cell] = found;
    if (relevant.length === 0) return;
    out.ndcg[cell] = gained / ideal[c];
    out.precisions[cell] = precisions / relevant.length;
  });
}

/** Measures of one query at the cut-off of number c, by mteb's names. */
const cells = {
  ndcg: (kept, row, c) => kept.ndcg[cellOf(kept, row, c)],
  map: (kept, row, c) => kept.precisions[cellOf(kept, row, c)],
  recall: (kept, row, c) => (kept.relevant[row] === 0 ? 0 : kept.found[cellOf(kept, row, c)] / kept.relevant[row]),
  precision: (kept, row, c) => kept.found[cellOf(kept, row, c)] / kept.cutoffs[c],
  mrr: ({ cutoffs, firstRank }, row, c) =>
    firstRank[row] > 0 && firstRank[row] <= cutoffs[c] ? 1 / firstRank[row] : 0,
  hit_rate: (kept, row, c) => (kept.found[cellOf(kept, row, c)] > 0 ? 1 : 0),
} satisfies Record<string, (kept: Kept, row: number, c: number) => number>;

type Measure = keyof typeof cells;

const measuresWithArea: readonly Measure[] = ["ndcg", "map", "recall", "precision", "mrr"];
const confidenceNames = ["max", "std", "diff1"] as const;

type Entry = readonly [name: string, score: number];

/** Computes a measure of all queries at the cut-off of number c, [queries]. */
const valuesAt = (kept: Kept, name: Measure, c: number): Float64Array =>
  Float64Array.from(kept.relevant, (_, row) => cells[name](kept, row, c));

/** Finds the measure and the number of the cut-off of a mean by its name; undefined where there is none of that name. */
function meanOf(name: string, cutoffs: readonly number[]): readonly [Measure, number] | undefined {
  if (name === "accuracy") return ["recall", 0];
  const measures = Object.keys(cells) as Measure[];
  return measures
    .flatMap((measure) => cutoffs.map((_, c) => [measure, c] as const))
    .find(([measure, c]) => `${measure}_at_${cutoffs[c]}` === name);
}

/** Averages one measure at each cut-off. */
function meansOf(kept: Kept, name: Measure): Entry[] {
  const queries = kept.relevant.length;
  return kept.cutoffs.map((cutoff, c) => {
    let sum = 0;
    for (let row = 0; row < queries; row++) sum += cells[name](kept, row, c);
    const mean = sum / queries;
    return [`${name}_at_${cutoff}`, name === "mrr" ? mean : roundHalfEven(mean, meanPlaces)];
  });
}

/** Computes the normalized areas of one measure, for each cut-off and confidence. */
function areasOf(kept: Kept, name: Measure, orders: readonly AbstentionOrder[]): Entry[] {
  return kept.cutoffs.flatMap((cutoff, c) => {
    const areas = normalizedAreas(valuesAt(kept, name, c), orders);
    return areas.map((area, i): Entry => [`nauc_${name}_at_${cutoff}_${confidenceNames[i]}`, area]);
  });
}

function scoresOf(kept: Kept, confidences: readonly Float64Array[]): RankingScores {
  const orders = confidences.map(abstentionOrder);
  const recall = meansOf(kept, "recall");
  const entries: Entry[] = [
    ...meansOf(kept, "ndcg"),
    ...meansOf(kept, "map"),
    ...recall,
    ["accuracy", recall[0][1]],
    ...meansOf(kept, "precision"),
    ...meansOf(kept, "mrr"),
    ...measuresWithArea.flatMap((name) => areasOf(kept, name, orders)),
    ...meansOf(kept, "hit_rate"),
  ];
  const reason =
    kept.relevant.length === 1
      ? "leaving queries unanswered needs two or more"
      : "all queries score alike, so that nothing is gained by leaving some unanswered";
  const missing = entries.filter(([, score]) => Number.isNaN(score));
  return {
    scores: Object.fromEntries(entries),
    undefinedScores: Object.fromEntries(missing.map(([name]) => [name, reason])),
  };
}

/**
 * Takes rankings one by one and gives the means over all queries at the given ranks: nDCG, mean average precision,
 * recall (with `accuracy`, recall at 1), precision, reciprocal rank and hit rate, 0 … 1, and the normalized area under
 * the abstention curve of each but the last for three confidences. A query without relevant documents, and one for
 * which nothing was found, scores 0. All means but those of the reciprocal rank are rounded to five places.
 * Source: mteb 2.26 `calculate_retrieval_scores`, pytrec_eval.
 * @param queries number of queries to come, at least one
 * @param ranks ascending, the first 1, up to 1000
 */
export function openRankingMeasures(queries: number, ranks: readonly number[] = cutoffs): RankingMeasures {
  if (queries < 1) throw new RangeError(`ranking measures: ${queries} queries; at least one is needed`);
  const kept: Kept = {
    cutoffs: ranks,
    ndcg: new Float64Array(queries * ranks.length),
    precisions: new Float64Array(queries * ranks.length),
    found: new Uint16Array(queries * ranks.length),
    relevant: new Uint32Array(queries),
    firstRank: new Uint16Array(queries),
  };
  const confidences = confidenceNames.map(() => new Float64Array(queries));
  let added = 0;
  const requireAll = (): void => {
    if (added < queries) throw new RangeError(`ranking measures: ${added} queries came of ${queries}`);
  };
  return {
    add(query) {
      if (added === queries) throw new RangeError(`ranking measures: more than the ${queries} queries announced`);
      measure(kept, added, query);
      const confidence = confidenceOf(query.scores, query.listed);
      confidenceNames.forEach((name, i) => {
        confidences[i][added] = confidence[name];
      });
      added++;
    },
    means() {
      requireAll();
      return scoresOf(kept, confidences);
    },
    valuesOf(name) {
      requireAll();
      const mean = meanOf(name, ranks);
      return mean && valuesAt(kept, ...mean);
    },
  };
}

/**
 * Computes, at each rank, the share of the relevant documents that are found up to it of those that could be: at most as
 * many as the rank; 0 … 1, and undefined for a query without a relevant document. Source: mteb 2.26 `recall_cap`.
 */
export function cappedRecall(
  { gains, exactGains = gains, relevant }: Omit<RankedQuery, "scores">,
  ranks: readonly number[],
): number[] | undefined {
  if (relevant.length === 0) return undefined;
  return ranks.map((rank) => {
    let found = 0;
    for (let i = 0; i < Math.min(rank, exactGains.length); i++) if (exactGains[i] > 0) found++;
    return found / Math.min(rank, relevant.length);
  });
}
