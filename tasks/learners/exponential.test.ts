import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { pythonRandom } from "../../datasets/random/python.ts";
import { exponential, toExponentials } from "./exponential.ts";
import { exponentialsCode } from "./exponentials.wasm.ts";

const { fround } = Math;

describe("exponential", () => {
  it.each([1e-6, 1, 20, 104])("equals Math.exp after rounding to float32, from 0 down to −%d", (range) => {
    const random = pythonRandom(42);
    let worst = 0;
    let differing = 0;
    for (let i = 0; i < 100_000; i++) {
      const x = -range * random.random();
      const expected = Math.exp(x);
      worst = Math.max(worst, Math.abs(exponential(x) / expected - 1));
      if (fround(exponential(x)) !== fround(expected)) differing++;
    }
    expect(differing).toBe(0);
    expect(worst).toBeLessThan(2 ** -50);
  });

  it("is 1 at 0, and 0 where float32 has no smaller number", () => {
    expect(exponential(0)).toBe(1);
    expect(fround(exponential(-103.9))).toBe(2 ** -149);
    expect([-104, -104.1, -Infinity].map((x) => fround(exponential(x)))).toEqual([0, 0, 0]);
    expect(exponential(Number.NaN)).toBeNaN();
  });
});

describe("toExponentials", () => {
  it("is what the source assembles to", async () => {
    const { parseWat } = await wabt();
    const source = readFileSync(new URL("./exponentials.wat", import.meta.url), "utf8");
    const { buffer } = parseWat("exponentials.wat", source, { simd: true }).toBinary({});
    expect(exponentialsCode).toBe(Buffer.from(buffer).toString("base64"));
  });

  it.each([
    [1, 3],
    [7, 50],
    [4096, 5],
    [4097, 3],
    [9000, 3],
    [64, 300],
  ])("equals the plain loop bit for bit, %d rows of %d classes", (rows, classes) => {
    const random = pythonRandom(7);
    const scores = Float32Array.from({ length: rows * classes }, (_, i) => -(i % 5) * 30 * random.random());
    const largest = Float32Array.from({ length: rows }, () => random.random());
    scores[classes] = -Infinity;
    if (rows > 2) largest[2] = Number.NaN;
    const expected = scores.map((score, i) => exponential(score - largest[i % rows]));
    const sums = new Float64Array(rows);
    for (let i = 0; i < expected.length; i++) sums[i % rows] += expected[i];
    expect(toExponentials(scores, largest)).toEqual(sums);
    expect(scores).toEqual(expected);
  });
});
