import { describe, expect, it } from "vitest";
import { openStatistic } from "../statistic.ts";
import { withoutUnits } from "./without-units.ts";

const statisticOf = (values: readonly number[]) => openStatistic({ kind: "mean", values: Float64Array.from(values) });
const leftOut = (...units: number[]): ReadonlySet<number> => new Set(units);

describe("a score without some units", () => {
  it("is that of the others, averaged over subsets", () => {
    const parts = [
      { statistic: statisticOf([0, 1, 1, 1]), leftOut: leftOut(0) },
      { statistic: statisticOf([0.5, 0.5]), leftOut: leftOut() },
    ];
    expect(withoutUnits(parts)).toEqual({ all: 0.625, rest: 0.75, difference: 0.125 });
  });

  it("has an interval that holds the difference of all units of which these were drawn, in nineteen of twenty cases", () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    // One unit of ten is faulty and scores 0.3 on average in place of 0.7; without these 0.7 stays of 0.66.
    const draws = 1000;
    let held = 0;
    for (let draw = 0; draw < draws; draw++) {
      const faulty = Array.from({ length: 200 }, () => random() < 0.1);
      const values = faulty.map((isFaulty) => Number(random() < (isFaulty ? 0.3 : 0.7)));
      const units = new Set([...faulty.keys()].filter((unit) => faulty[unit]));
      const { interval } = withoutUnits([{ statistic: statisticOf(values), leftOut: units }]);
      if (interval !== undefined && interval[0] <= 0.04 && 0.04 <= interval[1]) held++;
    }
    expect(held / draws).toBeGreaterThan(0.93);
    expect(held / draws).toBeLessThan(0.98);
  });

  it("has none where few units are left out, and is undefined where none stay", () => {
    const statistic = statisticOf([0, 1, 1, 1, 0, 1]);
    expect(withoutUnits([{ statistic, leftOut: leftOut(0, 4) }])).not.toHaveProperty("interval");
    expect(withoutUnits([{ statistic, leftOut: leftOut(0, 1, 2, 3, 4, 5) }]).rest).toBeNaN();
  });
});
