import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Matrix } from "../../models/matrix.ts";
import { clusterByMl, predictByMl } from "./ml.ts";
import { pointsOf } from "./points.ts";

/** Makes rows of one value each, in tight groups around the centres. */
function line(centres: readonly number[], each: number): { rows: Matrix; labels: Int32Array } {
  const random = legacyNumpyRandom(1);
  const labels = Int32Array.from({ length: centres.length * each }, (_, i) => i % centres.length);
  const data = Float32Array.from(labels, (label) => centres[label] + random.uniform(-0.1, 0.1));
  return { rows: { data, rows: labels.length, dims: 1 }, labels };
}

describe("predictByMl", () => {
  it("separates two classes of one sign, which needs an intercept", () => {
    const { rows, labels } = line([0.2, 2], 10);
    expect(predictByMl(rows, labels, rows)).toEqual(labels);
  });

  it("separates classes in several directions", () => {
    const directions = [
      [1, 0],
      [0, 1],
      [-1, -1],
    ] as const;
    const labels = Int32Array.from({ length: 30 }, (_, i) => i % 3);
    const data = Float32Array.from([...labels].flatMap((label) => [...directions[label]]));
    const rows = { data, rows: 30, dims: 2 };
    expect(predictByMl(rows, labels, rows)).toEqual(labels);
  });

  it("stays finite on rows of any size", () => {
    const { rows, labels } = line([-1, 1], 10);
    const large = { ...rows, data: rows.data.map((value) => value * 1e6) };
    expect(predictByMl(large, labels, large)).toEqual(labels);
  });
});

const points = pointsOf({ data: Float32Array.from([0, 0, 9, 9, 0, 1, 9, 8, 50, 50]), rows: 5, dims: 2 });
const rows = Int32Array.from([0, 1, 2, 3, 1, 0]);

describe("clusterByMl", () => {
  it("parts what lies far apart, whatever the seed", () => {
    for (const seed of [1, 2, 3, 42]) {
      const found = clusterByMl(points, rows, { clusters: 2, seed });
      const [low, high] = [found[0], found[1]];
      expect(low).not.toBe(high);
      expect([...found]).toEqual([low, high, low, high, high, low]);
    }
  });

  it("gives the same clusters for the same seed", () => {
    const options = { clusters: 3, seed: 42 };
    expect(clusterByMl(points, rows, options)).toEqual(clusterByMl(points, rows, options));
  });

  it("refuses more clusters than rows, and none", () => {
    expect(() => clusterByMl(points, rows, { clusters: 7, seed: 1 })).toThrow(
      new RangeError("clusterByMl: 7 clusters of 6 rows"),
    );
    expect(() => clusterByMl(points, rows, { clusters: 0, seed: 1 })).toThrow(
      new RangeError("clusterByMl: 0 clusters of 6 rows"),
    );
  });
});
