import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mean } from "./lists.ts";
import { multilabelMeasures } from "./multilabel.ts";

interface Case {
  readonly truth: string[];
  readonly found: string[];
  readonly accuracy: number;
  readonly lrap: number;
  readonly f1: number;
  readonly hamming: number;
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/multilabel.json", import.meta.url), "utf8"),
);
const cells = (rows: readonly string[]): Uint8Array => Uint8Array.from(rows.join(""), Number);
const measure = (truth: readonly string[], found: readonly string[]) =>
  multilabelMeasures(cells(truth), cells(found), truth[0]?.length ?? 0);

describe("measures of sets of labels", () => {
  it.each(cases)("are scikit-learn's and mteb's: case %#", ({ truth, found, ...expected }) => {
    const { accuracy, lrap, hamming, f1 } = measure(truth, found);
    expect(mean(accuracy)).toBeCloseTo(expected.accuracy, 12);
    expect(mean(lrap)).toBeCloseTo(expected.lrap, 12);
    expect(f1).toBeCloseTo(expected.f1, 12);
    expect(mean(hamming)).toBeCloseTo(expected.hamming, 12);
  });

  it("are 1 for what is all right, and per row", () => {
    const { accuracy, lrap, hamming, f1 } = measure(["10", "01", "00", "11"], ["10", "01", "00", "11"]);
    expect([[...accuracy], [...lrap], [...hamming], f1]).toEqual([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], 1]);
    const wrong = measure(["10", "01"], ["01", "01"]);
    expect([...wrong.accuracy]).toEqual([0, 1]);
    expect([...wrong.hamming]).toEqual([0, 1]);
    expect([...wrong.lrap]).toEqual([1 / 2, 1]);
  });

  it("count a label that is neither true nor predicted as 0", () => {
    expect(measure(["100", "010"], ["100", "010"]).f1).toBeCloseTo(2 / 3, 12);
  });

  it("refuse cells that make no rows", () => {
    expect(() => multilabelMeasures(new Uint8Array(3), new Uint8Array(4), 2)).toThrow("3 cells against 4, 2 labels");
    expect(() => multilabelMeasures(new Uint8Array(3), new Uint8Array(3), 2)).toThrow(RangeError);
  });
});
