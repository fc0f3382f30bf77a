import { describe, expect, it } from "vitest";
import { openStatistic } from "../statistic.ts";
import type { Order } from "./order.ts";
import { orderOfScores } from "./order-of-scores.ts";
import { labelledMean, meanStatistic } from "./testing/statistics.ts";

const options = { seed: 42 };
const meanOf = (values: readonly number[]) => openStatistic({ kind: "mean", values: Float64Array.from(values) });
const average = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
const units = Array.from({ length: 40 }, (_, i) => Math.sin(3 * i) ** 2);
const noisy = (by: number, size: number) => units.map((one, i) => one + by + size * Math.cos(7 * i));

function ordered(...models: readonly (readonly number[])[]): Order {
  const order = orderOfScores([{ weight: 1, statistics: models.map(meanOf) }], models.map(average), options);
  if (typeof order === "string") throw new Error(order);
  return order;
}

describe("orderOfScores", () => {
  it("tells models apart by their differences on the same units, not by their own scatter", () => {
    // The scatter of either is 0.35, that of their difference 0.01.
    const order = ordered(units, noisy(0.02, 0.01), noisy(0, 0.3));
    expect([order(1, 0), order(0, 1), order(0, 2)]).toEqual([1, -1, 0]);
  });

  it("is less sure where few units carry the score", () => {
    const carried = (values: readonly number[], effectiveUnits: number) => ({ ...meanOf(values), effectiveUnits });
    const by = (effective: number): unknown => {
      const models = [units, noisy(0.05, 0.1)];
      const statistics = models.map((one) => carried(one, effective));
      const order = orderOfScores([{ weight: 1, statistics }], models.map(average), options);
      return typeof order === "string" ? order : order(1, 0);
    };
    // t is about 4.5: above 2.02, which 39 degrees of freedom ask for, below 12.7 of a single one.
    expect([by(40), by(2)]).toEqual([1, 0]);
  });

  it("adds the scatter between experiments", () => {
    const sure = units;
    const alike = meanStatistic(sure, sure, sure);
    const shifted = (by: readonly number[]) =>
      meanStatistic(...by.map((one) => sure.map((value, i) => value + one + 0.001 * (i % 2))));
    const steady = orderOfScores(
      [{ weight: 1, statistics: [alike, shifted([0.01, 0.01, 0.01])] }],
      [0.5, 0.5105],
      options,
    );
    const scattered = orderOfScores(
      [{ weight: 1, statistics: [alike, shifted([0.09, -0.03, -0.03])] }],
      [0.5, 0.5105],
      options,
    );
    expect(typeof steady === "string" ? steady : steady(1, 0)).toBe(1);
    expect(typeof scattered === "string" ? scattered : scattered(1, 0)).toBe(0);
  });

  it("says why there is no order", () => {
    const one = { weight: 1, statistics: [meanOf([0.5]), meanOf([0.4])] };
    expect(orderOfScores([one], [0.5, 0.4], options)).toBe("too few units carry a score");
    const some = [units.slice(0, 20), units.slice(20)];
    const few = { weight: 1, statistics: some.map(meanOf) };
    expect(orderOfScores([few], some.map(average), options)).toBe(
      "20 queries, pairs and rows are too few, it takes 30",
    );
    const labels = units.map((_, i) => (i < 1 ? 1 : 0));
    const rare = { weight: 1, statistics: [labelledMean(labels, units), labelledMean(labels, noisy(0, 1))] };
    expect(orderOfScores([rare], [0.5, 0.4], options)).toBe("a score is undefined without some of its units");
  });
});
