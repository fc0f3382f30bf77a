import { describe, expect, it } from "vitest";
import { InputError } from "./errors.ts";
import { parseItems } from "./json-items.ts";

const fail = (what: string): InputError => new InputError(what);
const isPair = (value: unknown): boolean => Array.isArray(value) && value.length === 2;
const itemsOf = (content: string) => parseItems(content, "t", fail, isPair);
const valuesOf = (content: string) => itemsOf(content).map(({ value }) => value);

describe("items of a list or of JSON lines", () => {
  it.each([
    ["a list on one line", '["a", "b", "c"]', ["a", "b", "c"]],
    ["a list on several", '[\n"a",\n\n"b"\n]\n', ["a", "b"]],
    ["lists in a list", '[["a", "b"],\n ["c", "d"]]', [["a", "b"], ["c", "d"]]], // biome-ignore format: one case a line
    ["lines of texts", '"a"\n\n"b"\r\n', ["a", "b"]],
    ["lines of lists", '\n["a", "b"]\r\n["c", "d"]', [["a", "b"], ["c", "d"]]], // biome-ignore format: one case a line
    ["one line that is an item", '["a", "b"]\n', [["a", "b"]]],
    ["an object on several lines", '{\n"a": [1]\n}', [{ a: [1] }]],
    ["a byte order mark", "\uFEFF[1]", [1]],
    ["line breaks of Unicode in a text", '["a\u2028]", "b"]\n["c", "\u2029"]', [["a\u2028]", "b"], ["c", "\u2029"]]], // biome-ignore format: one case a line
    ["nothing in a list", "[]", []],
  ])("%s", (_, content, values) => {
    expect(valuesOf(content)).toEqual(values);
  });

  it("each says where it stands", () => {
    expect(itemsOf('[\n"a",\n7, 8]').map(({ place }) => place)).toEqual([
      "t, item 1 (line 2)",
      "t, item 2 (line 3)",
      "t, item 3 (line 3)",
    ]);
    expect(itemsOf('"a"\n\n"b"').map(({ place }) => place)).toEqual(["t, line 1", "t, line 3"]);
    expect(itemsOf('[]\n\n["b"]').map(({ place }) => place)).toEqual(["t, line 1", "t, line 3"]);
  });

  it.each([
    [" \n", /^t is empty$/],
    ["a text", /^t, line 1: not valid JSON: /],
    ['["a",\n"b"', /^t, line 2: not valid JSON: the list is not closed$/],
    ['["a",\n"b', /^t, line 2: not valid JSON: it is cut off$/],
    ['["a", "b"]\n["c"', /^t, line 2: not valid JSON: /],
    ['"a"\nplain words', /^t, line 2: not valid JSON: /],
  ])("refuses %j", (content, message) => {
    expect(() => itemsOf(content)).toThrow(message);
  });
});
