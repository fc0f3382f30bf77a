import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import { type Matrix, selectRows } from "../../models/matrix.ts";
import { heldBy, plainKernels } from "../../models/testing/plain-kernels.ts";
import { rankByScore } from "../metrics/ranking.ts";
import { ownSimilarity } from "../metrics/similarity.ts";
import { openSearch } from "./exact.ts";
import { crossSimilarity, normalizeRows } from "./similarity.ts";

const random = pythonRandom(5);
/** Draws small whole numbers, so that products are exact and ties many. */
const whole = (rows: number, dims: number, span: number): Matrix => ({
  data: Float32Array.from({ length: rows * dims }, () => Math.floor(random.random() * span) - (span >> 1)),
  rows,
  dims,
});
const real = (rows: number, dims: number): Matrix => ({
  data: Float32Array.from({ length: rows * dims }, () => random.random() - 0.5),
  rows,
  dims,
});
const idOf = (row: number): string => `d${row}`;
const similarities: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

async function find(
  queries: Matrix,
  documents: Matrix,
  options: { k: number; piece: number; similarity?: Similarity; names?: (row: number) => string; kernels?: Kernels },
): Promise<[string, number][][]> {
  const { k, piece, similarity = "dot", names = idOf, kernels = plainKernels } = options;
  const search = await openSearch({ queries, k, similarity, kernels, idOf: names });
  for (let start = 0; start < documents.rows; start += piece) {
    const rows = Array.from({ length: Math.min(piece, documents.rows - start) }, (_, i) => start + i);
    await search.add(selectRows(documents, rows));
  }
  const found = Array.from({ length: queries.rows }, (_, query) => search.best(query));
  search.close();
  return found.map(({ rows, scores }) => Array.from(rows, (row, i) => [names(row), scores[i]]));
}

/** Ranks all documents by all scores at once. */
async function rankAll(queries: Matrix, documents: Matrix, k: number): Promise<[string, number][][]> {
  const { data } = await plainKernels.product(queries, documents);
  return Array.from({ length: queries.rows }, (_, query) => {
    const scores = data.subarray(query * documents.rows, (query + 1) * documents.rows);
    return Array.from(rankByScore(scores, idOf).subarray(0, k), (row) => [idOf(row), scores[row]]);
  });
}

describe("search", () => {
  it.each([
    [1, 300, 1, 100],
    [10, 700, 64, 3],
    [10, 700, 700, 3],
    [100, 90, 7, 3],
    [3, 500, 50, 1],
  ])("finds the best %d of %d documents, in pieces of %d, span %d", async (k, count, piece, span) => {
    const queries = whole(7, 4, span);
    const documents = whole(count, 4, span);
    expect(await find(queries, documents, { k, piece })).toEqual(await rankAll(queries, documents, k));
  });

  it("finds the same whatever the pieces and the order of the documents", async () => {
    const queries = whole(5, 3, 4);
    const documents = whole(400, 3, 4);
    const order = pythonRandom(2).sample(400, 400);
    const shuffled = selectRows(documents, order);
    for (const similarity of similarities) {
      const expected = await find(queries, documents, { k: 20, piece: 400, similarity });
      for (const piece of [1, 13, 150]) {
        expect(await find(queries, documents, { k: 20, piece, similarity })).toEqual(expected);
        const names = (row: number): string => idOf(order[row]);
        expect(await find(queries, shuffled, { k: 20, piece, similarity, names })).toEqual(expected);
      }
    }
  });

  it("keeps the greatest ids where every document scores alike", async () => {
    const documents = { data: new Float32Array(300), rows: 300, dims: 1 };
    const [found] = await find(documents, documents, { k: 3, piece: 11 });
    expect(found).toEqual([
      ["d99", 0],
      ["d98", 0],
      ["d97", 0],
    ]);
  });

  it("finds the same when products end in another order than they began", async () => {
    let calls = 0;
    const late: Kernels = {
      ...plainKernels,
      async hold(b) {
        const held = await plainKernels.hold(b);
        return heldBy(async (a) => {
          await new Promise((resolve) => setTimeout(resolve, 4 - (calls++ % 4)));
          return held.product(a);
        });
      },
    };
    const queries = whole(3, 2, 5);
    const documents = whole(20_000, 2, 5);
    const found = await find(queries, documents, { k: 5, piece: 20_000, kernels: late });
    // 512, 1,024, 2,048 documents, and so on up to 4,096.
    expect(calls).toBe(8);
    expect(found).toEqual(await rankAll(queries, documents, 5));
  });

  it("hands a failing product on", async () => {
    const broken: Kernels = {
      ...plainKernels,
      hold: async () => heldBy(() => Promise.reject(new Error("no memory"))),
    };
    const documents = real(10_000, 2);
    await expect(find(real(2, 2), documents, { k: 1, piece: 10_000, kernels: broken })).rejects.toThrow("no memory");
  });

  it("finds all where there are fewer than k, and none among none", async () => {
    const queries = real(2, 3);
    const [found] = await find(queries, real(4, 3), { k: 10, piece: 3 });
    expect(found).toHaveLength(4);
    expect(await find(queries, real(0, 3), { k: 10, piece: 3 })).toEqual([[], []]);
  });

  it("leaves out what is not a number and keeps what is infinite", async () => {
    const queries = { data: Float32Array.of(3e38, 3e38), rows: 1, dims: 2 };
    const documents = { data: Float32Array.of(1, 1, 3e38, -3e38, -3e38, -3e38), rows: 3, dims: 2 };
    const overflowing: Kernels = {
      ...plainKernels,
      hold: async () =>
        heldBy(async (a) => ({ data: Float32Array.of(Infinity, Number.NaN, -Infinity), rows: a.rows, dims: 1 })),
    };
    expect(await find(queries, documents, { k: 3, piece: 3, kernels: overflowing })).toEqual([
      [
        ["d0", Infinity],
        ["d2", -Infinity],
      ],
    ]);
  });

  it("refuses documents of another length", async () => {
    await expect(find(real(1, 3), real(1, 4), { k: 1, piece: 1 })).rejects.toThrow(
      "search: documents of 4 dimensions, queries of 3",
    );
  });
});

describe("cross similarity", () => {
  it.each(similarities)("is the paired one of every pair, %s", async (name) => {
    const [queries, documents] = [real(6, 40), real(9, 40)];
    queries.data.fill(0, 0, 40);
    documents.data.set(queries.data.subarray(40, 80), 40);
    const cross = crossSimilarity(name, plainKernels);
    const held = await cross.hold(cross.prepareQueries(queries));
    const { data, rows, dims } = await held.score(cross.prepareDocuments(documents));
    expect([rows, dims]).toEqual([9, 6]);
    const places = Array.from(data, (_, cell) => cell);
    const paired = ownSimilarity[name](
      selectRows(
        queries,
        places.map((cell) => cell % 6),
      ),
      selectRows(
        documents,
        places.map((cell) => Math.floor(cell / 6)),
      ),
    );
    // A squared distance of equal rows is the difference of two sums of some 3 each: 1e-6, whose root is 1e-3. Sizes are
    // added one by one, as in torch, each time with an error of at most 2^-24 of the sum.
    const tolerance = (score: number): number => {
      if (name === "manhattan") return 40 * 2 ** -24 * Math.abs(score) + 2 ** -24;
      return name === "euclidean" && score > -0.01 ? 1e-3 : 2e-6;
    };
    for (const [cell, score] of paired.entries()) {
      expect(Math.abs(data[cell] - score)).toBeLessThan(tolerance(score));
    }
  });

  it("takes a squared distance below 0, which rounding can leave of equal rows, for 0", async () => {
    const below: Kernels = {
      ...plainKernels,
      hold: async () => heldBy(async () => ({ data: Float32Array.of(-1e-9, 4), rows: 2, dims: 1 })),
    };
    const cross = crossSimilarity("euclidean", below);
    const { data } = await (await cross.hold(real(1, 4))).score(real(2, 4));
    expect(Array.from(data, Math.abs)).toEqual([0, 2]);
  });

  it("divides by the length that torch's normalize gives, to the last bit", () => {
    const data = Float32Array.of(5, 1, -3, 4, 0, -4, 3, -1, -5, 2, -2, 5, 1, -3, 4, 0, -4, 3, -1, -5).map(
      (x) => x / 10,
    );
    // The length that is rounded once gives 0.34340140223503113.
    expect(normalizeRows({ data, rows: 1, dims: data.length }).data[0]).toBe(0.3434014320373535);
  });

  // torch 2.14: -torch.cdist(queries, documents, p=…) of float32 rows.
  it.each([
    ["euclidean", 11, [0, -0.0009999871253967285, -2.0976176261901855, -2.9260966777801514]],
    ["euclidean", 6, [0, -0.0009999871253967285, -1.483239769935608, -1.1709929704666138]],
    ["manhattan", 11, [0, -0.0009999871253967285, -6.000000476837158, -7.799999713897705]],
    ["manhattan", 6, [0, -0.0009999871253967285, -3, -2.299999952316284]],
  ] as const)(
    "measures few documents by the differences, as torch's cdist does: %s, %i values",
    async (similarity, dims, scores) => {
      const rowOf = (value: (i: number) => number) => Array.from({ length: dims }, (_, i) => value(i + 1));
      const tenth = (i: number): number => 0.1 * i;
      const near = (i: number): number => tenth(i) + (i === 3 ? 0.001 : 0);
      const documents = [tenth, near, (i: number) => 0.1 * (12 - i), (i: number) => (((i * 7) % 11) - 5) / 7];
      const queries = { data: Float32Array.from(rowOf(tenth)), rows: 1, dims };
      const search = await openSearch({ queries, k: 4, similarity, kernels: plainKernels, idOf: String });
      await search.add({ data: Float32Array.from(documents.flatMap(rowOf)), rows: 4, dims });
      const { rows, scores: found } = search.best(0);
      const byDocument = scores.map((_, row) => found[rows.indexOf(row)] + 0);
      expect(byDocument).toEqual(scores);
    },
  );

  it("leaves a zero row zero", async () => {
    const { data } = normalizeRows({ data: Float32Array.of(0, 0, 0, 3, -4, 0), rows: 2, dims: 3 });
    expect([...data]).toEqual([0, 0, 0, Math.fround(0.6), Math.fround(-0.8), 0]);
  });
});
