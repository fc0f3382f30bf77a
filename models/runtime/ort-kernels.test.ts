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

  it("nothing times something is nothing", async () => {
    expect(await kernels.product(matrix(0, 4), matrix(3, 4))).toEqual({ data: new Float32Array(), rows: 0, dims: 3 });
    expect(await kernels.product(matrix(2, 4), matrix(0, 4))).toEqual({ data: new Float32Array(), rows: 2, dims: 0 });
  });
});
