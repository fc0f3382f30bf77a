import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { placeOfLargest } from "./first-of-largest.ts";

const { cases }: { cases: [string, number][] } = JSON.parse(
  readFileSync(new URL("./fixtures/largest.json", import.meta.url), "utf8"),
);

describe("the place of the largest value", () => {
  it("is torch's, whatever ties", () => {
    const found = cases.map(([digits]) => [digits, placeOfLargest(Float32Array.from(digits, Number))]);
    expect(found).toEqual(cases);
  });

  it.each([
    [[], -1],
    [[3], 0],
    [[1, 3, 2], 1],
    [[1, Number.NaN, 2], 1],
    [[Number.NEGATIVE_INFINITY, -1], 1],
    [[...new Array(70).fill(0), 5, 5], 70],
  ] as const)("of %j is %d", (values, place) => {
    expect(placeOfLargest(Float32Array.from(values))).toBe(place);
  });
});
