import { describe, expect, it } from "vitest";
import { parseOwnTexts } from "./own-texts.ts";

const expected =
  'expected a JSON array of texts, or on each line a JSON text or {"text": "…"}, as `pramana texts` writes them';

describe("parseOwnTexts", () => {
  it("reads an array over several lines, and JSON lines of both kinds", () => {
    expect(parseOwnTexts(' [\n"a",\n {"text": "b"}]\n', "t.json")).toEqual(["a", "b"]);
    expect(parseOwnTexts('\uFEFF"a"\n\n{"text": "b", "role": "query"}\r\n', "t.jsonl")).toEqual(["a", "b"]);
  });

  it.each([
    ["", "bench: t is empty"],
    ["[]", "bench: t holds no text"],
    ['["a", 7]', "bench: t, item 2 (line 1) is 7"],
    ['"a"\n{"title": "b"}', 'bench: t, line 2 is {"title":"b"}'],
    ['"a"\nnull', "bench: t, line 2 is null"],
  ])("refuses %j", (content, message) => {
    expect(() => parseOwnTexts(content, "t")).toThrow(`${message}; ${expected}`);
  });

  it("says where a file is damaged", () => {
    expect(() => parseOwnTexts('"a"\nplain words', "t")).toThrow(/^bench: t, line 2: not valid JSON: /);
    expect(() => parseOwnTexts('["a"', "t")).toThrow(/^bench: t, line 1: not valid JSON: /);
  });
});
