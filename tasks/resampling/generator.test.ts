import { describe, expect, it } from "vitest";
import { drawNormals, drawSigns, drawWeights, randomState } from "./generator.ts";

describe("drawWeights", () => {
  it("counts the places that xoshiro128** meets, and moves its state on", () => {
    const state = Int32Array.of(1, 2, 3, 4);
    const weights = new Int32Array(20);
    drawWeights(weights, state);
    // Twenty words by a plain Python version of the authors' C, whose first are 11520, 0, 5927040, 70819200.
    expect([...weights]).toEqual([4, 1, 0, 0, 1, 1, 0, 1, 0, 3, 1, 0, 0, 1, 0, 0, 2, 3, 1, 1]);
    expect([...state]).toEqual([-1721822757, 2122557695, -1337415413, 1847963737]);
  });

  it("forgets what stood in the list", () => {
    const weights = Int32Array.of(7, 7, 7);
    drawWeights(weights, randomState(1));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(3);
  });

  it("has the means and variances of a multinomial", () => {
    const places = 8;
    const repeats = 40_000;
    const state = randomState(3, "multinomial");
    const weights = new Int32Array(places);
    const sums = new Float64Array(places);
    const squares = new Float64Array(places);
    let products = 0;
    for (let i = 0; i < repeats; i++) {
      drawWeights(weights, state);
      for (let k = 0; k < places; k++) {
        sums[k] += weights[k];
        squares[k] += (weights[k] - 1) ** 2;
      }
      products += (weights[0] - 1) * (weights[7] - 1);
    }
    // Five standard errors: of a mean √(7/8 / 40,000), of a variance about √(3 / 40,000).
    for (const sum of sums) expect(Math.abs(sum / repeats - 1)).toBeLessThan(0.024);
    for (const sum of squares) expect(Math.abs(sum / repeats - 7 / 8)).toBeLessThan(0.044);
    expect(Math.abs(products / repeats + 1 / 8)).toBeLessThan(0.025);
  });

  it("draws the one place there is", () => {
    const weights = new Int32Array(1);
    drawWeights(weights, randomState(0));
    expect([...weights]).toEqual([1]);
  });
});

describe("randomState", () => {
  it("is the first 16 bytes of the SHA-256 of the seed and the path", () => {
    // hashlib.sha256(b'[42,"STSBenchmark",0,"units"]')
    expect([...randomState(42, "STSBenchmark", 0, "units")]).toEqual([2045047575, 2063518497, -1993274823, 412734452]);
  });

  it("differs with the seed and with each part of the path", () => {
    const states = [randomState(1, "a"), randomState(2, "a"), randomState(1, "b"), randomState(1, "a", 0)];
    expect(new Set(states.map(String)).size).toBe(4);
  });
});

describe("drawNormals", () => {
  it("takes two words of the generator for each number", () => {
    const values = new Float64Array(2);
    const state = Int32Array.of(1, 2, 3, 4);
    drawNormals(values, state);
    // Of the words 11520, 0, 5927040 and 70819200.
    const of = (one: number, other: number) =>
      Math.sqrt(-2 * Math.log((one + 0.5) / 2 ** 32)) * Math.cos((2 * Math.PI * (other + 0.5)) / 2 ** 32);
    expect([...values]).toEqual([of(11520, 0), of(5927040, 70819200)]);
    const weights = new Int32Array(4);
    const same = Int32Array.of(1, 2, 3, 4);
    drawWeights(weights, same);
    expect([...state]).toEqual([...same]);
  });

  it("has the moments of a normal", () => {
    const values = new Float64Array(100_000);
    drawNormals(values, randomState(5, "normal"));
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    // Five standard errors: √(1, 2, 15, 96 / 100,000).
    expect(Math.abs(moment(1))).toBeLessThan(0.016);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.023);
    expect(Math.abs(moment(3))).toBeLessThan(0.062);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.155);
  });
});

describe("drawSigns", () => {
  it("takes the bits of a word from the lowest, and the next word after 32", () => {
    const signs = new Int8Array(40);
    drawSigns(signs, Int32Array.of(1, 2, 3, 4));
    // The first words are 11520 = 2^13 + 2^11 + 2^10 + 2^8, and 0.
    expect([...signs.entries()].flatMap(([i, sign]) => (sign === -1 ? [i] : []))).toEqual([8, 10, 11, 13]);
  });

  it("draws each as often as the other", () => {
    const signs = new Int8Array(10_000);
    drawSigns(signs, randomState(1));
    expect(Math.abs(signs.reduce((sum, sign) => sum + sign, 0))).toBeLessThan(400);
  });
});
