import { describe, expect, it } from "vitest";
import { drawUnits } from "../limit.ts";
import { fewestUnits, planLooks } from "./looks.ts";

const limits = (sizes: readonly number[]) => planLooks(sizes).map(({ most }) => most);

describe("planLooks", () => {
  it("looks at growing shares of the units of one subset, and at all of them last", () => {
    expect(limits([10_000])).toEqual([250, 500, 1000, 2000, 4000, undefined]);
  });

  it("gives each subset as many units as any other, so that small ones are whole sooner", () => {
    const [most = 0] = limits([100, 10_000, 10_000]);
    // 2.5 % of 20,100 units are 502: 100 of the small subset and 201 of each other.
    expect(most).toBe(201);
  });

  it("does not look at fewer than fifty units, nor twice at the same", () => {
    expect(limits([600])).toEqual([fewestUnits, 60, 120, 240, undefined]);
    expect(limits([120])).toEqual([fewestUnits, undefined]);
    expect(limits([1])).toEqual([undefined]);
    expect(limits([fewestUnits])).toEqual([undefined]);
  });

  it.each([[[1]], [[120]], [[600, 50]], [[10_000, 3, 77]]])("spends the error once over all looks at %j", (sizes) => {
    const looks = planLooks(sizes);
    expect(looks.reduce((sum, { spends }) => sum + spends, 0)).toBeCloseTo(1, 12);
    expect(looks.every(({ spends }, i) => spends > (looks[i - 1]?.spends ?? 0))).toBe(true);
  });

  it("plans the same whatever the order of the subsets", () => {
    expect(planLooks([70, 5000, 900])).toEqual(planLooks([5000, 900, 70]));
  });

  it("keeps at each look the units of the one before", () => {
    const kept = planLooks([3080]).map(({ most = 3080 }) => new Set(drawUnits(3080, most)));
    kept.slice(1).forEach((units, i) => {
      expect([...kept[i]].every((unit) => units.has(unit))).toBe(true);
    });
  });
});
