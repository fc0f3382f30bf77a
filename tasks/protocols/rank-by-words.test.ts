import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import { compareIds, rankByScore } from "../metrics/ranking.ts";
import type { Hits } from "../search/exact.ts";
import type { ScoreDocuments } from "../task.ts";
import { amongCandidates, bestDocuments, rankByWords } from "./rank-by-words.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { memoryDataset } from "./testing/memory.ts";
import { rerankingTask, retrievalTask } from "./testing/rankings.ts";

const random = pythonRandom(3);

/** Lists what is found for each query by scores of all documents. */
async function findByWords(rows: RankingRows, score: ScoreDocuments): Promise<[number, Hits][]> {
  const found: [number, Hits][] = [];
  const context = { kind: "lexical", announce: () => {}, backend: "official", kernels: plainKernels } as const;
  await rankByWords(rows, { ...context, index: async () => score }, (query, hits) => found.push([query, hits]));
  return found;
}

function best(scores: number[], k: number, ids = scores.map((_, i) => `d${i}`)): [string, number][] {
  const descending = Uint32Array.from(ids.keys()).sort((a, b) => compareIds(ids[b], ids[a]));
  const hits = bestDocuments(Float32Array.from(scores), k, ids, descending);
  return Array.from(hits.rows, (row, i) => [ids[row], hits.scores[i]]);
}

describe("the best documents", () => {
  it.each([
    [1, 40, 3],
    [7, 40, 3],
    [40, 40, 3],
    [10, 300, 1],
    [25, 300, 50],
  ])("are the first %d of %d ranked, with %d different scores", (k, count, span) => {
    const scores = Array.from({ length: count }, () => Math.floor(random.random() * span));
    const ids = scores.map((_, i) => `d${i}`);
    const all = Array.from(
      rankByScore(scores, (i) => ids[i]),
      (row) => [ids[row], scores[row]],
    );
    expect(best(scores, k)).toEqual(all.slice(0, k));
  });

  it("are those with the greatest ids where nothing scores", () => {
    expect(best([0, 0, 0, 0], 2, ["a", "é", "b", "z"])).toEqual([
      ["é", 0],
      ["z", 0],
    ]);
  });
});

describe("candidates", () => {
  it("keep the order of the hits; those that were not found are left out", () => {
    const hits = { rows: Int32Array.of(4, 2, 9, 7), scores: Float32Array.of(3, 2, 1, 0) };
    const { rows, scores } = amongCandidates(hits, Int32Array.of(7, 1, 4));
    expect([[...rows], [...scores]]).toEqual([
      [4, 7],
      [3, 0],
    ]);
    expect(amongCandidates(hits, new Int32Array(0)).rows).toHaveLength(0);
  });
});

describe("a query that the table of candidates leaves out", () => {
  it("is given the best of the corpus, and one whose list is empty none", async () => {
    const configs = {
      corpus: { test: { _id: ["d0", "d1"], text: ["one", "two"] } },
      queries: { test: { _id: ["q0", "q1", "q2"], text: ["a", "b", "c"] } },
      default: { test: { "query-id": ["q0", "q1", "q2"], "corpus-id": ["d0", "d0", "d0"], score: [1, 1, 1] } },
      top_ranked: { test: { "query-id": ["q0", "q1"], "corpus-ids": [["d1"], []] } },
    };
    const rows = await readRankingRows(rerankingTask(), "default", "test", memoryDataset(configs));
    const found = await findByWords(rows, async () => Float32Array.of(1, 2));
    // mteb 2.26.24, BM25Search.search: top_ranked {"q0": ["d1"], "q1": []} gives q2 both documents.
    expect(found.map(([query, hits]) => [query, [...hits.rows]])).toEqual([
      [0, [1]],
      [1, []],
      [2, [1, 0]],
    ]);
  });
});

describe("ids that come again", () => {
  it("have the hits of the query's last row, and of a document's rows the worst", async () => {
    const configs = {
      corpus: { test: { _id: ["d0", "d1", "d0"], text: ["three", "two", "one"] } },
      queries: { test: { _id: ["q0", "q1", "q0"], text: ["not asked", "b", "c"] } },
      default: { test: { "query-id": ["q0", "q1"], "corpus-id": ["d0", "d0"], score: [1, 1] } },
    };
    const rows = await readRankingRows(retrievalTask(), "default", "test", memoryDataset(configs));
    const asked: string[] = [];
    const found = await findByWords(rows, async (query) => {
      asked.push(query);
      return Float32Array.of(3, 2, 1);
    });
    expect(asked).toEqual(["b", "c"]);
    const hits = { rows: Int32Array.of(2, 1), scores: Float32Array.of(1, 2) };
    expect(found).toEqual([
      [1, hits],
      [0, hits],
    ]);
  });
});
