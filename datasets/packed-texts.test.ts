import { describe, expect, it } from "vitest";
import { type Column, isPacked, joinColumns, openColumn, pickRows, valuesOf } from "./packed-texts.ts";

/** Texts whose UTF-8 is easy to get wrong, and values that are no texts. */
const odd: readonly unknown[] = [
  ...[
    "",
    " ",
    "a",
    "ÿ",
    "é".repeat(3),
    "日本語",
    "𝄞 clef",
    "e\u0301",
    "\0",
    "\uFEFFmark",
    "a\uFEFF",
    "\uFFFD",
    "\uFFFF",
  ],
  ...["\ud834", "\udd1e", "\udd1e\ud834", "x\ud834y", "\ud834\ud834\udd1e", "ends with \ud800", "\r\n\t\u2028"],
  ...[null, 0, -0, 1.5, 12n, true, ["a"], { role: "user" }],
  ...["a".repeat(2 ** 16 - 1), "日".repeat(2 ** 16 - 1), "𝄞".repeat(2 ** 15), "b".repeat(2 ** 18)],
];

const packed = (values: readonly unknown[]): Column => {
  const column = openColumn(true);
  for (const value of values) column.push(value);
  return column;
};

/** Values in an order that puts each odd value into many rows of a block. */
const many = Array.from({ length: 5000 }, (_, i) =>
  i % 3 === 0 ? odd[(i / 3) % 27] : `text ${i} ${"é".repeat(i % 7)}`,
);

describe("packed texts", () => {
  it.each([0, 1, 1023, 1024, 1025, 2048, 5000])("are the values that were put there, %d of them", (count) => {
    const values = many.slice(0, count);
    const column = packed(values);
    expect(isPacked(column)).toBe(true);
    expect(column.length).toBe(count);
    expect(valuesOf(column)).toStrictEqual(values);
    expect(column.at(count)).toBeUndefined();
    expect(column.at(count + 5000)).toBeUndefined();
  });

  it("are the same unit for unit, whatever the text", () => {
    const values = Array.from({ length: 1100 }, (_, i) => odd[i % odd.length]);
    const column = packed(values);
    for (const [place, value] of values.entries()) expect(Object.is(column.at(place), value)).toBe(true);
  });

  it("hold every UTF-16 unit, alone and after another", () => {
    const units = Array.from({ length: 2 ** 16 }, (_, unit) => String.fromCharCode(unit));
    const pairs = units.map((unit) => `\ud834${unit}`);
    for (const values of [units, pairs]) {
      const column = packed(values);
      expect(values.findIndex((value, place) => column.at(place) !== value)).toBe(-1);
    }
  });

  it("tell the places of what is no text", () => {
    const column = packed(["a", null, "\ud834", 3, "b"]);
    expect(isPacked(column) && [...column.others()]).toEqual([1, 3]);
    expect(isPacked(column) && column.others()[Symbol.iterator]().next().value).toBe(1);
  });

  it("are not what an array is", () => {
    expect(isPacked(openColumn(false))).toBe(false);
    expect(valuesOf(["a", null])).toEqual(["a", null]);
  });
});

describe("columns one after the other", () => {
  const parts = [[], many.slice(0, 1500), [], ["x", null], [], many.slice(1500, 4000), []];

  it("stay packed where all are", () => {
    const column = joinColumns(parts.map(packed));
    expect(isPacked(column)).toBe(true);
    expect(column.length).toBe(4002);
    expect(valuesOf(column)).toStrictEqual(parts.flat());
    const isText = (value: unknown): boolean => typeof value === "string";
    const others = parts.flat().flatMap((value, place) => (isText(value) ? [] : [place]));
    expect(isPacked(column) && [...column.others()]).toEqual(others);
    expect(column.at(4002)).toBeUndefined();
  });

  it("are an array where one is", () => {
    expect(joinColumns([packed(["a"]), [["b"]]])).toEqual(["a", ["b"]]);
    expect(joinColumns([["a"], ["b"]])).toEqual(["a", "b"]);
  });

  it.each([0, 1, 4000])("are picked by row without being unpacked, %d rows of them", (count) => {
    const rows = Int32Array.from({ length: count }, (_, i) => (i * 7919) % many.length);
    const wanted = Array.from(rows, (row) => many[row]);
    const picked = pickRows(packed(many), rows);
    expect(isPacked(picked)).toBe(true);
    expect(valuesOf(picked)).toEqual(wanted);
    expect(picked.at(count)).toBeUndefined();
    const others = wanted.flatMap((value, row) => (typeof value === "string" ? [] : [row]));
    expect(isPacked(picked) && [...picked.others()]).toEqual(others);
    expect(pickRows(many, rows)).toEqual(wanted);
  });
});
