import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Matrix } from "../matrix.ts";
import { bytesPerVector, quantizeToLevels, quantizeToSigns, rangesOf } from "./quantization.ts";

interface Fixture {
  readonly sample: number[][];
  readonly vectors: number[][];
  readonly int8: number[][];
  readonly uint8: number[][];
  readonly bits: number[][];
  readonly within: number[][];
  readonly compressed: Readonly<Record<"int8" | "uint8" | "binary", number[][]>>;
}

const fixture: Fixture = JSON.parse(readFileSync(new URL("../fixtures/forms.json", import.meta.url), "utf8"));
const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  dims: rows[0]?.length ?? 0,
});
const rowsOf = ({ data, rows, dims }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * dims, (i + 1) * dims)));
const toSigns = (bits: readonly (readonly number[])[]): number[][] =>
  bits.map((row) => row.map((bit) => (bit === 1 ? 1 : -1)));
const sample = matrix(fixture.sample);
const vectors = matrix(fixture.vectors);
const both = ["int8", "uint8"] as const;

describe("quantizeToLevels", () => {
  it.each(both)("%s: sentence-transformers' numbers, clipped, a constant dimension among them", (quantization) => {
    const found = rowsOf(quantizeToLevels(vectors, quantization, rangesOf(sample)));
    expect(found).toEqual(fixture[quantization]);
    const clipped = found.flat().filter((value) => value === (quantization === "int8" ? 127 : 255));
    expect(clipped.length).toBeGreaterThan(5);
  });

  it.each(both)("%s: the numbers of mteb's wrapper, for the vectors of one call", (quantization) => {
    const within = matrix(fixture.within);
    expect(rowsOf(quantizeToLevels(within, quantization, rangesOf(within)))).toEqual(fixture.compressed[quantization]);
  });

  it.each([2 ** -20, 0.5, 4, 2 ** 30])("does not hang on the scale of the vectors: × %d", (scale) => {
    const scaled = (one: Matrix): Matrix => ({ ...one, data: one.data.map((value) => value * scale) });
    // Dimension 3 of the sample has no width, and there a level is 1 wide whatever the scale.
    const varying = (one: Matrix): number[][] => rowsOf(one).map((row) => row.filter((_, i) => i !== 3));
    const found = quantizeToLevels(scaled(vectors), "int8", rangesOf(scaled(sample)));
    expect(varying(found)).toEqual(varying(quantizeToLevels(vectors, "int8", rangesOf(sample))));
  });

  it("keeps the order of the values in a dimension", () => {
    const column = matrix([[-2], [0], [0.9], [1], [100.5], [255], [700]]);
    const { data } = quantizeToLevels(column, "uint8", rangesOf(matrix([[0], [255]])));
    expect(Array.from(data)).toEqual([0, 0, 0, 1, 100, 255, 255]);
  });

  it("passes over what is not finite, in ranges and in vectors", () => {
    const odd = matrix([[Number.NaN], [Number.POSITIVE_INFINITY], [1], [256], [Number.NEGATIVE_INFINITY]]);
    expect(rangesOf(odd)).toEqual({ least: Float32Array.of(1), greatest: Float32Array.of(256) });
    const expected = [Number.NaN, Number.POSITIVE_INFINITY, 0, 255, Number.NEGATIVE_INFINITY];
    expect(Array.from(quantizeToLevels(odd, "uint8", rangesOf(odd)).data)).toEqual(expected);
  });

  it("makes nothing of nothing", () => {
    const none = { data: new Float32Array(0), rows: 0, dims: 3 };
    expect(quantizeToLevels(none, "int8", rangesOf(none))).toEqual(none);
  });
});

describe("quantizeToSigns", () => {
  it("gives sentence-transformers' bits, and those of mteb's wrapper", () => {
    expect(rowsOf(quantizeToSigns(vectors))).toEqual(toSigns(fixture.bits));
    expect(rowsOf(quantizeToSigns(matrix(fixture.within)))).toEqual(toSigns(fixture.compressed.binary));
  });

  it("does not hang on the scale of a vector, and keeps what is not finite", () => {
    const scaled = { ...vectors, data: vectors.data.map((value, i) => value * (1 + (i % 7))) };
    expect(quantizeToSigns(scaled)).toEqual(quantizeToSigns(vectors));
    const odd = matrix([[Number.NaN, Number.POSITIVE_INFINITY, 0, -0]]);
    expect(Array.from(quantizeToSigns(odd).data)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, -1, -1]);
  });

  it("makes inner product, squared Euclidean and Manhattan distance functions of the Hamming distance", () => {
    const signs = rowsOf(quantizeToSigns(vectors));
    const dims = vectors.dims;
    for (const [i, x] of signs.entries()) {
      for (const [j, y] of signs.entries()) {
        const hamming = fixture.bits[i].filter((bit, d) => bit !== fixture.bits[j][d]).length;
        const sum = (term: (d: number) => number): number => x.reduce((total, _, d) => total + term(d), 0);
        expect(sum((d) => x[d] * y[d])).toBe(dims - 2 * hamming);
        expect(sum((d) => (x[d] - y[d]) ** 2)).toBe(4 * hamming);
        expect(sum((d) => Math.abs(x[d] - y[d]))).toBe(2 * hamming);
      }
    }
  });
});

describe("bytesPerVector", () => {
  it.each([
    [384, undefined, 1536],
    [384, "int8", 384],
    [384, "uint8", 384],
    [384, "binary", 48],
    [13, "binary", 2],
  ] as const)("%d values, %s: %d", (dims, quantization, bytes) => {
    expect(bytesPerVector(dims, quantization)).toBe(bytes);
  });
});
