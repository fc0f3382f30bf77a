import { describe, expect, it } from "vitest";
import { checkDepth, parseDocument } from "./document.ts";
import { InputError } from "./errors.ts";
import { limits } from "./limits.ts";

const parse = (text: string): unknown =>
  parseDocument(text, "a.json", (reason) => new InputError(`no JSON: ${reason}`));
const nested = (depth: number): string =>
  Array.from({ length: depth }, (_, i) => (i % 2 === 0 ? "[" : '{"a":')).join("") +
  "1" +
  Array.from({ length: depth }, (_, i) => ((depth - i) % 2 === 1 ? "]" : "}")).join("");
const message = `a.json: its lists and objects lie more than ${limits.depth} deep within each other; see docs/safety.md`;

describe("the depth of a document", () => {
  it("may be as large as the limit, by its text as by its value", () => {
    const text = nested(limits.depth);
    expect(checkDepth(parse(text), "a.json")).toEqual(JSON.parse(text));
  });

  it("may not be larger", () => {
    const text = nested(limits.depth + 1);
    expect(() => parse(text)).toThrow(new InputError(message));
    expect(() => checkDepth(JSON.parse(text), "a.json")).toThrow(new InputError(message));
  });

  it.each([
    ["brackets in a text", JSON.stringify("[{".repeat(limits.depth))],
    ["brackets in a key", JSON.stringify({ ["[".repeat(limits.depth * 2)]: 1 })],
    ["brackets after an escaped quote", JSON.stringify(`"${"[".repeat(limits.depth * 2)}`)],
    ["brackets after an escaped backslash", JSON.stringify([`\\"${"[".repeat(limits.depth * 2)}\\`, "\\"])],
    ["lists beside each other", `[${Array.from({ length: limits.depth * 2 }, () => "[{}]").join()}]`],
  ])("does not count %s", (_, text) => expect(parse(text)).toEqual(JSON.parse(text)));

  it.each(["[", '{"a":', "", '["\\"]'])("is asked of JSON alone: %s", (text) => {
    expect(() => parse(text)).toThrow(/^no JSON: /);
  });

  it("counts a text that ends in an escaped backslash as ended", () => {
    expect(() => parse(`["\\\\",${nested(limits.depth)}]`)).toThrow(new InputError(message));
  });
});
