import { describe, expect, it } from "vitest";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Matrix } from "../../models/matrix.ts";
import { predictByMl } from "./ml.ts";

/** Rows of one value each, in tight groups around the centres. */
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
