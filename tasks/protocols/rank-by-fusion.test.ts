import { describe, expect, it } from "vitest";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import type { HybridContext, LexicalContext, PairContext, ProtocolContext } from "../task.ts";
import { rerankingProtocol } from "./reranking.ts";
import { retrievalProtocol } from "./retrieval.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, retrievalTask } from "./testing/rankings.ts";

const shared = { announce: () => {}, backend: "official", kernels: plainKernels } as const;

const configs: Configs = {
  corpus: { test: { _id: ["a", "b", "c", "d"], text: ["one", "two", "three", "four"] } },
  queries: { test: { _id: ["q"], text: ["?"] } },
  default: { test: { "query-id": ["q"], "corpus-id": ["b"], score: [1] } },
};
const top_ranked = { test: { "query-id": ["q"], "corpus-ids": [["a", "b", "c"]] } };

/** A model that gives the documents of the corpus these scores, for every query. */
const lexical = (...scores: number[]): LexicalContext => ({
  ...shared,
  kind: "lexical",
  index: async (documents) => {
    for (const _ of documents);
    return async () => Float32Array.from(scores);
  },
});

const pairs = (scores: Readonly<Record<string, number>>): PairContext => ({
  ...shared,
  kind: "cross-encoder",
  score: async (asked) => Float32Array.from(asked, ([, document]) => scores[document]),
});

const hybrid = (parts: readonly ProtocolContext[], choices: Partial<HybridContext> = {}) => {
  const kept: [string, number][] = [];
  const context: HybridContext = {
    ...shared,
    kind: "hybrid",
    parts,
    fusion: { rule: { method: "rrf", constant: 60 } },
    keepRanking: (_, ids, scores) => kept.push(...ids.map((id, i): [string, number] => [id, scores[i]])),
    ...choices,
  };
  return { kept, context };
};

describe("ranking by fused rankings", () => {
  it("ranks a corpus by the sum, ties of a list and of the sum by their ids", async () => {
    // The first ranks d, c, b, a: all but a are equal. The second a, d, c, b.
    const { kept, context } = hybrid([lexical(0, 1, 1, 1), lexical(9, 3, 4, 5)]);
    const task = retrievalTask();
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    const { scores } = await retrievalProtocol.evaluate(task, rows, context);
    expect(kept.map(([id]) => id)).toEqual(["d", "a", "c", "b"]);
    expect(kept[0][1]).toBe(1 / 61 / 2 + 1 / 62 / 2);
    expect(kept[1][1]).toBe(1 / 64 / 2 + 1 / 61 / 2);
    expect(scores["mrr_at_10"]).toBeCloseTo(1 / 4, 9);
  });

  it("takes reciprocal ranks of sums in float64, the other measures of what float32 leaves of them", async () => {
    // Ranked d b c a, then b c d a, then a d b c: b and d are 1st, 2nd and 3rd once each, and their sums differ in the last
    // bit of float64. The scores are those of mteb 2.26.24: `fuse_rrf`, `calculate_retrieval_scores`, `recall_cap`.
    const parts = [lexical(1, 3, 2, 4), lexical(1, 4, 3, 2), lexical(4, 2, 1, 3)];
    const plain = retrievalTask();
    const task = { ...plain, settings: { ...plain.settings, furtherScores: "capped_recall" } } as const;
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    const { kept, context } = hybrid(parts);
    const { scores } = await retrievalProtocol.evaluate(task, rows, context);
    expect(kept.slice(0, 2)).toEqual([
      ["b", 0.016131830251343737],
      ["d", 0.016131830251343734],
    ]);
    expect(scores).toMatchObject({ ndcg_at_10: 0.63093, recall_at_1: 0, mrr_at_1: 1, nauc_mrr_at_1_max: Number.NaN });
    expect(scores["R_cap_at_1"]).toBe(1);
  });

  it("ranks candidates, also by a model that ranks nothing else", async () => {
    const task = rerankingTask();
    const fusion = { rule: { method: "minmax" }, weights: [1, 3] } as const;
    const { kept, context } = hybrid([lexical(4, 2, 0, 9), pairs({ one: 0.5, two: 1, three: 0 })], { fusion });
    const rows = await rerankingProtocol.read(task, "default", "test", memoryDataset({ ...configs, top_ranked }));
    await rerankingProtocol.evaluate(task, rows, context);
    expect(kept).toEqual([
      ["b", 0.5 + 3],
      ["a", 1 + 1.5],
      ["c", 0],
    ]);
  });

  it("gives a second stage its candidates, and takes some of a first stage", async () => {
    const task = retrievalTask();
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    const first = hybrid([lexical(4, 3, 2, 1), lexical(1, 9, 2, 3)]).context;
    const firstStage = { topK: 2, source: { kind: "model", context: first } } as const;
    const both = [pairs({ one: 1, two: 2 }), pairs({ one: 3, two: 4 })];
    const { kept, context } = hybrid(both, { firstStage });
    await retrievalProtocol.evaluate(task, rows, context);
    expect(kept.map(([id]) => id)).toEqual(["b", "a"]);
  });

  it.each(["rrf", "minmax"] as const)(
    "documents that are left out are in no ranking, as if no candidates: %s",
    async (method) => {
      const task = retrievalTask();
      const read = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
      const rank = async (rows: typeof read): Promise<[string, number][]> => {
        const fusion = { rule: method === "rrf" ? ({ method, constant: 60 } as const) : ({ method } as const) };
        const { kept, context } = hybrid([lexical(1, 9, 3, 4), lexical(5, 1, 4, 2)], { fusion });
        await retrievalProtocol.evaluate(task, rows, context);
        return kept;
      };
      const [left, others] = [1, [0, 2, 3]];
      const ranked = await rank({ ...read, excluded: new Map([[0, new Set([left])]]) });
      expect(ranked).toEqual(await rank({ ...read, candidates: [Int32Array.from(others)] }));
      expect(ranked).toHaveLength(3);
    },
  );

  it("a first stage gives no document that is left out, but the next in its place", async () => {
    const task = retrievalTask();
    const read = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    const firstStage = { topK: 2, source: { kind: "model", context: lexical(1, 9, 3, 4) } } as const;
    const kept: string[] = [];
    const keepRanking = (_: string, ids: readonly string[]) => void kept.push(...ids);
    const context = { ...pairs({ three: 2, four: 1 }), firstStage, keepRanking };
    await retrievalProtocol.evaluate(task, { ...read, excluded: new Map([[0, new Set([1])]]) }, context);
    expect(kept).toEqual(["c", "d"]);
  });

  it("a cross-encoder beside another model needs candidates, too", async () => {
    const task = retrievalTask();
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    const { context } = hybrid([lexical(4, 3, 2, 1), pairs({})]);
    await expect(retrievalProtocol.evaluate(task, rows, context)).rejects.toThrow(/no candidates, .*--first-stage/);
  });

  it("sums that are no numbers are an error", async () => {
    const { context } = hybrid([lexical(Infinity, 0, 1, 1), lexical(9, 3, 4, 5)], {
      fusion: { rule: { method: "minmax" } },
    });
    const task = retrievalTask();
    const rows = await retrievalProtocol.read(task, "default", "test", memoryDataset(configs));
    await expect(retrievalProtocol.evaluate(task, rows, context)).rejects.toThrow('scores of the query "?"');
  });
});
