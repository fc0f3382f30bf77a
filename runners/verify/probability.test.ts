import { expect, it } from "vitest";
import { drawUnits } from "../../tasks/limit.ts";
import { chanceToFind } from "./probability.ts";

it("is the hypergeometric probability", () => {
  // 1 - scipy.stats.hypergeom.pmf(0, 1379, 69, 60) of scipy 1.17
  expect(chanceToFind(1379, 60, 69)).toBeCloseTo(0.957129, 6);
  expect(chanceToFind(10, 3, 1)).toBeCloseTo(0.3, 12);
  expect(chanceToFind(10, 3, 8)).toBe(1);
  expect(chanceToFind(10, 10, 1)).toBe(1);
  expect(chanceToFind(10, 3, 0)).toBe(0);
  expect(chanceToFind(10, 0, 5)).toBe(0);
});

it("is how often draws find what was altered", () => {
  for (const [of, drawn, altered] of [
    [200, 20, 10],
    [75, 5, 4],
    [1000, 10, 50],
  ] as const) {
    const draws = 800;
    let found = 0;
    // The altered units may lie anywhere: here the first ones.
    for (let seed = 0; seed < draws; seed++) if (drawUnits(of, drawn, seed)[0] < altered) found += 1;
    const stated = chanceToFind(of, drawn, altered);
    expect(Math.abs(found / draws - stated)).toBeLessThan(4 * Math.sqrt((stated * (1 - stated)) / draws));
  }
});
