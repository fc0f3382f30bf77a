import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { undersample } from "./undersample.ts";

const golden = JSON.parse(readFileSync(new URL("./fixtures/undersampling.json", import.meta.url), "utf8"));

describe("undersample", () => {
  it("draws the reference's rows in every experiment", () => {
    const drawn = undersample(golden.labels, golden.samples_per_label, golden.experiments.length);
    expect(drawn.map((rows) => [...rows])).toEqual(golden.experiments);
  });

  it("takes what there is of a label with fewer rows than asked for", () => {
    const labels = ["a", "b", "a", "a", "a", "c", "b"];
    for (const rows of undersample(labels, 3, 5)) {
      const count = (label: string): number => [...rows].filter((row) => labels[row] === label).length;
      expect(["a", "b", "c"].map(count)).toEqual([3, 2, 1]);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });

  it("draws other rows in every experiment, none without labels or experiments", () => {
    const [first, second] = undersample(new Array(100).fill(0), 8, 2);
    expect(first).not.toEqual(second);
    expect(undersample([], 8, 2).map((rows) => rows.length)).toEqual([0, 0]);
    expect(undersample([1, 2], 8, 0)).toEqual([]);
  });
});
