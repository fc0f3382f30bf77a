import { describe, expect, it } from "vitest";
import {
  columnOf,
  idColumn,
  idListColumn,
  integerColumn,
  labelColumn,
  labelPathColumn,
  listColumn,
  numberColumn,
  numberListColumn,
  packableTextColumn,
  textColumn,
  textListColumn,
} from "./columns.ts";
import { InputError } from "./errors.ts";
import { openColumn } from "./packed-texts.ts";
import type { Table } from "./table.ts";

const table = (values: readonly unknown[]): Table => ({
  name: "a/b (default, test)",
  rows: values.length,
  columns: { x: values },
});
const packed = (values: readonly unknown[]): Table => {
  const column = openColumn(true);
  for (const value of values) column.push(value);
  return { ...table(values), columns: { x: column } };
};
const holds = 'data set a/b (default, test): column "x", row';

describe("columns", () => {
  it("gives back what fits", () => {
    expect(textColumn(table(["a", ""]), "x")).toEqual(["a", ""]);
    expect(numberColumn(table([1, -0.5]), "x")).toEqual([1, -0.5]);
    expect(textListColumn(table([["a"], []]), "x")).toEqual([["a"], []]);
    expect(numberListColumn(table([[1, 0.5], []]), "x")).toEqual([[1, 0.5], []]);
    expect(listColumn(table([["a", 1], []]), "x")).toEqual([["a", 1], []]);
    expect(columnOf(table(["a", null]), "x")).toEqual(["a", null]);
    expect(labelColumn(table([1, 0]), "x")).toEqual([1, 0]);
    expect(labelColumn(table(["1", ""]), "x")).toEqual(["1", ""]);
    expect(labelColumn(table([true, false]), "x")).toEqual([true, false]);
    for (const read of [textColumn, numberColumn, textListColumn, labelColumn])
      expect(read(table([]), "x")).toEqual([]);
  });

  it("gives back what is packed as it gives back an array", () => {
    const texts = packableTextColumn(packed(["a", "", "\ud834"]), "x");
    expect([texts.length, texts.at(0), texts.at(1), texts.at(2)]).toEqual([3, "a", "", "\ud834"]);
    expect(packableTextColumn(table(["a"]), "x")).toEqual(["a"]);
    expect(textColumn(packed(["a", ""]), "x")).toEqual(["a", ""]);
    expect(numberColumn(packed([1, 2]), "x")).toEqual([1, 2]);
    for (const make of [table, packed]) {
      expect(() => packableTextColumn(make(["a", null, 3]), "x")).toThrow(
        new InputError(`${holds} 2 holds nothing (null); expected a text`),
      );
      expect(() => packableTextColumn(make([]), "y")).toThrow('there is no column "y"; its columns are x');
    }
  });

  it("refuses ids of which some are texts and some integers", () => {
    expect(idColumn(table(["007", "7"]), "x")).toEqual(["007", "7"]);
    expect(() => idColumn(table([8, 9, "q1"]), "x")).toThrow(
      `${holds} 3 holds "q1"; expected integers, as in the rows before, or texts in all rows`,
    );
    expect(() => idColumn(table(["q1", 8n]), "x")).toThrow(`${holds} 2 holds 8`);
    expect(() => idListColumn(table([["a"], [], ["b", 1]]), "x")).toThrow(
      `${holds} 3 holds ["b",1]; expected texts, as in the rows before, or texts in all rows`,
    );
  });

  it("makes label paths of labels and of lists", () => {
    expect(labelPathColumn(table([["a", "b"], [], "c"]), "x")).toEqual([["a", "b"], [], ["c"]]);
    expect(labelPathColumn(table([3, -1]), "x")).toEqual([[3], [-1]]);
    expect(labelPathColumn(table([[true], [false, true]]), "x")).toEqual([[true], [false, true]]);
    expect(labelPathColumn(table([[], []]), "x")).toEqual([[], []]);
    expect(labelPathColumn(table([]), "x")).toEqual([]);
  });

  it("lists the columns there are where one is missing", () => {
    const two = { name: "t", rows: 0, columns: { sentence1: [], score: [] } };
    expect(() => textColumn(two, "text")).toThrow(
      'data set t: there is no column "text"; its columns are sentence1, score',
    );
    expect(() => numberColumn({ name: "t", rows: 0, columns: {} }, "text")).toThrow(
      'data set t: there is no column "text"; it has no columns',
    );
    expect(() => labelColumn(two, "toString")).toThrow('there is no column "toString"');
  });

  it.each([
    [textColumn, ["a", null], `${holds} 2 holds nothing (null); expected a text`],
    [textColumn, [1.5], `${holds} 1 holds 1.5; expected a text`],
    [textColumn, ["a", ["b"]], `${holds} 2 holds ["b"]; expected a text`],
    [textColumn, ["a", undefined], `${holds} 2 holds nothing (null); expected a text`],
    [
      labelPathColumn,
      [[], ["a", 1]],
      `${holds} 2 holds ["a",1]; expected a text, as the first label is, or a list of such`,
    ],
    [
      labelPathColumn,
      [1, ["a"]],
      `${holds} 2 holds ["a"]; expected a number, as the first label is, or a list of such`,
    ],
    [
      labelPathColumn,
      [true, 0],
      `${holds} 2 holds 0; expected true or false, as the first label is, or a list of such`,
    ],
    [
      labelPathColumn,
      [["a"], [null]],
      `${holds} 2 holds [null]; expected a text, as the first label is, or a list of such`,
    ],
    [
      labelPathColumn,
      [[["a"]]],
      `${holds} 1 holds [["a"]]; expected a number, a text, or true or false, or a list of such`,
    ],
    [
      labelPathColumn,
      [null],
      `${holds} 1 holds nothing (null); expected a number, a text, or true or false, or a list of such`,
    ],
    [numberColumn, [1, "2"], `${holds} 2 holds "2"; expected a number`],
    [numberColumn, [1, NaN], `${holds} 2 holds NaN; expected a number`],
    [numberColumn, [Infinity], `${holds} 1 holds Infinity; expected a number`],
    [
      numberColumn,
      [2n ** 60n],
      `${holds} 1 holds ${2n ** 60n}, beyond the integers that are exact (±2^53); expected a number`,
    ],
    [labelColumn, ["a", 1], `${holds} 2 holds 1; expected a text, as in row 1`],
    [labelColumn, [1, "a"], `${holds} 2 holds "a"; expected a number, as in row 1`],
    [labelColumn, [true, 0], `${holds} 2 holds 0; expected true or false, as in row 1`],
    [labelColumn, [null], `${holds} 1 holds nothing (null); expected a number, a text, or true or false`],
    [textListColumn, [["a"], "b"], `${holds} 2 holds "b"; expected a list of texts`],
    [textListColumn, [["a", 1n]], `${holds} 1 holds ["a","1"]; expected a list of texts`],
    [numberListColumn, [[1], [2, NaN]], `${holds} 2 holds [2,null]; expected a list of numbers`],
    [numberListColumn, [1], `${holds} 1 holds 1; expected a list of numbers`],
    [listColumn, [[], "a"], `${holds} 2 holds "a"; expected a list`],
    [textColumn, [new Array(100).fill("x")], `${holds} 1 holds [${'"x",'.repeat(19)}"x"…; expected a text`],
  ])("%o of %o names the row", (read, values, message) => {
    expect(() => read(table(values), "x")).toThrow(expect.objectContaining({ name: "InputError" }));
    const thrown = (): string => {
      try {
        read(table(values), "x");
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(thrown()).toBe(message);
  });
});

describe("columns of ids and integers", () => {
  it("turn ids into texts, and texts into integers", () => {
    expect(idColumn(table(["a", "", "7"]), "x")).toEqual(["a", "", "7"]);
    expect(idColumn(table([7, -1, 2n ** 60n]), "x")).toEqual(["7", "-1", String(2n ** 60n)]);
    expect(idColumn(table([2n ** 63n - 1n, -(2n ** 63n)]), "x")).toEqual([
      "9223372036854775807",
      "-9223372036854775808",
    ]);
    expect(idListColumn(table([["a"], [], ["b"]]), "x")).toEqual([["a"], [], ["b"]]);
    expect(idListColumn(table([[], [1, 2n]]), "x")).toEqual([[], ["1", "2"]]);
    expect(integerColumn(table([1, -0, "-3", "+4", 2 ** 31 - 1]), "x")).toEqual([1, -0, -3, 4, 2 ** 31 - 1]);
  });

  it.each([
    [idColumn, [1, 1.5], `${holds} 2 holds 1.5; expected an id, a text or an integer within ±2^63`],
    [
      idColumn,
      [1, 2n ** 63n],
      `${holds} 2 holds 9223372036854775808, beyond the integers that are exact (±2^53); expected an id, a text or an integer within ±2^63`,
    ],
    [idColumn, [null], `${holds} 1 holds nothing (null); expected an id, a text or an integer within ±2^63`],
    [idListColumn, [["a"], "a"], `${holds} 2 holds "a"; expected a list of ids, texts or integers within ±2^63`],
    [idListColumn, [[true]], `${holds} 1 holds [true]; expected a list of ids, texts or integers within ±2^63`],
    [integerColumn, [1, 0.5], `${holds} 2 holds 0.5; expected an integer of at most 32 bits`],
    [integerColumn, [2 ** 31], `${holds} 1 holds 2147483648; expected an integer of at most 32 bits`],
    [integerColumn, ["1.0"], `${holds} 1 holds "1.0"; expected an integer of at most 32 bits`],
    [integerColumn, ["9".repeat(40)], `${holds} 1 holds "${"9".repeat(40)}"; expected an integer of at most 32 bits`],
  ])("%o of %o names the row", (read, values, message) => {
    expect(() => read(table(values), "x")).toThrow(new InputError(message));
  });
});
