import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kendallTau } from "./kendall.ts";

const { cases }: { cases: { x: number[]; y: number[]; tau: number | null }[] } = JSON.parse(
  readFileSync(new URL("./fixtures/kendall.json", import.meta.url), "utf8"),
);

describe("Kendall's tau", () => {
  it.each(cases)("is scipy's: case %#", ({ x, y, tau }) => {
    if (tau === null) {
      expect([kendallTau(x, y), kendallTau(y, x)]).toEqual([Number.NaN, Number.NaN]);
      return;
    }
    expect(kendallTau(x, y)).toBeCloseTo(tau, 14);
    // It does not matter which list comes first, nor in which order the pairs are.
    const [other, reversed] = [kendallTau(y, x), kendallTau(x.toReversed(), y.toReversed())];
    for (const one of [other, reversed]) expect(one).toBeCloseTo(kendallTau(x, y), 14);
  });

  it("is undefined where a value is, and refuses lists of two lengths", () => {
    expect(kendallTau([1, 2, Number.NaN], [1, 2, 3])).toBeNaN();
    expect(() => kendallTau([1], [1, 2])).toThrow("1 values against 2");
  });
});
