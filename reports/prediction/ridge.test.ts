import { describe, expect, it } from "vitest";
import { fitRidge, predictRow } from "./ridge.ts";

/** Deterministic values that look like scores. */
const score = (model: number, task: number): number =>
  50 + 20 * Math.sin(1 + 1.7 * model) + 5 * Math.cos(model * (task + 2));

const rows = Array.from({ length: 12 }, (_, model) => [0, 1, 2].map((task) => score(model, task)));
const targets = rows.map(([a, b, c], i) => [0.5 * a + 0.2 * b + Math.sin(i), c - a]);
const families = [[0, 4, 7], [1], [2], [3, 5], [6], [8], [9], [10], [11]];

describe("fitRidge", () => {
  it("gives the errors of fits that were made without each family", () => {
    const { errors, spreads } = fitRidge(rows, targets, families);
    for (const family of families) {
      const kept = rows.map((_, i) => i).filter((i) => !family.includes(i));
      const alone = kept.map((_, i) => [i]);
      const fit = fitRidge(
        kept.map((i) => rows[i]),
        kept.map((i) => targets[i]),
        alone,
      );
      // The closed form keeps the means of all rows, from which the penalty counts: it moves what is almost nothing.
      for (const i of family) {
        const { values, spread } = predictRow(fit, rows[i]);
        for (const [k, value] of values.entries()) expect(targets[i][k] - value).toBeCloseTo(errors[i][k], 1);
        expect(spread).toBeCloseTo(spreads[i], 1);
      }
    }
  });

  it("finds a linear rule, and is the less sure the further a row is from the others", () => {
    const exact = rows.map(([a, b]) => [3 + 0.4 * a + 0.6 * b]);
    const fit = fitRidge(rows, exact, families);
    const near = predictRow(fit, rows[3]);
    const far = predictRow(fit, [300, 10, 200]);
    expect(near.values[0]).toBeCloseTo(exact[3][0], 0);
    expect(far.spread).toBeGreaterThan(2 * near.spread);
  });
});
