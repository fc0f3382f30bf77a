import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { compareIds, kthLargest, rankByScore } from "./ranking.ts";

const random = pythonRandom(7);
const numbers = (count: number, kinds: number): Float32Array =>
  Float32Array.from({ length: count }, () => (Math.floor(random.random() * kinds) - kinds / 2) / 7);

describe("compareIds", () => {
  const ids = [
    "",
    "Z",
    "a",
    "a0",
    "a\u0000",
    "b",
    "d10",
    "d9",
    "é",
    "ﬀ",
    "\ue000",
    "\uffff",
    "𝒳",
    "𝒴",
    "😀",
    "aé",
    "a𝒳",
  ];

  it("orders as the UTF-8 bytes do", () => {
    for (const a of ids) {
      for (const b of ids) {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareIds(a, b)), `${a} ${b}`).toBe(bytes);
      }
    }
  });
});

describe("rankByScore", () => {
  const idOf = (place: number): string => `d${place}`;

  it.each([
    [0, 1],
    [1, 1],
    [50, 3],
    [500, 1],
    [500, 40],
    [3000, 1e9],
  ])("sorts %d scores of %d kinds by score, then id, both descending", (count, kinds) => {
    const scores = numbers(count, kinds);
    const expected = Array.from(scores, (_, place) => place).sort(
      (a, b) => scores[b] - scores[a] || Buffer.compare(Buffer.from(idOf(b)), Buffer.from(idOf(a))),
    );
    expect([...rankByScore(scores, idOf)]).toEqual(expected);
  });

  it("orders every kind of float32, and ties what float32 cannot tell apart", () => {
    const rising = [-Infinity, -3.4e38, -1, -1e-45, 1e-45, 1, 3.4e38, Infinity];
    expect([...rankByScore(rising, idOf)]).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    expect([...rankByScore([0, -0, 0.1, 0.1 + 1e-12], idOf)]).toEqual([3, 2, 1, 0]);
  });

  it("does not hang on the order in which the documents come", () => {
    const scores = numbers(300, 20);
    const names = (places: Iterable<number>): string[] => Array.from(places, idOf);
    const ranked = names(rankByScore(scores, idOf));
    const shuffled = pythonRandom(3).sample(300, 300);
    const again = rankByScore(
      Array.from(shuffled, (place) => scores[place]),
      (place) => idOf(shuffled[place]),
    );
    expect(names(Array.from(again, (place) => shuffled[place]))).toEqual(ranked);
  });

  it("refuses more scores than its keys hold", () => {
    expect(() => rankByScore({ length: 2 ** 21 + 1 }, idOf)).toThrow("rankByScore: 2097153 scores; at most 2097152");
  });
});

describe("kthLargest", () => {
  it.each([1, 2, 3, 10, 101, 1000])("finds what sorting finds among %d values", (count) => {
    for (const kinds of [1, 2, 5, 1e9]) {
      const values = numbers(count, kinds);
      const sorted = Float32Array.from(values).sort().reverse();
      for (const k of [1, Math.ceil(count / 2), count])
        expect(kthLargest(Float32Array.from(values), k)).toBe(sorted[k - 1]);
      expect(kthLargest(Float32Array.from(sorted), Math.ceil(count / 3))).toBe(sorted[Math.ceil(count / 3) - 1]);
    }
  });
});
