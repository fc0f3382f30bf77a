import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { jsonPieces, parseJson } from "./json.ts";

/** Forces the slow path: no text with a bare NaN is JSON. */
const behindNaN = (text: string) => (parseJson(`[NaN, ${text}]`, "x") as unknown[])[1];

describe("parseJson", () => {
  it("reads what Python writes for numbers that are not finite", () => {
    expect(parseJson('{"a": NaN, "b": [Infinity, -Infinity, 1]}', "x")).toEqual({
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
    });
  });

  it.each([
    "0",
    "-0",
    "-1.5e-7",
    "1E+21",
    "12345678901234567890",
    '""',
    '"NaN, Infinity"',
    '"\\u00e9\\ud83d\\ude00 \\" \\\\ \\n/\\/"',
    "true",
    "false",
    "null",
    "{}",
    "[]",
    "[ ]",
    "{ }",
    '{"a": {"b": [1, [2, []], {"c": null}]}, "d": "e"}',
    '{"__proto__": 1, "a": 1, "a": 2}',
  ])("reads %s as JSON.parse does", (text) => {
    expect(behindNaN(text)).toEqual(JSON.parse(text));
    expect(JSON.stringify(behindNaN(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it.each([
    ["", "line 1, column 1: the text ends, expected a value"],
    ['{"a": 1', "line 1, column 8: the text ends, expected , or }"],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected , or }, found "b"'],
    ['{"a" 1}', "line 1, column 6: expected :, found 1"],
    ["[1, 2", "line 1, column 6: the text ends, expected , or ]"],
    ["[1,]", "line 1, column 4: expected a value, found ]"],
    ['{"a": 1,}', "line 1, column 9: expected a key, found }"],
    ["[nan]", "line 1, column 2: expected a value"],
    ["[01]", "line 1, column 2: expected a value"],
    ["[1.]", "line 1, column 3: expected , or ]"],
    ['["a\tb"]', "line 1, column 2: expected a value"],
    ['["\\x"]', "line 1, column 2: expected a value"],
    ["{} {}", "line 1, column 4: expected the end of the text, found {"],
    ["<html>", "line 1, column 1: expected a value"],
  ])("says where %j is damaged", (text, message) => {
    const read = () => parseJson(text, "STS12.json");
    expect(read).toThrow(InputError);
    expect(read).toThrow(`STS12.json: damaged JSON at ${message}; delete the file or make it again`);
  });
});

describe("jsonPieces", () => {
  const row = { b: 'a "quoted"\nline', a: [1, [], {}, [2, { deep: [{}] }]], none: undefined, nothing: null };
  const values = [
    {},
    [],
    { a: undefined },
    [undefined, null, "x"],
    { 2: 1, 1: [], b: { c: { d: { e: [row, {}] } } } },
    { scores: { test: [row, row], empty: [] }, é: -0, n: Number.NaN, date: 1e21 },
    { scores: { test: Array.from({ length: 2000 }, () => row) } },
  ];

  it.each([0, 2])("are together the text that JSON.stringify makes, with %d blanks", (indent) => {
    for (const value of values) {
      expect([...jsonPieces(value, indent)].join("")).toBe(JSON.stringify(value, null, indent));
    }
  });

  it("are many for many members", () => {
    const pieces = [...jsonPieces(values.at(-1) as object, 2, "\n")];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2 ** 16 + 1000);
    expect(pieces.at(-1)?.endsWith("}\n")).toBe(true);
  });
});
