import { describe, expect, it } from "vitest";
import type { Matrix } from "../../models/matrix.ts";
import { compactRow, joinSparseRows } from "../../models/sparse-matrix.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import { rankedDocuments } from "../metrics/retrieval.ts";
import type { Hits } from "../search/exact.ts";
import type { SparseContext, VectorContext } from "../task.ts";
import { sparseWays } from "./rank-by-sparse.ts";
import { vectorWays } from "./rank-by-vectors.ts";
import { rankHits } from "./ranked.ts";
import { rankInWays } from "./ranking-ways.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, rerankingTask, retrievalTask } from "./testing/rankings.ts";

const shared = { announce: () => {}, backend: "official", kernels: plainKernels, similarity: "dot" } as const;
const dims = 26;

/** Counts a text's letters, in two ways by the role of the text. */
const dense = (texts: readonly string[], role: string): Matrix => ({
  data: Float32Array.from(
    texts.flatMap((text) =>
      Array.from({ length: dims }, (_, i) => {
        const count = text.split(String.fromCharCode(97 + i)).length - 1;
        return role === "query" ? count : 2 * count;
      }),
    ),
  ),
  rows: texts.length,
  dims,
});
const vectors: VectorContext = {
  ...shared,
  kind: "vectors",
  embed: async (texts, role = "document") => dense(texts, role),
  calibrate: async () => {},
};
const sparse: SparseContext = {
  ...shared,
  kind: "sparse",
  encode: async (texts, role) => {
    const { data } = dense(texts, role);
    return joinSparseRows(
      texts.map((_, row) => compactRow(data.subarray(row * dims, (row + 1) * dims), Infinity)),
      dims,
    );
  },
};

type Found = Record<string, [string, number][]>;

const findAll = async (
  rows: RankingRows,
  rank: (use: (query: number, hits: Hits) => void) => Promise<void>,
): Promise<Found> => {
  const found: Found = {};
  await rank((query, hits) => {
    const ranked = rankHits(hits, rows.corpus.ids);
    found[rows.queries.ids[query]] = Array.from(ranked.rows, (row, i) => [rows.corpus.ids[row], ranked.scores[i]]);
  });
  return found;
};

const once: Configs = {
  corpus: { test: { _id: ["d0", "d1", "d2", "d3"], text: ["abc", "bcd", "zzz", "abc"] } },
  queries: { test: { _id: ["q0", "q1", "q2"], text: ["ab", "d", "nothing"] } },
  default: { test: { "query-id": ["q0", "q1", "q2"], "corpus-id": ["d1", "d0", "d2"], score: [1, 1, 1] } },
};
/** Ids that come again, with other texts. */
const again: Configs = {
  ...once,
  corpus: { test: { _id: ["d0", "d1", "d0", "d2"], text: ["abc", "bcd", "ddd", "abab"] } },
  queries: { test: { _id: ["q0", "q1", "q0"], text: ["ab", "d", "dd"] } },
};
const top_ranked = {
  test: {
    "query-id": ["q0", "q1", "q2"],
    "corpus-ids": [["d2", "d0"], ["d1"], ["d0", "d1", "d2"]],
  },
};

describe("sparse vectors rank as the dense ones with the same values do", () => {
  it.each<[string, Configs, boolean]>([
    ["a corpus", once, false],
    ["a corpus with ids that come again", again, false],
    ["candidates", { ...once, top_ranked }, true],
    ["candidates with ids that come again", { ...again, top_ranked }, true],
  ])("%s", async (_, configs, reranks) => {
    const task = reranks ? rerankingTask() : retrievalTask();
    const rows = await readRankingRows(task, "default", "test", memoryDataset(configs));
    expect(rows.repeats !== undefined).toBe(configs["corpus"] === again["corpus"]);
    expect(rows.candidates !== undefined).toBe(reranks);
    const expected = await findAll(rows, (use) => rankInWays(task, rows, vectorWays(task, rows, vectors), use));
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(await findAll(rows, (use) => rankInWays(task, rows, sparseWays(task, rows, sparse), use))).toEqual(expected);
  });

  it("a corpus of which documents are left out, beyond those that count", async () => {
    const ids = Array.from({ length: rankedDocuments + 5 }, (_, i) => `d${i}`);
    const corpus = { test: { _id: ids, text: ids.map((_, i) => "ab".repeat(1 + (i % 7))) } };
    const read = await readRankingRows(retrievalTask(), "default", "test", memoryDataset({ ...once, corpus }));
    const rows: RankingRows = { ...read, excluded: new Map([[0, new Set([6, 13])]]) };
    const expected = await findAll(rows, (use) =>
      rankInWays(retrievalTask(), rows, vectorWays(retrievalTask(), rows, vectors), use),
    );
    expect(expected["q0"]).toHaveLength(rankedDocuments + 2);
    expect(
      await findAll(rows, (use) => rankInWays(retrievalTask(), rows, sparseWays(retrievalTask(), rows, sparse), use)),
    ).toEqual(expected);
  });
});
