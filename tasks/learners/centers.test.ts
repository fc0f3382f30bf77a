import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { pythonRandom } from "../../datasets/random/python.ts";
import { findNearest, scaledSum } from "./centers.ts";
import { centersCode } from "./centers.wasm.ts";

const random = pythonRandom(5);
const { fround } = Math;
/** Draws numbers of very different sizes, so that the order of a sum shows. */
const drawn = (length: number): Float32Array =>
  Float32Array.from({ length }, () => (random.random() - 0.5) * 10 ** random.randint(-3, 3));

function plainSum(center: Float32Array, before: number, data: Float32Array, starts: readonly number[], after: number) {
  return center.map((value, column) => {
    const sum = starts.reduce((so, start) => fround(so + data[start + column]), fround(value * before));
    return sum * after;
  });
}

const sameBits = (a: Float32Array, b: Float32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

function plainNearest(norms: Float32Array, products: Float32Array, start: number): number {
  let nearest = 0;
  for (let c = 1; c < norms.length; c++) {
    const value = fround(norms[c] - 2 * products[start + c]);
    if (value < fround(norms[nearest] - 2 * products[start + nearest])) nearest = c;
  }
  return nearest;
}

describe("the assembled steps of k-means", () => {
  it("are what the source assembles to", async () => {
    const { parseWat } = await wabt();
    const source = readFileSync(new URL("./centers.wat", import.meta.url), "utf8");
    const { buffer } = parseWat("centers.wat", source, { simd: true }).toBinary({});
    expect(centersCode).toBe(Buffer.from(buffer).toString("base64"));
  });

  it.each([1, 3, 4, 128, 769, 16_384, 16_387, 33_000])("add rows of %i values with the bits of a loop", (dims) => {
    const data = drawn(9 * dims);
    for (const count of [0, 1, 4, 6, 9]) {
      // Rows in another order than they lie in, one of them twice.
      const starts = Array.from({ length: count }, (_, i) => ((i * 5) % 8) * dims);
      const center = drawn(dims);
      const expected = plainSum(center, 7, data, starts, fround(1 / 3));
      scaledSum(center, 7, data, starts, fround(1 / 3));
      expect(sameBits(center, expected)).toBe(true);
    }
  });

  it.each([1, 2, 3, 4, 7, 100, 1001, 65_536, 65_537, 200_000])("find the nearest of %i centres", (clusters) => {
    const rows = clusters > 10_000 ? 3 : 500;
    const norms = drawn(clusters);
    const products = drawn(rows * clusters);
    const found = new Int32Array(rows);
    findNearest(found, norms, products);
    expect([...found]).toEqual(Array.from(found, (_, row) => plainNearest(norms, products, row * clusters)));
  });

  it("take the first of equals, in whatever lane it lies, and pass over what is no number", () => {
    for (const clusters of [5, 8, 13]) {
      const equal = new Float32Array(clusters).fill(2);
      const found = new Int32Array(1);
      findNearest(found, equal, new Float32Array(clusters));
      expect(found[0]).toBe(0);
      for (let least = 0; least < clusters; least++) {
        const norms = equal.map((value, c) => (c >= least ? value - 1 : value));
        findNearest(found, norms, new Float32Array(clusters));
        expect(found[0]).toBe(least);
        const products = new Float32Array(clusters).map((_, c) => (c === 1 || c === least + 1 ? Number.NaN : 0));
        findNearest(found, norms, products);
        expect(found[0]).toBe(plainNearest(norms, products, 0));
      }
      const none = new Float32Array(clusters).fill(Number.NaN, 0, 1);
      findNearest(found, equal, none);
      expect(found[0]).toBe(0);
    }
  });
});
