import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { compareIds, rankByScore } from "../metrics/ranking.ts";
import { amongCandidates, bestDocuments } from "./rank-by-words.ts";

const random = pythonRandom(3);

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
