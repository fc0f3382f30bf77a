import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cutoffs, openRankingMeasures } from "../metrics/retrieval.ts";
import type { ByQuery } from "../metrics/testing/score-run.ts";
import { openStatistic } from "../statistic.ts";
import type { RankingTask } from "../task.ts";
import { openFurtherScores } from "./further-scores.ts";
import { judge, rankHits, ranksOf } from "./ranked.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { lookupContext, memoryDataset } from "./testing/memory.ts";
import { runRows } from "./testing/run-rows.ts";

type Further = RankingTask["settings"]["furtherScores"];
const taskOf = (furtherScores: Further, mainScore: string) =>
  ({
    ...madeUpTask,
    type: "InstructionRetrieval",
    mainScore,
    settings: { ignoreIdenticalIds: false, ...(furtherScores === undefined ? {} : { furtherScores }) },
  }) as const;

/** Documents at 1 … 9; a query at x finds the nearest first. */
const corpus = { _id: ["d1", "d2", "d3", "d4"], text: ["1", "2", "3", "4"] };
const context = lookupContext((text) => [Number(text)], { similarity: "euclidean" });

interface Parts {
  readonly queries: Readonly<Record<string, string>>;
  readonly judged: readonly (readonly [string, string])[];
  readonly changed?: Readonly<Record<string, readonly string[]>>;
  readonly ranked?: Readonly<Record<string, readonly string[]>>;
}

function dataOf({ queries, judged, changed, ranked }: Parts) {
  const lists = (of: Readonly<Record<string, readonly string[]>>) => ({
    "query-id": Object.keys(of),
    "corpus-ids": Object.values(of),
  });
  return memoryDataset({
    corpus: { test: corpus },
    queries: { test: { _id: Object.keys(queries), text: Object.values(queries) } },
    default: {
      test: {
        "query-id": judged.map(([query]) => query),
        "corpus-id": judged.map(([, document]) => document),
        score: judged.map(() => 1),
      },
    },
    ...(changed ? { qrel_diff: { qrel_diff: lists(changed) } } : {}),
    ...(ranked ? { top_ranked: { test: lists(ranked) } } : {}),
  });
}

async function evaluate(further: Further, mainScore: string, parts: Parts) {
  const task = taskOf(further, mainScore);
  const rows = await retrievalProtocol.read(task, "default", "test", dataOf(parts));
  return retrievalProtocol.evaluate(task, rows, context);
}

const pair: Parts = {
  queries: { "a-og": "1.1", "a-changed": "3.9", "b-og": "2", "b-changed": "2" },
  judged: [
    ["a-og", "d1"],
    ["a-changed", "d4"],
    ["b-og", "d2"],
    ["b-changed", "d3"],
  ],
};

describe("p-MRR", () => {
  it("is above 0 where documents fell, 0 where they stayed, below 0 where they rose", async () => {
    // d1 falls from 1 to 4, d4 rises from 4 to 1.
    const fell = await evaluate("p-MRR", "p-MRR", { ...pair, changed: { a: ["d1"] } });
    expect(fell.scores["p-MRR"]).toBe(1 - 1 / 4);
    const rose = await evaluate("p-MRR", "p-MRR", { ...pair, changed: { a: ["d4"] } });
    expect(rose.scores["p-MRR"]).toBe(-(1 - 1 / 4));
    const both = await evaluate("p-MRR", "p-MRR", { ...pair, changed: { a: ["d1"], b: ["d1", "d2"] } });
    expect(both.scores["p-MRR"]).toBe((1 - 1 / 4 + 0) / 2);
    expect(both.samples && openStatistic(both.samples).scores()[0]).toBe(both.scores["p-MRR"]);
    expect(both.samples).toMatchObject({ ids: ["a", "b"] });
  });

  it("counts a document that was not found as the one behind the last", async () => {
    const { scores } = await evaluate("p-MRR", "p-MRR", { ...pair, changed: { a: ["elsewhere"], b: [] } });
    expect(scores["p-MRR"]).toBe(0);
  });

  it("goes with all scores of either instruction", async () => {
    const { scores } = await evaluate("p-MRR", "ndcg_at_10", { ...pair, changed: { a: ["d1"], gone: ["d1"] } });
    expect(scores["og"]).toMatchObject({ ndcg_at_1: 1 });
    expect(scores["changed"]).toMatchObject({ ndcg_at_1: 0.5 });
    expect(scores["ndcg_at_1"]).toBe(0.75);
    expect(Object.keys(scores["og"] as object)).toHaveLength(148);
  });

  it.each([
    [{ ...pair, changed: { a: [] } }, "p-MRR has nothing to compare"],
    [{ ...pair, changed: { c: ["d1"] } }, "p-MRR has nothing to compare"],
    [pair, 'has no config "qrel_diff", which p-MRR needs'],
    [{ queries: { a: "1" }, judged: [["a", "d1"]], changed: { a: ["d1"] } }, "no query's id ends in -og"],
    [{ queries: { "a-og": "1" }, judged: [["a-og", "d1"]], changed: { a: ["d1"] } }, "every query's id ends in -og"],
  ] as const)("refuses what it cannot compare: case %#", async (parts, message) => {
    await expect(evaluate("p-MRR", "p-MRR", parts)).rejects.toThrow(message);
  });
});

describe("robustness", () => {
  it("is the least nDCG of the queries that differ in their instruction alone", async () => {
    const parts = {
      queries: { a_0: "1", a_1: "2", b_0: "3" },
      judged: [
        ["a_0", "d1"],
        ["a_1", "d1"],
        ["b_0", "d3"],
      ],
    } as const;
    const { scores, samples } = await evaluate("robustness_at_10", "robustness_at_10", parts);
    // The document is second for a_1, or third.
    const least = (scores["robustness_at_10"] as number) * 2 - 1;
    expect([1 / Math.log2(3), 1 / Math.log2(4)].some((value) => Math.abs(value - least) < 1e-12)).toBe(true);
    expect(samples).toMatchObject({ measure: "robustness_at_10", ids: ["a", "b"] });
    expect((await evaluate("robustness_at_10", "ndcg_at_10", parts)).samples).toMatchObject({ measure: "ndcg_at_10" });
  });
});

describe("scores by level", () => {
  const parts = {
    queries: { "x-v1": "1", "x-v2": "2", "x-v3": "4" },
    judged: [
      ["x-v1", "d1"],
      ["x-v2", "d2"],
      ["x-v3", "d1"],
    ],
  } as const;

  it("are means over the queries whose ids name the level", async () => {
    const { scores } = await evaluate("level_scores", "ndcg_at_20", parts);
    expect(scores["level_scores"]).toEqual({ level_1: 1, level_2: 1, level_3: 1 / Math.log2(5) });
  });

  it("need all three", async () => {
    const two = { queries: { "x-v1": "1", "x-v3": "2" }, judged: parts.judged.filter(([id]) => id !== "x-v2") };
    await expect(evaluate("level_scores", "ndcg_at_20", two)).rejects.toThrow('level 2, whose ids hold "v2"');
  });
});

describe("capped recall and pairs of queries", () => {
  interface Case {
    readonly name: string;
    readonly ranks: readonly number[];
    readonly run: ByQuery;
    readonly qrels: ByQuery;
    readonly scores: Readonly<Record<string, number | null>>;
    readonly paired: number;
  }
  const cases: readonly Case[] = JSON.parse(
    readFileSync(new URL("../metrics/fixtures/retrieval-ranks.json", import.meta.url), "utf8"),
  ).cases;

  /** Scores a run as the protocol does. */
  function scoreRun({ run, qrels, ranks }: Case, furtherScores: Further, mainScore: string) {
    const furtherRanks = ranks.filter((rank) => !(cutoffs as readonly number[]).includes(rank));
    const plain = taskOf(furtherScores, mainScore);
    const task: RankingTask = { ...plain, settings: { ...plain.settings, furtherRanks } };
    const { rows, hits } = runRows(run, qrels);
    const measures = openRankingMeasures(hits.length, ranksOf(task));
    const further = openFurtherScores(task, rows) ?? expect.unreachable();
    hits.forEach((found, query) => {
      const ranked = rankHits(found, rows.corpus.ids);
      measures.add(judge(ranked, rows, query));
      further.add(query, ranked);
    });
    const { scores, samples } = further.results(measures, rows.queries.ids);
    return { scores: { ...measures.means().scores, ...scores }, samples };
  }

  it.each(cases)("are mteb's, at more ranks than the usual ones: $name", (made) => {
    const { scores, samples } = scoreRun(made, "capped_recall", "R_cap_at_10");
    expect(Object.keys(scores)).toEqual(Object.keys(made.scores));
    for (const [name, score] of Object.entries(made.scores)) {
      if (score === null) expect(scores[name], name).toBeNaN();
      // Confidences come from scores rounded to float32.
      else expect(Math.abs(Number(scores[name]) - score), name).toBeLessThan(name.startsWith("nauc") ? 1e-6 : 1e-12);
    }
    if (samples !== undefined) expect(openStatistic(samples).scores()[0]).toBe(scores["R_cap_at_10"]);
    expect(samples === undefined).toBe(made.name === "nothing relevant");
    const pairs = scoreRun(made, "paired_accuracy", "paired_accuracy");
    expect(pairs.scores["paired_accuracy"]).toBe(made.paired);
    expect(pairs.samples && openStatistic(pairs.samples).scores()[0]).toBe(made.paired);
  });

  it("needs both queries of a pair", () => {
    const made = { run: { a_q1: { d: 1 }, a_q3: { d: 1 } }, qrels: { a_q1: { d: 1 }, a_q3: { d: 1 } } };
    expect(() => scoreRun({ ...cases[0], ...made }, "paired_accuracy", "paired_accuracy")).toThrow(
      'task MadeUp: no judged query has the id "a_q2", which with "a_q1" makes a pair',
    );
  });

  it("gives samples of a measure at a rank of the task's own", async () => {
    const task = {
      ...taskOf(undefined, "recall_at_2"),
      settings: { ignoreIdenticalIds: false, furtherRanks: [2] },
    } as const;
    const data = dataOf({ queries: { a: "2.1" }, judged: [["a", "d3"]] });
    const rows = await retrievalProtocol.read(task, "default", "test", data);
    const { scores, samples } = await retrievalProtocol.evaluate(task, rows, context);
    expect(scores).toMatchObject({ recall_at_1: 0, recall_at_2: 1, nauc_recall_at_2_max: Number.NaN });
    expect(samples).toMatchObject({ measure: "recall_at_2", ids: ["a"] });
  });
});

describe("reranking with instructions", () => {
  it("needs candidates", async () => {
    const task = { ...taskOf("p-MRR", "p-MRR"), type: "InstructionReranking" } as const;
    const parts = { ...pair, changed: { a: ["d1"] } };
    await expect(rerankingProtocol.read(task, "default", "test", dataOf(parts))).rejects.toThrow(
      'no config "top_ranked"',
    );
    const ranked = Object.fromEntries(Object.keys(pair.queries).map((id) => [id, ["d1", "d4"]]));
    const rows = await rerankingProtocol.read(task, "default", "test", dataOf({ ...parts, ranked }));
    expect((await rerankingProtocol.evaluate(task, rows, context)).scores["p-MRR"]).toBe(1 - 1 / 2);
  });
});
