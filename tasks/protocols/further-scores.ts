import { InputError } from "../../datasets/errors.ts";
import { mean } from "../metrics/lists.ts";
import { cappedRecall, openRankingMeasures, type RankingMeasures } from "../metrics/retrieval.ts";
import type { MeanSamples } from "../samples.ts";
import type { Hits } from "../search/exact.ts";
import type { RankingTask, Scores } from "../task.ts";
import { judge, rankExactly, ranksOf } from "./ranked.ts";
import type { RankingRows } from "./retrieval-rows.ts";

/** Scores beside the usual ones of rankings. */
export interface FurtherScores {
  /** Takes the ranked hits of a query. */
  add(query: number, hits: Hits): void;
  /** Returns the scores once all queries have come, measured in the order of `ids`. */
  results(measures: RankingMeasures, ids: readonly string[]): Further;
}

interface Further {
  readonly scores: Scores;
  /** Samples of the score that is a mean over groups of queries. */
  readonly samples?: MeanSamples;
}

const original = "-og";
const altered = "-changed";

/** Returns what the ids of a pair of queries have in common, whose instruction differs. */
export const pairOf = (id: string): string => id.replace(/-(og|changed)$/, "");

/** Returns what the ids of queries that differ in their instruction alone begin with. */
export const variantsOf = (id: string): string => id.split("_", 1)[0];

/** The marks of the three levels in the ids of queries. */
export const levelMarks: readonly string[] = ["v1", "v2", "v3"];

/** Opens the further scores that a task asks for; undefined where it asks for none. */
export function openFurtherScores(task: RankingTask, rows: RankingRows): FurtherScores | undefined {
  switch (task.settings.furtherScores) {
    case "p-MRR":
      return openChanges(task, rows);
    case "robustness_at_10":
      return { add: () => {}, results: robustness };
    case "level_scores":
      return { add: () => {}, results: (measures, ids) => levels(task.name, measures, ids) };
    case "paired_accuracy":
      return { add: () => {}, results: (measures, ids) => pairs(task.name, measures, ids) };
    case "capped_recall":
      return openCappedRecall(task, rows);
    default:
      return undefined;
  }
}

const named = (measure: string, groups: ReadonlyMap<string, number>): MeanSamples => ({
  kind: "mean",
  measure,
  ids: [...groups.keys()],
  values: Float64Array.from(groups.values()),
});

/** The mean, over queries that differ in their instruction alone, of the least nDCG@10. Source: mteb 2.26 `robustness_at_10`. */
function robustness(measures: RankingMeasures, ids: readonly string[]): Further {
  const values = measures.valuesOf("ndcg_at_10") as Float64Array;
  const least = new Map<string, number>();
  ids.forEach((id, i) => {
    const group = variantsOf(id);
    least.set(group, Math.min(values[i], least.get(group) ?? Number.POSITIVE_INFINITY));
  });
  const name = "robustness_at_10";
  return { scores: { [name]: mean([...least.values()]) }, samples: named(name, least) };
}

/** The mean nDCG@20 of the queries of each level, which their ids tell. Source: mteb 2.26 `IFIRFiQA` and its kin. */
function levels(task: string, measures: RankingMeasures, ids: readonly string[]): Further {
  const values = measures.valuesOf("ndcg_at_20") as Float64Array;
  const levelOf = (id: string): number => levelMarks.findIndex((mark) => id.includes(mark));
  const means = levelMarks.map((mark, level) => {
    const own = values.filter((_, i) => levelOf(ids[i]) === level);
    if (own.length > 0) return [`level_${level + 1}`, mean(own)] as const;
    throw new InputError(
      `task ${task}: no judged query is of level ${level + 1}, whose ids hold "${mark}"; level_scores need all three`,
    );
  });
  return { scores: { level_scores: Object.fromEntries(means) } };
}

/**
 * The share of the pairs of queries, `ID_q1` and `ID_q2`, of which both find all their documents at the first place. Source:
 * mteb 2.26 `paired_accuracy`.
 */
function pairs(task: string, measures: RankingMeasures, ids: readonly string[]): Further {
  const values = measures.valuesOf("recall_at_1") as Float64Array;
  const recalls = new Map(ids.map((id, i) => [id, values[i]]));
  const hits = new Map<string, number>();
  for (const id of ids) {
    const stem = id.split("_", 1)[0];
    const both = [`${stem}_q1`, `${stem}_q2`];
    const missing = both.find((one) => !recalls.has(one));
    if (missing !== undefined) {
      throw new InputError(
        `task ${task}: no judged query has the id ${JSON.stringify(missing)}, which with ${JSON.stringify(id)} makes a ` +
          "pair; paired_accuracy needs both queries of each, ID_q1 and ID_q2",
      );
    }
    hits.set(stem, both.every((one) => recalls.get(one) === 1) ? 1 : 0);
  }
  const name = "paired_accuracy";
  return { scores: { [name]: mean([...hits.values()]) }, samples: named(name, hits) };
}

/**
 * The mean capped recall at each rank of the queries with a relevant document; 0 where there is no such query. Source:
 * mteb 2.26 `EPBench` and its kin.
 */
function openCappedRecall(task: RankingTask, rows: RankingRows): FurtherScores {
  const ranks = ranksOf(task);
  const recalls = new Map<string, readonly number[]>();
  return {
    add(query, hits) {
      const found = cappedRecall(judge(hits, rows, query), ranks);
      if (found !== undefined) recalls.set(rows.queries.ids[query], found);
    },
    results() {
      const nameOf = (rank: number): string => `R_cap_at_${rank}`;
      const valuesAt = (place: number): number[] => [...recalls.values()].map((values) => values[place]);
      const means = ranks.map((rank, i) => [nameOf(rank), recalls.size === 0 ? 0 : mean(valuesAt(i))] as const);
      const main = ranks.findIndex((rank) => nameOf(rank) === task.mainScore);
      const values = new Map([...recalls].map(([id, all]) => [id, all[main]]));
      return {
        scores: Object.fromEntries(means),
        ...(main < 0 || values.size === 0 ? {} : { samples: named(task.mainScore, values) }),
      };
    },
  };
}

/**
 * Measures what a changed instruction does: p-MRR over the documents that it made irrelevant, and all scores of the queries
 * with the instruction of before (`og`) and of the others (`changed`). Source: mteb 2.26 `evaluate_p_mrr_change`.
 */
function openChanges(task: RankingTask, rows: RankingRows): FurtherScores {
  const { changed = new Map<string, readonly string[]>(), queries, corpus } = rows;
  const ids = new Set(queries.ids);
  const isOriginal = (id: string): boolean => id.endsWith(original);
  const originals = [...ids].filter(isOriginal).length;
  if (originals === 0 || originals === ids.size) {
    throw new InputError(
      `task ${task.name}: ${originals === 0 ? "no" : "every"} query's id ends in ${original}; p-MRR compares pairs of ` +
        `queries, ID${original} and ID${altered}`,
    );
  }
  const ranks = ranksOf(task);
  const groups = {
    og: openRankingMeasures(originals, ranks),
    changed: openRankingMeasures(ids.size - originals, ranks),
  };
  /** Ranks of a query's changed documents, in the order of their list. */
  const places = new Map<string, readonly number[]>();
  return {
    add(query, hits) {
      const id = queries.ids[query];
      groups[isOriginal(id) ? "og" : "changed"].add(judge(hits, rows, query));
      const list = changed.get(pairOf(id));
      if (list === undefined) return;
      const { rows: ranked } = rankExactly(hits, corpus.ids);
      const placeOf = new Map(Array.from(ranked, (row, i) => [corpus.ids[row], i + 1]));
      places.set(
        id,
        list.map((document) => placeOf.get(document) ?? hits.rows.length + 1),
      );
    },
    results() {
      const values = new Map<string, number>();
      for (const stem of changed.keys()) {
        const [before, after] = [places.get(stem + original), places.get(stem + altered)];
        if (before === undefined || after === undefined || before.length === 0) continue;
        values.set(stem, mean(before.map((rank, i) => changeOf(rank, after[i]))));
      }
      if (values.size === 0) {
        throw new InputError(
          `task ${task.name}: no document of the config qrel_diff belongs to a pair of judged queries; p-MRR has nothing ` +
            "to compare",
        );
      }
      const [og, other] = [groups.og.means(), groups.changed.means()];
      return {
        scores: { "p-MRR": mean([...values.values()]), og: og.scores, changed: other.scores },
        samples: named("p-MRR", values),
      };
    },
  };
}

/** Tells how far a document fell: 0 where it stayed, towards 1 where it fell, towards −1 where it rose. */
const changeOf = (before: number, after: number): number =>
  before >= after ? 1 / before / (1 / after) - 1 : 1 - 1 / after / (1 / before);
