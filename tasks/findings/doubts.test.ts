import { describe, expect, it } from "vitest";
import type { Samples } from "../samples.ts";
import { doubtsOf } from "./doubts.ts";
import type { Item } from "./items.ts";
import { findingKinds } from "./kinds.ts";
import { type RankingMaterial, rowsOfColumns } from "./material.ts";
import { tallyPreferred } from "./preferred.ts";
import { openTally } from "./tally.ts";

/** Samples of 400 rows of four classes, each model with errors of its own; some rows are called another class by all. */
function labelled(
  model: number,
  wrong: ReadonlyMap<number, number>,
  truthOf = (row: number): number => row % 4,
): Samples {
  const truth = Int32Array.from({ length: 400 }, (_, row) => truthOf(row));
  const said = truth.map(
    (label, row) => wrong.get(row) ?? ((row * 7 + model * 13) % 31 === 0 ? (label + 1 + model) % 4 : label),
  );
  return { kind: "labels", measure: "accuracy", truth, predicted: Array.from({ length: 10 }, () => said) };
}

const told = (models: readonly Samples[]) =>
  doubtsOf(models, (number) => `class ${number}`).doubts.map(({ kind, units, ofClass }) => [kind, ofClass ?? units[0]]);

describe("what several models see otherwise", () => {
  const wrong = new Map([10, 51, 112, 333].map((row) => [row, (row + 2) % 4]));

  it("are rows that all call the same other class, and no errors of one", () => {
    const rowsOf = [...wrong.keys()].map((row) => ["label-doubted", row]);
    expect(told([labelled(0, wrong), labelled(1, wrong)])).toEqual(rowsOf);
    expect(told([labelled(0, wrong), labelled(1, new Map())])).toEqual([]);
    expect(told([labelled(0, wrong)])).toEqual([]);
  });

  it("are classes whose rows were mixed up", () => {
    const mixed = (row: number): number => (row % 4 === 3 ? (row >> 2) % 4 : row % 4);
    const shuffled = new Map(Array.from({ length: 400 }, (_, row) => [row, mixed(row)]));
    expect(told([0, 1].map((model) => labelled(model, shuffled)))[0]).toEqual(["label-of-many-doubted", 3]);
  });

  it("are pairs that all put far from where people did", () => {
    const far = [5, 17, 29, 261, 274, 290];
    const gold = Float64Array.from({ length: 300 }, (_, i) => i / 300);
    const scores = (model: number): Samples => ({
      kind: "correlation",
      measure: "spearman",
      gold,
      scores: Float32Array.from(gold, (score, i) =>
        far.includes(i) ? 1 - score : score + 0.05 * Math.sin(i * (model + 2)),
      ),
    });
    expect(told([scores(0), scores(1)])).toEqual(far.map((unit) => ["score-doubted", unit]));
  });

  it("are labelled pairs among the outermost of the other label", () => {
    const far = [40, 72, 96];
    const labels = Uint8Array.from({ length: 200 }, (_, i) => i % 2);
    const scores = (model: number): Samples => ({
      kind: "pairs",
      measure: "ap",
      labels,
      scores: {
        cosine: Float32Array.from(labels, (label, i) => (far.includes(i) ? 2 : label + 0.4 * Math.sin(i + model))),
      },
    });
    expect(told([scores(0), scores(1)])).toEqual(far.map((unit) => ["label-doubted", unit]));
  });

  it("are queries that none solves", () => {
    const values = (zeros: readonly number[]): Samples => ({
      kind: "mean",
      ids: ["q0", "q1", "q2"],
      values: Float64Array.from([0, 1, 2], (i) => (zeros.includes(i) ? 0 : 0.5)),
    });
    expect(told([values([0, 1]), values([1, 2])])).toEqual([["query-unsolved", 1]]);
  });

  it("is a document that all rankings put first, and nobody judged relevant", () => {
    const one = rowsOfColumns([["x", "y"]], (row) => `q${row}`);
    const material: RankingMaterial = {
      kind: "ranking",
      queries: one,
      documents: rowsOfColumns([["a", "b", "c"]], (row) => `d${row}`),
      judgementsOf: (query) => new Map([[query, 1]]),
      isRanked: () => true,
    };
    const rankings = [0.1, 0.2].map(
      (by) =>
        new Map([
          ["q0", new Map(Object.entries({ d0: by, d2: 0.9 }))],
          ["q1", new Map(Object.entries({ d1: 1 }))],
        ]),
    );
    const items: Item[] = [];
    const tally = openTally((item) => items.push(item));
    tallyPreferred(material, rankings, tally);
    expect(items).toMatchObject([{ kind: "document-preferred", name: "q0 d2", beside: { texts: ["c"] }, unit: "q0" }]);
    expect(items[0].evidence).toBe(
      "first with all 2 models, is not judged; places of the best relevant document: 2, 2",
    );
    tallyPreferred(material, rankings.slice(1), tally);
    expect(items).toHaveLength(1);
  });

  it("is tried here in every kind", () => {
    const tried = ["label-of-many-doubted", "label-doubted", "score-doubted", "document-preferred", "query-unsolved"];
    const own = Object.entries(findingKinds).filter(([, { seenBy }]) => seenBy === "results");
    expect(own.map(([kind]) => kind)).toEqual(tried);
  });
});
