import { describe, expect, it } from "vitest";
import { plainPoints, toPercent } from "./table.ts";

describe("percent for programs", () => {
  it("is the decimal number that the score is, however it was multiplied", () => {
    for (const stored of [0.631789, 0.585667, 0.546997, 0.0057, 0.29, 1, 0, -0.000123]) {
      expect(String(toPercent(stored))).toBe(String(Number(`${stored}e2`)));
    }
    expect(String(0.585667 * 100)).toBe("58.566700000000004");
  });

  it("every score of six decimals, of which files are made", () => {
    const wrong = Array.from({ length: 200_001 }, (_, i) => i * 5 - 500_000).filter(
      (millionths) => toPercent(millionths / 1e6) !== millionths / 1e4,
    );
    expect(wrong).toEqual([]);
  });

  it("differences and means leave no last bits behind", () => {
    expect(toPercent(0.546997 - 0.585667)).toBe(-3.867);
    expect(toPercent(0.1 + 0.2 - 0.3)).toBe(0);
    expect(plainPoints(-2.1206999999999976)).toBe(-2.1207);
  });

  it("scores of more decimals keep them", () => {
    expect(toPercent(0.8203246721851083)).toBe(82.03246721851083);
    expect(toPercent(2 / 3)).toBe((2 / 3) * 100);
    expect(toPercent(1.234567890123e-9)).toBe(1.234567890123e-9 * 100);
  });

  it("what is far beyond percent, or no number, stays", () => {
    expect(toPercent(-1.25e22)).toBe(-1.25e22 * 100);
    expect(toPercent(Number.NaN)).toBeNaN();
    expect([toPercent(null), toPercent(undefined)]).toEqual([null, null]);
  });
});
