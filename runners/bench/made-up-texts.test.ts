import { describe, expect, it } from "vitest";
import { corpusDistribution, evenlySpaced, makeCorpus, textsOfLength } from "./made-up-texts.ts";

const wordsOf = (text: string): number => text.split(" ").length;

describe("textsOfLength", () => {
  it("makes different texts of so many words, the same for the same seed", () => {
    const texts = textsOfLength(6, 128, 42);
    expect(texts.map(wordsOf)).toEqual(Array(128).fill(6));
    expect(new Set(texts).size).toBe(128);
    expect(textsOfLength(6, 128, 42)).toEqual(texts);
    expect(textsOfLength(6, 128, 43)).not.toEqual(texts);
  });

  it("begins with the same texts however many are asked for", () => {
    expect(textsOfLength(20, 100, 1).slice(0, 5)).toEqual(textsOfLength(20, 5, 1));
  });

  it("repeats texts rather than search for ever", () => {
    const texts = textsOfLength(1, 2000, 42);
    expect(texts).toHaveLength(2000);
    expect(new Set(texts).size).toBeLessThan(300);
  });
});

describe("makeCorpus", () => {
  const lengths = makeCorpus(corpusDistribution, 4000, 7).map(wordsOf);
  const below = (words: number): number => lengths.filter((length) => length <= words).length / lengths.length;

  it("has log-normal lengths: scipy.stats.norm.cdf(log(words / 60) / 0.6) of them are shorter", () => {
    // Four standard errors of a share among 4,000 texts.
    expect(Math.abs(below(60) - 0.5)).toBeLessThan(0.032);
    expect(Math.abs(below(90) - 0.7504)).toBeLessThan(0.028);
    expect(Math.abs(below(30) - 0.124)).toBeLessThan(0.021);
  });

  it("is clipped, and the same for the same seed", () => {
    const clipped = makeCorpus({ medianWords: 10, sigma: 3, leastWords: 4, mostWords: 12 }, 200, 1).map(wordsOf);
    expect([Math.min(...clipped), Math.max(...clipped)]).toEqual([4, 12]);
    expect(makeCorpus(corpusDistribution, 5, 7)).toEqual(makeCorpus(corpusDistribution, 4000, 7).slice(0, 5));
  });
});

describe("evenlySpaced", () => {
  it("takes from all of a list, in its order", () => {
    expect(evenlySpaced([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
    expect(evenlySpaced([1, 2], 5)).toEqual([1, 2]);
    expect(evenlySpaced([], 3)).toEqual([]);
  });
});
