import { describe, expect, it } from "vitest";
import { predict, upperQuantile } from "./predict.ts";
import { tableOf, withoutModel } from "./score-table.ts";

/** A table of models whose tasks follow one ability, a second one, and chance; each maker has two models. */
const tasks = ["A", "B", "C", "D", "E", "F"];
const noise = (seed: number): number => Math.sin(seed * 12.9898) * Math.cos(seed * 4.1414);
const stored = {
  benchmark: "made up",
  tasks,
  models: Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `maker-${i >> 1}/model-${i}`,
      tasks.map((_task, k) => Math.round(100 * (40 + 0.7 * i + (k % 2) * 6 * noise(i + 1) + 2 * noise(7 * i + k + 3)))),
    ]),
  ),
  chosen: ["A", "B"],
  trials: [],
};
const table = tableOf(stored);
const mean = new Map(tasks.map((task) => [task, 1 / tasks.length]));
const first = new Map([["A", 1]]);
const measuredOf = (model: string, names: readonly string[]) =>
  new Map(names.map((task) => [task, stored.models[model][tasks.indexOf(task)] / 100]));
const meanOf = (model: string): number => stored.models[model].reduce((sum, one) => sum + one, 0) / 100 / tasks.length;

describe("predict", () => {
  it("holds the means of models that it has not seen, and comes nearer than the mean of what is measured", () => {
    const off = Object.keys(stored.models).map((model) => {
      const { targets } = predict(withoutModel(table, model), measuredOf(model, ["A", "B"]), [mean]);
      const [{ value, interval }] = targets;
      const held = interval[0] <= meanOf(model) && meanOf(model) <= interval[1];
      return { held, error: Math.abs(value - meanOf(model)) };
    });
    const held = off.filter((one) => one.held).length;
    expect(held).toBeGreaterThanOrEqual(36);
    expect(off.reduce((sum, { error }) => sum + error, 0) / off.length).toBeLessThan(1);
  });

  it("takes what is measured as it is: a mean of measured tasks has no width", () => {
    const { targets } = predict(
      table,
      new Map([
        ["A", 61.5],
        ["B", 60],
        ["C", 59],
      ]),
      [mean, first],
    );
    expect(targets[1]).toEqual({ value: 61.5, interval: [61.5, 61.5] });
    expect(targets[0].interval[0]).toBeLessThan(targets[0].value);
  });

  it("tells a model that is unlike the others, and is less sure of it", () => {
    const like = predict(table, measuredOf("maker-10/model-20", ["A", "B"]), [mean]);
    const unlike = predict(
      table,
      new Map([
        ["A", 20],
        ["B", 75],
      ]),
      [mean],
    );
    const above = predict(
      table,
      new Map([
        ["A", 90],
        ["B", 90],
      ]),
      [mean],
    );
    expect([like, unlike, above].map(({ isUnlike }) => isUnlike)).toEqual([false, true, true]);
    const widths = [like, unlike].map(({ targets: [{ interval }] }) => interval[1] - interval[0]);
    expect(widths[1]).toBeGreaterThan(1.5 * widths[0]);
  });
});

describe("upperQuantile", () => {
  it("is the value that a further one lies below with the asked probability", () => {
    const values = Array.from({ length: 199 }, (_, i) => i + 1);
    expect(upperQuantile(values)).toBe(190);
    expect(upperQuantile([3, 1, 2])).toBe(3);
  });
});
