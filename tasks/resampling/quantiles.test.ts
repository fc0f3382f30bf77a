import { describe, expect, it } from "vitest";
import { normalTwoSided, studentTwoSided } from "./quantiles.ts";

describe("normalTwoSided", () => {
  it.each([
    // scipy 1.17: stats.norm.isf(alpha / 2), in each of the three regions of the approximation
    [1, 0],
    [0.9, 0.12566134685507402],
    [0.5, 0.6744897501960817],
    [0.05, 1.9599639845400545],
    [0.01, 2.575829303548901],
    [0.0005, 3.480756404346212],
    [1e-6, 4.891638475698591],
    [1e-12, 7.130506848171324],
    [1e-30, 11.523883577380248],
  ])("at %d", (alpha, expected) => {
    // Sixteen digits, less the cancellation in 0.5 − alpha / 2.
    expect(Math.abs(normalTwoSided(alpha) - expected)).toBeLessThanOrEqual(1e-14 * Math.max(1, expected));
  });
});

describe("studentTwoSided", () => {
  it.each([
    // scipy 1.17: stats.t.isf(alpha / 2, df)
    [0.05, 1, 12.706204736174705],
    [0.0005, 1, 1273.239282935764],
    [0.99, 1.7, 0.014425652951466533],
    [0.05, 2.5, 3.5746548420036834],
    [0.5, 3, 0.7648923284043444],
    [0.9, 7, 0.13029279659177742],
    [0.05, 9, 2.2621571627982053],
    [0.0005, 9, 5.290653840306442],
    [0.05, 49, 2.0095752371292397],
    [0.01, 137.3, 2.6121114805735504],
    [0.05, 9999, 1.9602012636213577],
    [0.05, 10001, 1.9602012161646414],
    [0.0005, 20000.5, 3.481327129900426],
  ])("at %d with %d degrees of freedom", (alpha, degrees, expected) => {
    // The tail is a difference from 1 where t is small, which costs some digits of the smallest.
    expect(Math.abs(studentTwoSided(alpha, degrees) / expected - 1)).toBeLessThan(1e-11);
  });

  it("is the normal value with infinitely many degrees of freedom, and above it with any other number", () => {
    expect(studentTwoSided(0.05, Number.POSITIVE_INFINITY)).toBe(normalTwoSided(0.05));
    for (const degrees of [1, 1.5, 4, 9, 80, 700, 9000, 1e5]) {
      for (const alpha of [0.0005, 0.05, 0.4, 0.95]) {
        expect(studentTwoSided(alpha, degrees)).toBeGreaterThan(normalTwoSided(alpha));
      }
    }
  });
});
