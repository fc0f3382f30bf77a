import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { heldBy, plainKernels } from "../../models/testing/plain-kernels.ts";
import { rowSum, vectorSum } from "./blas-sums.ts";
import { kMeansPlusPlus } from "./k-means-plus-plus.ts";
import { miniBatchKMeans } from "./mini-batch-k-means.ts";
import { pointsOf } from "./points.ts";

interface Golden {
  readonly name: string;
  readonly data: { readonly file: string; readonly rows: number; readonly dims: number };
  readonly k: number;
  readonly seed: number;
  readonly labels: number[];
  readonly iterations: number;
  readonly steps: number;
  readonly inertia: number;
  readonly centers_first: number[];
}
interface Clouds {
  readonly seed: number;
  readonly rows: number;
  readonly dims: number;
  readonly centres: number;
  readonly spread: number;
  readonly offset?: number;
  readonly distinct?: number;
}
interface Drawn extends Omit<Golden, "data" | "centers_first"> {
  readonly data: Clouds;
  readonly batch: number;
}
interface Sums {
  readonly seed: number;
  readonly rows: number;
  readonly count: number;
  readonly vector: number[];
  readonly row: number[];
}

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const { cases }: { cases: Golden[] } = JSON.parse(fixture("mini-batch-kmeans.json").toString());
const drawn: { fits: Drawn[]; plusPlus: { data: Clouds; k: number; chosen: number[][] }[] } = JSON.parse(
  fixture("k-means-drawn.json").toString(),
);
const sums: Sums[] = JSON.parse(fixture("blas-sums.json").toString()).cases;

const load = ({ file, rows, dims }: Golden["data"]): Matrix => {
  const { buffer, byteOffset } = fixture(file);
  return { data: new Float32Array(buffer.slice(byteOffset, byteOffset + rows * dims * 4)), rows, dims };
};
const allRows = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i);

/** Draws the vectors of regenerate-clustering.py again, and the numbers of those that make the rows. */
function clouds({ seed, rows, dims, centres, spread, offset = 0, distinct }: Clouds) {
  const random = legacyNumpyRandom(seed);
  const draw = (high: number): Int32Array => Int32Array.from({ length: rows }, () => random.randint(0, high));
  const middle = Array.from({ length: centres * dims }, () => random.uniform(-1, 1) + offset);
  const which = draw(centres);
  const data = Float32Array.from({ length: rows * dims }, (_, i) => {
    const centre = which[Math.floor(i / dims)];
    return middle[centre * dims + (i % dims)] + random.uniform(-spread, spread);
  });
  return { vectors: { data, rows, dims }, rows: distinct === undefined ? allRows(rows) : draw(distinct) };
}

/** Makes products err as float32 sums in any order may: by up to a few units in the last place. */
function jittered(seed: number): Kernels {
  const random = legacyNumpyRandom(seed);
  const disturb = (matrix: Matrix): Matrix => ({
    ...matrix,
    data: matrix.data.map((value) => value * (1 + random.uniform(-3e-7, 3e-7))),
  });
  return {
    ...plainKernels,
    product: async (a, b, rows) => disturb(await plainKernels.product(a, b, rows)),
    hold: async (b) => {
      const held = await plainKernels.hold(b);
      return heldBy(async (a) => disturb(await held.product(a)));
    },
  };
}

describe("miniBatchKMeans", () => {
  it.each(cases)("equals scikit-learn's on $name", async ({ data, k, seed, ...expected }) => {
    const points = pointsOf(load(data));
    const options = { clusters: k, batchSize: 512, seed };
    const fit = await miniBatchKMeans(points, allRows(data.rows), options, plainKernels);
    expect([...fit.labels]).toEqual(expected.labels);
    expect([fit.iterations, fit.steps]).toEqual([expected.iterations, expected.steps]);
    expect([...fit.centers.data.subarray(0, data.dims)]).toEqual(expected.centers_first);
    // The reference sums up to 4,000 distances in float32; each addition errs by at most 6e-8 of the sum, either way.
    expect(Math.abs(fit.inertia / expected.inertia - 1)).toBeLessThan(4e-6);
  });

  it.each(drawn.fits)("equals scikit-learn's for $name", async ({ data, k, batch, seed, ...expected }) => {
    const { vectors, rows } = clouds(data);
    const options = { clusters: k, batchSize: batch, seed };
    const fit = await miniBatchKMeans(pointsOf(vectors), rows, options, plainKernels);
    expect([...fit.labels]).toEqual(expected.labels);
    expect([fit.iterations, fit.steps]).toEqual([expected.iterations, expected.steps]);
    expect(Math.abs(fit.inertia / expected.inertia - 1)).toBeLessThan(4e-6);
  });

  it("does not depend on fits that run beside it, nor on the order in which products are summed", async () => {
    const { data, k, batch, seed, ...expected } = drawn.fits[0];
    const { vectors, rows } = clouds(data);
    const options = { clusters: k, batchSize: batch, seed };
    const fits = await Promise.all(
      [1, 2, 3, 4].map((jitter) => miniBatchKMeans(pointsOf(vectors), rows, options, jittered(jitter))),
    );
    for (const fit of fits) expect([...fit.labels]).toEqual(expected.labels);
  });

  it("leaves the vectors and the rows as they are", async () => {
    const { vectors, rows } = clouds(drawn.fits[6].data);
    const [before, rowsBefore] = [vectors.data.slice(), rows.slice()];
    await miniBatchKMeans(pointsOf(vectors), rows, { clusters: 5, batchSize: 50, seed: 1 }, plainKernels);
    expect(vectors.data).toEqual(before);
    expect(rows).toEqual(rowsBefore);
  });

  it("labels each row with a nearest centre, and equal rows alike", async () => {
    const { vectors, rows } = clouds(drawn.fits[6].data);
    const options = { clusters: 7, batchSize: 50, seed: 3 };
    const { labels, centers, inertia } = await miniBatchKMeans(pointsOf(vectors), rows, options, plainKernels);
    const distance = (row: number, c: number): number =>
      Array.from({ length: vectors.dims }, (_, i) => i).reduce(
        (sum, i) => sum + (vectors.data[row * vectors.dims + i] - centers.data[c * vectors.dims + i]) ** 2,
        0,
      );
    let total = 0;
    rows.forEach((row, i) => {
      const own = distance(row, labels[i]);
      total += own;
      for (let c = 0; c < 7; c++) expect(own).toBeLessThanOrEqual(distance(row, c) + 1e-6);
      expect(labels[i]).toBe(labels[rows.indexOf(row)]);
    });
    expect(inertia).toBeCloseTo(total, 4);
  });

  it("copes with rows that are all alike and with rows of zeros", async () => {
    for (const value of [1, 0]) {
      const vectors = { data: new Float32Array(300).fill(value), rows: 100, dims: 3 };
      const options = { clusters: 4, batchSize: 10, seed: 42 };
      const { labels, inertia } = await miniBatchKMeans(pointsOf(vectors), allRows(100), options, plainKernels);
      expect(new Set(labels).size).toBe(1);
      expect(inertia).toBe(0);
    }
  });

  it("gives held matrices back, even where a product fails", async () => {
    let held = 0;
    const failing: Kernels = {
      ...plainKernels,
      hold: async () => {
        held++;
        return heldBy(
          () => Promise.reject(new Error("no memory")),
          () => held--,
        );
      },
    };
    const { vectors, rows } = clouds(drawn.fits[0].data);
    const options = { clusters: 4, batchSize: 64, seed: 42 };
    await expect(miniBatchKMeans(pointsOf(vectors), rows, options, failing)).rejects.toThrow("no memory");
    expect(held).toBe(0);
  });

  it("refuses more clusters than rows, and none", async () => {
    const points = pointsOf({ data: new Float32Array(4), rows: 2, dims: 2 });
    const ask = (clusters: number) =>
      miniBatchKMeans(points, allRows(2), { clusters, batchSize: 5, seed: 42 }, plainKernels);
    await expect(ask(3)).rejects.toThrow(new RangeError("miniBatchKMeans: 3 clusters of 2 rows"));
    await expect(ask(0)).rejects.toThrow(new RangeError("miniBatchKMeans: 0 clusters of 2 rows"));
  });
});

describe("kMeansPlusPlus", () => {
  it.each(drawn.plusPlus)("chooses scikit-learn's $k rows, whatever the products' last bits", async (entry) => {
    const { vectors, rows } = clouds(entry.data);
    const drawnRows = { data: new Float32Array(rows.length * vectors.dims), rows: rows.length, dims: vectors.dims };
    rows.forEach((row, i) => {
      drawnRows.data.set(vectors.data.subarray(row * vectors.dims, (row + 1) * vectors.dims), i * vectors.dims);
    });
    for (const kernels of [plainKernels, jittered(5)]) {
      for (const [seed, chosen] of entry.chosen.entries()) {
        const centres = await kMeansPlusPlus(pointsOf(vectors), rows, entry.k, legacyNumpyRandom(seed), kernels);
        const expected = chosen.flatMap((row) => [
          ...drawnRows.data.subarray(row * vectors.dims, (row + 1) * vectors.dims),
        ]);
        expect([...centres.data]).toEqual(expected);
      }
    }
  });
});

describe("sums in OpenBLAS's order", () => {
  it.each(sums)("equal numpy's bit for bit: $rows rows of $count", ({ seed, rows, count, vector, row }) => {
    const random = legacyNumpyRandom(seed);
    const values = Array.from({ length: rows }, () =>
      Float32Array.from({ length: count }, () => random.randomSample()),
    );
    expect(values.map(vectorSum)).toEqual(vector);
    if (rows > 1) expect(values.map((of, i) => rowSum(of, i, rows))).toEqual(row);
  });
});
