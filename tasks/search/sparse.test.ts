import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Similarity } from "../../models/encoder.ts";
import { type Matrix, selectRows } from "../../models/matrix.ts";
import { compactRow, joinSparseRows, type SparseMatrix } from "../../models/sparse-matrix.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import { openSearch } from "./exact.ts";
import { crossSimilarity } from "./similarity.ts";
import { openSparseSearch, scoreSparse } from "./sparse.ts";

const random = pythonRandom(8);
/** Draws rows of which most values are 0, the others of both signs. */
const draw = (rows: number, dims: number): Matrix => ({
  data: Float32Array.from({ length: rows * dims }, () => (random.random() < 0.7 ? 0 : random.random() - 0.4)),
  rows,
  dims,
});

const sparse = ({ data, rows, dims }: Matrix): SparseMatrix =>
  joinSparseRows(
    Array.from({ length: rows }, (_, row) => compactRow(data.subarray(row * dims, (row + 1) * dims), Infinity)),
    dims,
  );

const similarities: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

interface Golden {
  readonly queries: number[][];
  readonly documents: number[][];
  /** [queries, documents] */
  readonly scores: Record<Similarity, number[][]>;
}
const golden: Golden = JSON.parse(readFileSync(new URL("./fixtures/sparse.json", import.meta.url), "utf8"));
const matrixOf = (rows: number[][]): SparseMatrix =>
  sparse({ data: Float32Array.from(rows.flat()), rows: rows.length, dims: rows[0].length });

describe("sparse vectors", () => {
  it.each(similarities)("have sentence-transformers' scores to the last bit: %s", (similarity) => {
    const { data, dims } = scoreSparse(matrixOf(golden.queries), matrixOf(golden.documents), similarity);
    golden.scores[similarity].forEach((scores, query) => {
      const found = scores.map((_, document) => data[document * dims + query] + 0);
      // torch's own square root of a matrix may be off by one step of float32.
      const step = similarity === "euclidean" ? 2 ** -23 : 0;
      scores.forEach((score, document) => {
        expect(Math.abs(found[document] - score)).toBeLessThanOrEqual(step * Math.abs(score));
      });
    });
  });

  it.each(similarities)("score by %s as the dense ones do, rows of zeros too", async (similarity) => {
    const [queries, documents] = [draw(5, 40), draw(9, 40)];
    queries.data.fill(0, 40, 80);
    documents.data.fill(0, 0, 40);
    const cross = crossSimilarity(similarity, plainKernels);
    const held = await cross.hold(cross.prepareQueries(queries));
    const expected = await held.score(cross.prepareDocuments(documents));
    const made = scoreSparse(sparse(queries), sparse(documents), similarity);
    expect([made.rows, made.dims]).toEqual([9, 5]);
    made.data.forEach((score, cell) => {
      expect(score).toBeCloseTo(expected.data[cell], 5);
    });
  });

  it("are found as dense ones are, whatever the pieces, with ties by id", async () => {
    // Sums of whole numbers are exact, and tie.
    const whole = (rows: number): Matrix => {
      const { data, dims } = draw(rows, 12);
      return { data: data.map((value) => Math.round(3 * value)), rows, dims };
    };
    const [queries, documents] = [whole(7), whole(200)];
    const idOf = (row: number): string => `d${row}`;
    const dense = await openSearch({ queries, k: 13, similarity: "dot", kernels: plainKernels, idOf });
    await dense.add(documents);
    for (const piece of [1, 64, 200]) {
      const search = openSparseSearch(sparse(queries), 13, "dot", idOf);
      for (let start = 0; start < 200; start += piece) {
        const rows = Array.from({ length: Math.min(piece, 200 - start) }, (_, i) => start + i);
        search.add(sparse(selectRows(documents, rows)));
      }
      for (let query = 0; query < 7; query++) expect(search.best(query)).toEqual(dense.best(query));
    }
  });

  it("of several thousand queries are scored document by document", () => {
    const queries = joinSparseRows(
      Array.from({ length: 70_000 }, (_, i) => ({ indices: Int32Array.of(i % 3), values: Float32Array.of(i) })),
      3,
    );
    const search = openSparseSearch(queries, 1, "dot", String);
    search.add(sparse({ data: Float32Array.of(0, 1, 0, 0, 0, 2), rows: 2, dims: 3 }));
    expect(search.best(69_998)).toEqual({ rows: Int32Array.of(1), scores: Float32Array.of(139_996) });
    expect(search.best(4)).toEqual({ rows: Int32Array.of(0), scores: Float32Array.of(4) });
  });

  it("of another length are no answer", () => {
    expect(() => scoreSparse(sparse(draw(1, 3)), sparse(draw(1, 4)), "dot")).toThrow(
      "documents of 4 dimensions, queries of 3",
    );
  });
});
