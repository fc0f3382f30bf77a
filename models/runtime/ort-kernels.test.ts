import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Kernels } from "../kernels.ts";
import { type Matrix, selectRows } from "../matrix.ts";
import { plainGreatest, plainProduct } from "../testing/plain-kernels.ts";
import { openKernels } from "./ort-kernels.ts";

let kernels: Kernels & { close(): Promise<void> };
beforeAll(async () => {
  kernels = await openKernels({ threads: 2 });
});
afterAll(() => kernels.close());

const random = pythonRandom(7);
const matrix = (rows: number, dims: number): Matrix => ({
  data: Float32Array.from({ length: rows * dims }, () => random.random() - 0.5),
  rows,
  dims,
});

function expectEqual(found: Matrix, expected: Matrix): void {
  expect([found.rows, found.dims, found.data.length]).toEqual([expected.rows, expected.dims, expected.data.length]);
  const worst = found.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0);
  // Sums of some hundred float32 numbers of size 0.1, in another order.
  expect(worst).toBeLessThan(1e-5);
}

describe("products on ONNX Runtime, against plain loops", () => {
  it.each([
    [1, 1, 1],
    [5, 3, 7],
    [64, 100, 33],
    // Large enough to be divided among the threads, with a remainder.
    [513, 300, 257],
  ])("%i × %i by %i dims", async (rows, columns, dims) => {
    const [a, b] = [matrix(rows, dims), matrix(columns, dims)];
    expectEqual(await kernels.product(a, b), plainProduct(a, b));
  });

  it.each([
    [1, 1, 1, 1],
    [6, 3, 5, 7],
    [40, 7, 100, 33],
  ])("the greatest of %i groups of %i rows × %i by %i dims", async (groups, group, columns, dims) => {
    const [a, b] = [matrix(groups * group, dims), matrix(columns, dims)];
    const held = await kernels.holdForGreatest(b);
    const [first, second] = await Promise.all([held.greatest(a, group), held.greatest(a, group)]);
    expectEqual(first, plainGreatest(a, b, group));
    expect(second).toEqual(first);
    expect((await held.greatest(matrix(0, dims), group)).rows).toBe(0);
    held.release();
  });

  it("takes rows of a matrix in any order, some of them twice", async () => {
    const [a, b] = [matrix(300, 300), matrix(400, 300)];
    for (const rows of [
      Int32Array.of(7),
      Int32Array.of(299, 0, 7, 7),
      Int32Array.from({ length: 500 }, (_, i) => (i * 7) % 300),
    ]) {
      expectEqual(await kernels.product(a, b, rows), plainProduct(selectRows(a, rows), b));
    }
    expect(await kernels.product(a, b, new Int32Array())).toEqual({ data: new Float32Array(), rows: 0, dims: 400 });
  });

  it("leaves its operands as they are, and takes views into larger memory", async () => {
    const whole = matrix(40, 16);
    const before = whole.data.slice();
    const view = { data: whole.data.subarray(16 * 16, 24 * 16), rows: 8, dims: 16 };
    expectEqual(await kernels.product(view, whole), plainProduct(view, whole));
    expect(whole.data).toEqual(before);
  });

  it("many at once, each gets its own", async () => {
    const pairs = Array.from({ length: 30 }, (_, i) => [matrix(i + 1, 12), matrix(31 - i, 12)] as const);
    const products = await Promise.all(pairs.map(([a, b]) => kernels.product(a, b)));
    products.forEach((product, i) => {
      expectEqual(product, plainProduct(...(pairs[i] as [Matrix, Matrix])));
    });
  });

  it("a held matrix serves many products, until it is released", async () => {
    const [b, other] = [matrix(20, 9), matrix(6, 9)];
    const held = await kernels.hold(b);
    const rows = Array.from({ length: 8 }, (_, i) => matrix(i + 1, 9));
    const products = await Promise.all(rows.map((a) => held.product(a)));
    products.forEach((product, i) => {
      expectEqual(product, plainProduct(rows[i], b));
    });
    held.release();
    expectEqual(await kernels.product(other, b), plainProduct(other, b));
  });

  it.each([
    [1, 1, 1],
    [7, 5, 3],
    [300, 257, 33],
  ])("of %i rows by %i held ones of %i dims, what is not below the least of its row", async (rows, columns, dims) => {
    const [a, b] = [matrix(rows, dims), matrix(columns, dims)];
    const held = await kernels.hold(b);
    const all = (await kernels.product(a, b)).data.toSorted();
    const ends = [Number.NEGATIVE_INFINITY, all[0], all[all.length >> 1], all[all.length - 1], 1e9, Number.NaN];
    const least = Float32Array.from({ length: columns }, (_, i) => ends[i % ends.length]);
    // Several at once share the thread's memory, one after the other.
    const [found, again] = await Promise.all([held.reaching(a, least), held.reaching(a, least)]);
    const { data } = await held.product(a);
    const cells = Array.from(least, (bound, row) =>
      Array.from({ length: rows }, (_, column) => column).filter((column) => data[column * columns + row] >= bound),
    );
    expect(again).toEqual(found);
    expect(cells.map((_, row) => found.starts[row + 1] - found.starts[row])).toEqual(cells.map(({ length }) => length));
    expect([...found.columns]).toEqual(cells.flat());
    const values = cells.flatMap((own, row) => own.map((column) => data[column * columns + row]));
    values.forEach((value, i) => {
      expect(found.values[i]).toBeCloseTo(value, 5);
    });
    held.release();
  });

  it("leaves out what is no number, and of nothing gives nothing", async () => {
    const b = { data: Float32Array.of(1, 0, 0, 1), rows: 2, dims: 2 };
    const held = await kernels.hold(b);
    const a = { data: Float32Array.of(Number.NaN, 1, 2, 3, Infinity, 0), rows: 3, dims: 2 };
    const least = Float32Array.of(-Infinity, -Infinity);
    // Infinity times 0 is no number.
    expect(await held.reaching(a, least)).toMatchObject({
      starts: Int32Array.of(0, 2, 3),
      columns: Int32Array.of(1, 2, 1),
      values: Float32Array.of(2, Infinity, 3),
    });
    const nothing = { starts: new Int32Array(3), columns: new Int32Array(), values: new Float32Array() };
    expect(await held.reaching(matrix(0, 2), least)).toEqual(nothing);
    held.release();
  });

  it("nothing times something is nothing", async () => {
    expect(await kernels.product(matrix(0, 4), matrix(3, 4))).toEqual({ data: new Float32Array(), rows: 0, dims: 3 });
    expect(await kernels.product(matrix(2, 4), matrix(0, 4))).toEqual({ data: new Float32Array(), rows: 2, dims: 0 });
  });
});
