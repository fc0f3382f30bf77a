import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { openBothWays } from "./both-ways.ts";
import { placeOfLargest } from "./first-of-largest.ts";

const random = pythonRandom(3);

/** Draws a square of few different values, some of which are no numbers. */
function drawSquare(count: number): Float32Array {
  const values = [0, -0, 0.25, 0.5, 1, Number.NEGATIVE_INFINITY, Number.NaN];
  return Float32Array.from({ length: count * count }, () => values[Math.floor(random.random() ** 2 * values.length)]);
}

describe.each([1, 2, 8, 41, 63, 64, 65, 100])("the largest of %d by %d scores", (count) => {
  it("is found in each row and column as in a list by itself", () => {
    for (let trial = 0; trial < 5; trial++) {
      const data = drawSquare(count);
      const found = openBothWays(count);
      found.add({ data, rows: count, dims: count });
      const row = (i: number) => placeOfLargest(data.slice(i * count, (i + 1) * count));
      const column = (i: number) => placeOfLargest(data.filter((_, cell) => cell % count === i));
      expect([...found.ofRows]).toEqual(Array.from({ length: count }, (_, i) => row(i)));
      expect([...found.ofColumns]).toEqual(Array.from({ length: count }, (_, i) => column(i)));
    }
  });
});

describe.each([64, 65, 100])("the largest of %d by %d scores", (count) => {
  it("is the same where the rows come in parts", () => {
    const data = drawSquare(count);
    const [whole, parted] = [openBothWays(count), openBothWays(count)];
    whole.add({ data, rows: count, dims: count });
    for (const [start, end] of [
      [0, 1],
      [1, 40],
      [40, count],
    ] as const) {
      parted.add({ data: data.subarray(start * count, end * count), rows: end - start, dims: count });
    }
    expect(parted.ofRows).toEqual(whole.ofRows);
    expect(parted.ofColumns).toEqual(whole.ofColumns);
  });
});

it("parts of fewer than 64 rows are refused, as their order decides", () => {
  const found = openBothWays(3);
  expect(() => found.add({ data: new Float32Array(3), rows: 1, dims: 3 })).toThrow(
    "openBothWays: 1 of 3 rows; expected all at once",
  );
});
