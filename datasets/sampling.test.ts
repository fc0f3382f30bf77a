import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "./errors.ts";
import { drawRows, drawStratifiedRows } from "./sampling.ts";

interface Plain {
  readonly n: number;
  readonly test_size: number;
  /** The first 300 rows drawn. */
  readonly test: number[];
}
interface Stratified extends Plain {
  readonly labels: number[];
}
const path = new URL("./fixtures/splits.json", import.meta.url);
const splits: { plain: Plain[]; stratified: Stratified[] } = JSON.parse(readFileSync(path, "utf8"));

describe("drawRows", () => {
  it.each(splits.plain)("draws datasets' rows of $n", ({ n, test_size, test }) => {
    const rows = drawRows(n, test_size, "x");
    expect([...rows.slice(0, test.length)]).toEqual(test);
    expect(new Set(rows).size).toBe(test_size);
  });

  it("refuses a sample that leaves no row, as datasets does", () => {
    const refusal = (count: number) => new InputError(`x has ${count} rows; a sample of 3 is drawn from more rows`);
    expect(() => drawRows(3, 3, "x")).toThrow(refusal(3));
    expect(() => drawRows(0, 3, "x")).toThrow(refusal(0));
    expect(drawRows(4, 3, "x")).toHaveLength(3);
  });
});

describe("drawStratifiedRows", () => {
  it.each(splits.stratified)("draws datasets' rows of $n", ({ labels, test_size, test }) => {
    expect([...drawStratifiedRows(labels, test_size, "x")]).toEqual(test);
  });

  it("takes from each class its share, rounded down or up, and no row twice", () => {
    const classes = Array.from({ length: 997 }, (_, row) => (row % 7) * (row % 3 === 0 ? 1 : 0));
    const rows = drawStratifiedRows(classes, 200, "x");
    expect(new Set(rows).size).toBe(200);
    for (let label = 0; label < 7; label++) {
      const share = (200 * classes.filter((other) => other === label).length) / classes.length;
      const drawn = rows.filter((row) => classes[row] === label).length;
      // Both sides of the split are rounded, one after the other.
      expect(Math.abs(drawn - share)).toBeLessThanOrEqual(1);
    }
  });

  it("refuses a class of one row, and fewer rows than classes on either side", () => {
    expect(() => drawStratifiedRows([0, 0, 1], 2, "x")).toThrow(
      new InputError("x has a label with a single row; a sample in proportion needs two rows per label"),
    );
    const sides = (drawn: number, left: number) =>
      new InputError(
        `x has 2 labels; a sample in proportion that draws ${drawn} rows and leaves ${left} needs at least one row per ` +
          "label on both sides",
      );
    expect(() => drawStratifiedRows([0, 0, 1, 1], 1, "x")).toThrow(sides(1, 3));
    expect(() => drawStratifiedRows([0, 0, 1, 1], 3, "x")).toThrow(sides(3, 1));
    expect(drawStratifiedRows([0, 0, 1, 1], 2, "x")).toHaveLength(2);
  });
});
