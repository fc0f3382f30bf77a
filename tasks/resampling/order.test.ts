import { describe, expect, it } from "vitest";
import { type OrderEvidence, placesIn, tellOrder } from "./order.ts";

const options = { seed: 42 };

/** Points of models on tasks; a model's sum is what it is told by. */
function pointsOf(...points: readonly (readonly number[])[]): OrderEvidence {
  const parts = points.map((own) => Float64Array.from(own));
  const sums = parts.map((own) => own.reduce((sum, one) => sum + one, 0));
  return { parts, distance: (one, other, scale) => (sums[one] - sums[other]) / scale };
}

describe("tellOrder", () => {
  it("tells nothing by five parts, however clear they are, and by six what all of them say", () => {
    expect(tellOrder(pointsOf([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]), options)(0, 1)).toBe(0);
    const order = tellOrder(pointsOf([1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]), options);
    // One of 32 signs reaches it: 3.1 %.
    expect([order(0, 1), order(1, 0)]).toEqual([1, -1]);
  });

  it("needs all of six parts: two of 32 signs are 6.3 %", () => {
    // By hand: of the signs of (1, 1, 1, 1, 1, −0.1) those with a sum of 4.9 or more are itself and its last part turned.
    expect(tellOrder(pointsOf([1, 1, 1, 1, 1, -0.1], [0, 0, 0, 0, 0, 0]), options)(0, 1)).toBe(0);
  });

  it("goes on with the others, once some are told apart", () => {
    const steady = (height: number) => Array.from({ length: 7 }, () => height);
    const third = [1, 1, 1, 1, 1, 1, -0.2];
    const both = tellOrder(pointsOf(steady(0), third, steady(-9)), options);
    expect([both(0, 2), both(1, 2), both(1, 0)]).toEqual([1, 1, 1]);
  });

  it("never tells equal ones apart, nor pairs that are not asked for", () => {
    const own = [3, 1, 4, 1, 5, 9, 2, 6];
    const low = own.map((one) => one - 10);
    const order = tellOrder({ ...pointsOf(own, own, low), isAsked: (one) => one === 0 }, options);
    expect([order(0, 1), order(0, 2), order(1, 2)]).toEqual([0, 1, 0]);
  });

  it("draws the same signs for the same seed", () => {
    const value = (i: number, model: number) => Math.sin(12.9898 * i + 78.233 * model) + model * 0.4;
    const models = [0, 1, 2, 3, 4].map((model) => Array.from({ length: 20 }, (_, i) => value(i, model)));
    const all = () => placesIn(tellOrder(pointsOf(...models), options), 5);
    expect(all()).toEqual(all());
    expect(all()[4].high).toBeLessThan(5);
  });

  it("makes a false claim in about 5 % of tables of equal models", () => {
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 - 0.5;
    };
    const tables = 400;
    let claims = 0;
    for (let table = 0; table < tables; table++) {
      const models = Array.from({ length: 4 }, () => Array.from({ length: 9 }, next));
      if (placesIn(tellOrder(pointsOf(...models), options), 4).some(({ low, high }) => high - low < 3)) claims++;
    }
    expect(claims / tables).toBeGreaterThan(0.015);
    expect(claims / tables).toBeLessThan(0.085);
  });
});

describe("placesIn", () => {
  it("puts a model behind all that are before it", () => {
    expect(placesIn((one, other) => (one === other ? 0 : one === 0 ? 1 : other === 0 ? -1 : 0), 3)).toEqual([
      { low: 1, high: 1 },
      { low: 2, high: 3 },
      { low: 2, high: 3 },
    ]);
  });
});
