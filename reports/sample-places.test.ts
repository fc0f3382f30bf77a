import { describe, expect, it } from "vitest";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { SubsetSamples } from "../runners/results/sample-table.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { placesOverQueries, type SampledRow } from "./sample-places.ts";
import { stored, task } from "./testing/results.ts";

const tasks = [task("A", "Retrieval"), task("B", "Retrieval")];
const units = 40;
const average = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
/** Values of queries that are hard or easy for all, `by` apart, with a scatter of their own. */
const valuesBy = (by: number, scatter: number, shift = 0): readonly number[] =>
  Array.from({ length: units }, (_, i) => 0.5 + by + 0.3 * Math.sin(5 * i) + scatter * Math.cos(7 * i + shift));

interface Made {
  readonly model: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
}
const models: readonly Made[] = [
  { model: "acme/first", values: { A: valuesBy(0.1, 0.02), B: valuesBy(0.1, 0.02) } },
  { model: "acme/second", values: { A: valuesBy(0, 0.02), B: valuesBy(0.001, 0.02) } },
  { model: "acme/third", values: { A: valuesBy(0, 0.02, 1), B: valuesBy(0, 0.02, 1) } },
];
const resultsOf = ({ model, values }: Made): StoredResult[] =>
  stored(model, Object.fromEntries(Object.entries(values).map(([name, own]) => [name, average(own)])));

const samplesOf = (values: readonly number[], ids?: readonly string[]): SubsetSamples => ({
  ...{ split: "test", subset: "default" },
  samples: { kind: "mean", values: Float64Array.from(values), ...(ids && { ids }) },
});

/** Finds places, where each row has these samples in place of its own. */
function found(made = models, other: Readonly<Record<string, readonly SubsetSamples[] | undefined>> = {}) {
  const results = made.flatMap(resultsOf);
  const board = makeLeaderboard(results, tasks, tasks, { places: true });
  const rows = board.rows.map((row): SampledRow => {
    const own = made.find(({ model }) => model === row.model) ?? made[0];
    return {
      row,
      results: resultsOf(own),
      samplesOf: async (name) => (row.model in other ? other[row.model] : [samplesOf(own.values[name])]),
    };
  });
  return placesOverQueries(board, rows, tasks);
}

describe("places over queries", () => {
  it("are those of the mean, from samples of the same queries", async () => {
    const places = await found();
    expect(places).toEqual({
      places: [
        { low: 1, high: 1 },
        { low: 2, high: 3 },
        { low: 2, high: 3 },
      ],
      summary: {
        ...{ over: "queries", tasks: 2, rows: 3, apart: 1 },
        groups: [
          { low: 1, high: 1 },
          { low: 2, high: 3 },
        ],
      },
    });
  });

  it.each([
    ["without samples", { "acme/second": undefined }, "acme/second has no samples of A"],
    ["without those of a subset", { "acme/second": [] }, "acme/second has no samples of A, split test, subset default"],
    [
      "with samples of another run",
      { "acme/second": [samplesOf(valuesBy(0.2, 0))] },
      "samples of acme/second do not give its score (A, split test, subset default)",
    ],
    [
      "with samples of other queries",
      { "acme/second": [samplesOf([0.25, 0.75].map((one) => one - 0.5 + average(models[1].values.A)))] },
      "samples of acme/second and acme/first are of other units (A, split test, subset default)",
    ],
  ])("are none of a row %s, and why", async (_, other, reason) => {
    expect(await found(models, other)).toBe(reason);
  });
});
