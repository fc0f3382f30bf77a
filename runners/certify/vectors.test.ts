import { describe, expect, it } from "vitest";
import { agreement, distance, type Vector } from "./vectors.ts";

const of = (...values: number[]): Vector => Float32Array.from(values);

describe("distance", () => {
  it("is 1 less the cosine, whatever the lengths", () => {
    expect(distance(of(1, 0), of(5, 0))).toBe(0);
    expect(distance(of(1, 0), of(0, 2))).toBe(1);
    expect(distance(of(1, 0), of(-3, 0))).toBe(2);
    expect(distance(of(3, 4), of(4, 3))).toBeCloseTo(1 - 24 / 25, 12);
  });

  it("takes the first values of a longer vector, and none for near where there is no direction", () => {
    expect(distance(of(1, 2, 9), of(2, 4))).toBeCloseTo(0, 12);
    expect(distance(of(0, 0), of(1, 0))).toBe(2);
    expect(distance(of(0, 0), of(0, 0))).toBe(0);
  });
});

describe("agreement", () => {
  const texts = [of(1, 0, 0), of(0.9, 0.1, 0), of(0, 1, 0.2), of(0, 0.3, 1)];
  it("is 1 for vectors that are turned as a whole, and less for others", () => {
    const turned = texts.map(([x, y, z]) => of(-y, x, z));
    expect(agreement(texts, turned)).toBeCloseTo(1, 6);
    expect(agreement(texts, texts.toReversed())).toBeLessThan(0.9);
  });
});
