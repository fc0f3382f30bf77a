import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { exponential } from "./exponential.ts";

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
    expect([fround(Math.exp(-104)), exponential(-104.1), exponential(-Infinity)]).toEqual([0, 0, 0]);
    expect(exponential(Number.NaN)).toBeNaN();
  });
});
