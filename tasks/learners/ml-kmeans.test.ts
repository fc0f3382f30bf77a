import { describe, expect, it } from "vitest";
import { clusterByMl } from "./ml-kmeans.ts";
import { pointsOf } from "./points.ts";

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
