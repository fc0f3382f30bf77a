import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { pairwiseSum64, standardDeviation } from "./float64.ts";
import { cutoffs, openRankingMeasures, type RankingScores } from "./retrieval.ts";
import { type ByQuery, scoreRun } from "./testing/score-run.ts";

interface Case {
  readonly name: string;
  readonly qrels: ByQuery;
  readonly run: ByQuery;
  readonly scores: Record<string, number | null>;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));

/** Rounded scores are equal; the others are float64 sums of some hundred terms, nearly in the reference's order. */
function expectScores({ scores }: RankingScores, expected: Case["scores"], tolerance = 1e-12): void {
  expect(Object.keys(scores)).toEqual(Object.keys(expected));
  for (const [name, score] of Object.entries(expected)) {
    if (score === null) expect(scores[name], name).toBeNaN();
    else if (/^(nauc|mrr)/.test(name)) expect(Math.abs(scores[name] - score), name).toBeLessThan(tolerance);
    else expect(scores[name], name).toBe(score);
  }
}

describe("ranking measures", () => {
  it.each<Case>(read("retrieval-more").cases)("are mteb's: $name", ({ qrels, run, scores }) => {
    expectScores(scoreRun(run, qrels), scores);
  });

  it.each<Case>(read("retrieval-scores").cases.map((entry: Case, i: number) => ({ ...entry, name: `golden ${i}` })))(
    "are mteb's: $name",
    ({ qrels, run, scores }) => {
      expectScores(scoreRun(run, qrels), scores);
    },
  );

  it.each<Case & Record<string, Record<string, number>>>(read("retrieval-edges").cases)(
    "are mteb's at the edges: $name",
    ({ name, qrels, run, ...expected }) => {
      const { scores } = scoreRun(run, qrels);
      const spelled = {
        ndcg: "ndcg",
        map: "map",
        recall: "recall",
        precision: "precision",
        mrr: "mrr",
        hitRate: "hit_rate",
      };
      for (const [measure, spelling] of Object.entries(spelled)) {
        // mteb ranks in float64 for this measure alone; scores of embeddings are float32, where the two agree.
        if (name === "float32 ties" && measure === "mrr") continue;
        const found = cutoffs.map((cutoff) => scores[`${spelling}_at_${cutoff}`]);
        expect(found, measure).toEqual(Object.values(expected[measure]));
      }
    },
  );

  // mteb 2.26.24, calculate_retrieval_scores of this run.
  it("order queries as mteb does where infinite scores leave no deviation and no distance", () => {
    const infinite = Number.POSITIVE_INFINITY;
    const run = {
      q0: { a: infinite, b: 1 },
      q1: { a: 3, b: 1 },
      q2: { b: infinite },
      q3: { b: 2, a: 2 },
      q4: { a: infinite, b: infinite, c: 0 },
      q5: { c: 5, a: 1 },
    };
    const { scores } = scoreRun(run, Object.fromEntries(Object.keys(run).map((id) => [id, { a: 1 }])));
    const expected = {
      nauc_ndcg_at_1_max: -0.010638297872340491,
      nauc_ndcg_at_1_std: -0.38297872340425504,
      nauc_ndcg_at_1_diff1: 0.0957446808510639,
      nauc_map_at_3_max: -0.22344322344322345,
      nauc_map_at_3_std: -0.44322344322344315,
      nauc_map_at_3_diff1: 0.33333333333333315,
    };
    for (const [name, score] of Object.entries(expected)) expect(scores[name], name).toBeCloseTo(score, 12);
  });

  it("are pytrec_eval's, query by query", () => {
    interface PerQuery extends Omit<Case, "scores"> {
      readonly per_query: Record<string, Record<string, number>>;
    }
    const spelled = { P: "precision", recall: "recall", ndcg_cut: "ndcg", map_cut: "map" };
    const cases: PerQuery[] = read("ranking").ranking;
    for (const { qrels, run, per_query } of cases) {
      for (const [query, expected] of Object.entries(per_query)) {
        const { scores } = scoreRun({ [query]: run[query] }, { [query]: qrels[query] });
        for (const [key, value] of Object.entries(expected)) {
          const [, measure, cutoff] = key.match(/^(.*)_(\d+)$/) as unknown as [string, keyof typeof spelled, string];
          expect(Math.abs(scores[`${spelled[measure]}_at_${cutoff}`] - value)).toBeLessThanOrEqual(0.5e-5 + 1e-12);
        }
      }
    }
  });

  it.each<{ count: number; sum: number; std: number }>(read("retrieval-more").sums)(
    "add up $count values as numpy does",
    ({ count, sum, std }) => {
      const values = Float64Array.from({ length: count }, (_, i) => ((i * 7919) % 1000) / 7);
      expect(pairwiseSum64(values)).toBe(sum);
      expect(standardDeviation(values)).toBe(std);
    },
  );

  it("say why an area is undefined", () => {
    const one = scoreRun({ q: { a: 1, b: 0.5 } }, { q: { a: 1 } });
    expect(one.scores["nauc_map_at_1_max"]).toBeNaN();
    expect(one.undefinedScores["nauc_map_at_1_max"]).toBe("leaving queries unanswered needs two or more");
    const missing = Object.keys(one.scores).filter((name) => Number.isNaN(one.scores[name]));
    expect(Object.keys(one.undefinedScores)).toEqual(missing);
    const alike = scoreRun({ q: { a: 1 }, r: { a: 0.5 } }, { q: { a: 1 }, r: { a: 1 } });
    expect(alike.undefinedScores["nauc_mrr_at_1000_std"]).toBe(
      "all queries score alike, so that nothing is gained by leaving some unanswered",
    );
  });

  it("hand out the values that a mean is of, unrounded, in the order of the queries", () => {
    const measures = openRankingMeasures(3);
    for (const gains of [[0, 1], [1, 0], []]) measures.add({ scores: gains.map((_, i) => -i), gains, relevant: [1] });
    expect(measures.valuesOf("ndcg_at_10")).toEqual(Float64Array.of(1 / Math.log2(3), 1, 0));
    expect(measures.valuesOf("ndcg_at_1")).toEqual(Float64Array.of(0, 1, 0));
    expect(measures.valuesOf("map_at_1000")).toEqual(Float64Array.of(0.5, 1, 0));
    expect(measures.valuesOf("accuracy")).toEqual(measures.valuesOf("recall_at_1"));
    const { scores } = measures.means();
    for (const [name, score] of Object.entries(scores).filter(([one]) => !one.startsWith("nauc"))) {
      const values = measures.valuesOf(name) ?? expect.unreachable();
      expect(values.reduce((sum, value) => sum + value, 0) / 3, name).toBeCloseTo(score, 5);
    }
  });

  it.each(["nauc_ndcg_at_10_max", "ndcg_at_11", "ndcg", "toString"])("have no values for %s", (name) => {
    const measures = openRankingMeasures(1);
    measures.add({ scores: [1], gains: [1], relevant: [1] });
    expect(measures.valuesOf(name)).toBeUndefined();
  });

  it("refuse a number of queries other than the announced one", () => {
    expect(() => openRankingMeasures(0)).toThrow("ranking measures: 0 queries; at least one is needed");
    const measures = openRankingMeasures(1);
    expect(() => measures.means()).toThrow("ranking measures: 0 queries came of 1");
    measures.add({ scores: [], gains: [], relevant: [] });
    expect(() => measures.add({ scores: [], gains: [], relevant: [] })).toThrow(
      "ranking measures: more than the 1 queries announced",
    );
    expect(measures.means().scores["ndcg_at_10"]).toBe(0);
  });

  it("hold their laws: between 0 and 1, rising with the cut-off, perfect for a perfect ranking", () => {
    const random = pythonRandom(11);
    const draw = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}`, Math.fround(random.random())]));
    const names = Array.from({ length: 30 }, (_, i) => `q${i}`);
    const run = Object.fromEntries(names.map((name) => [name, draw(200)]));
    const judge = (scores: Record<string, number>) =>
      Object.fromEntries(Object.entries(scores).map(([id, score]) => [id, Math.floor(score * 4) - 1]));
    const perfect = scoreRun(run, Object.fromEntries(names.map((name) => [name, judge(run[name])]))).scores;
    for (const cutoff of cutoffs) {
      expect(perfect[`ndcg_at_${cutoff}`]).toBe(1);
      expect(perfect[`mrr_at_${cutoff}`]).toBe(1);
    }
    expect(perfect["map_at_1000"]).toBe(1);
    const other = scoreRun(run, Object.fromEntries(names.map((name) => [name, judge(draw(200))]))).scores;
    for (const measure of ["recall", "mrr", "hit_rate", "map"]) {
      const values = cutoffs.map((cutoff) => other[`${measure}_at_${cutoff}`]);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });
});
