import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import { adjustedMutualInformation, completeness, contingencyTable, homogeneity, vMeasure } from "./clustering.ts";

interface Measures {
  readonly homogeneity: number;
  readonly completeness: number;
  readonly v_measure: number;
  readonly ami: number;
}
interface WrittenCase extends Measures {
  readonly truth: number[];
  readonly found: number[];
}
interface DrawnCase extends Measures {
  readonly seed: number;
  readonly documents: number;
  readonly classes: number;
  readonly clusters: number;
  readonly moved: number;
}

const load = <Case>(name: string): Case[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")).cases;

function drawn({ seed, documents, classes, clusters, moved }: DrawnCase): [number[], number[]] {
  const random = legacyNumpyRandom(seed);
  const draw = (high: number): number[] => Array.from({ length: documents }, () => random.randint(0, high));
  const truth = draw(classes);
  const elsewhere = draw(clusters);
  return [truth, truth.map((label, i) => (random.randomSample() < moved ? elsewhere[i] : label % clusters))];
}

function expectMeasures(truth: number[], found: number[], expected: Measures): void {
  const table = contingencyTable(truth, found);
  // Sums of at most some thousand terms in float64, in another order than numpy's.
  expect(Math.abs(homogeneity(table) - expected.homogeneity)).toBeLessThan(1e-12);
  expect(Math.abs(completeness(table) - expected.completeness)).toBeLessThan(1e-12);
  expect(Math.abs(vMeasure(table) - expected.v_measure)).toBeLessThan(1e-12);
  // The reference takes each probability from differences of logarithms up to 1e5, which are exact to about 1e-11.
  expect(Math.abs(adjustedMutualInformation(table) - expected.ami)).toBeLessThan(1e-10);
}

const shuffle = [3, 0, 4, 1, 2];
const partitions = Array.from({ length: 12 }, (_, seed) =>
  drawn({ seed, documents: 80, classes: 5, clusters: 5, moved: seed / 11 } as DrawnCase),
);

describe("measures of a clustering", () => {
  it.each(load<WrittenCase>("clustering.json"))("equal scikit-learn's on $truth.length documents", (expected) =>
    expectMeasures(expected.truth, expected.found, expected),
  );

  it.each(load<DrawnCase>("clustering-drawn.json"))(
    "equal scikit-learn's on $documents documents of $classes classes in $clusters clusters, $moved moved",
    (expected) => expectMeasures(...drawn(expected), expected),
  );

  it("do not change when clusters get other numbers, or when empty ones are added", () => {
    for (const [truth, found] of partitions) {
      const table = contingencyTable(truth, found);
      const renamed = contingencyTable(
        truth,
        found.map((cluster) => 2 * shuffle[cluster] + 1),
      );
      for (const measure of [homogeneity, completeness, vMeasure, adjustedMutualInformation]) {
        expect(measure(renamed)).toBeCloseTo(measure(table), 12);
      }
    }
  });

  it("trade places when classes and clusters do", () => {
    for (const [truth, found] of partitions) {
      const [table, turned] = [contingencyTable(truth, found), contingencyTable(found, truth)];
      expect(homogeneity(turned)).toBeCloseTo(completeness(table), 12);
      expect(vMeasure(turned)).toBeCloseTo(vMeasure(table), 12);
      expect(adjustedMutualInformation(turned)).toBeCloseTo(adjustedMutualInformation(table), 12);
    }
  });

  it("are 1 for equal partitions and lie in their ranges for others", () => {
    for (const [truth, found] of partitions) {
      const same = contingencyTable(truth, truth);
      for (const measure of [homogeneity, completeness, vMeasure, adjustedMutualInformation]) {
        expect(measure(same)).toBeCloseTo(1, 12);
        expect(measure(contingencyTable(truth, found))).toBeLessThanOrEqual(1 + 1e-12);
      }
      expect(homogeneity(contingencyTable(truth, found))).toBeGreaterThanOrEqual(0);
    }
  });

  it("are 1 where there is nothing to tell apart, as scikit-learn has it", () => {
    for (const table of [contingencyTable([], []), contingencyTable([0, 0, 0], [2, 2, 2])]) {
      expect(homogeneity(table)).toBe(1);
      expect(completeness(table)).toBe(1);
      expect(vMeasure(table)).toBe(1);
      expect(adjustedMutualInformation(table)).toBe(1);
    }
  });

  it("refuses lists of different lengths", () => {
    expect(() => contingencyTable([0, 1], [0])).toThrow(
      new RangeError("contingencyTable: 2 classes against 1 clusters"),
    );
  });
});
