import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { averageRanks, pearson, spearman } from "./correlation.ts";

interface Case {
  readonly x: number[];
  readonly y: number[];
  readonly pearson: number | null;
  readonly spearman: number | null;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const cases: Case[] = [...read("correlation").correlation, ...read("classification").correlation];

describe("pearson and spearman", () => {
  it.each(cases.map((entry) => ({ ...entry, n: entry.x.length })))("equal scipy's on $n values", (entry) => {
    // Sums of up to 1,000 float64 terms in another order: 1e-13 leaves room for 1,000 steps of 2^-53.
    for (const [score, expected] of [
      [pearson(entry.x, entry.y), entry.pearson],
      [spearman(entry.x, entry.y), entry.spearman],
    ] as const) {
      if (expected === null) expect(score).toBeNaN();
      else expect(Math.abs(score - expected)).toBeLessThan(1e-13);
    }
  });

  it("are undefined for fewer than two values, for a constant list and for NaN", () => {
    for (const correlate of [pearson, spearman]) {
      expect(correlate([], [])).toBeNaN();
      expect(correlate([1], [2])).toBeNaN();
      expect(correlate([1, 2, 3], [5, 5, 5])).toBeNaN();
      expect(correlate([1, 2, Number.NaN], [1, 2, 3])).toBeNaN();
    }
  });

  it("is 1 or −1 to the last bit for equal ranks, as scipy's spearmanr, where pearsonr is a bit off", () => {
    expect(spearman([1, 2, 3], [2, 4, 6])).toBe(1);
    expect(spearman([1, 2, 3], [0, -1, -5])).toBe(-1);
    expect(pearson([1, 2, 3], [2, 4, 6])).toBe(0.9999999999999998);
  });

  it("refuse lists of different lengths", () => {
    expect(() => pearson([1, 2], [1])).toThrow("pearson: 2 values against 1");
    expect(() => spearman([1, 2], [1])).toThrow("spearman: 2 values against 1");
  });

  it("hold their laws: symmetry, sign, invariance under monotone maps", () => {
    const random = pythonRandom(3);
    const x = Array.from({ length: 200 }, () => random.random() - 0.5);
    const y = x.map((value) => value + random.random());
    expect(pearson(x, y)).toBeCloseTo(pearson(y, x), 14);
    expect(
      pearson(
        x,
        y.map((value) => -3 * value + 7),
      ),
    ).toBeCloseTo(-pearson(x, y), 13);
    expect(spearman(x, y)).toBe(spearman(x.map(Math.exp), y.map(Math.cbrt)));
    expect(spearman(x, y)).not.toBeCloseTo(pearson(x, y), 3);
  });

  it("take float32 lists as the values they hold", () => {
    const x = Float32Array.of(0.1, 0.2, 0.4);
    expect(pearson(x, [1, 2, 3])).toBe(pearson([...x], [1, 2, 3]));
  });
});

describe("averageRanks", () => {
  it("shares the mean rank among ties, and counts −0 as 0", () => {
    expect([...averageRanks([3, 1, 3, 2, 3])]).toEqual([4, 1, 4, 2, 4]);
    expect([...averageRanks([0, -0, 1])]).toEqual([1.5, 1.5, 3]);
    expect([...averageRanks([])]).toEqual([]);
  });
});
