import { describe, expect, it } from "vitest";
import { strip } from "./blanks.ts";

describe("strip", () => {
  // Python 3.11: "…".strip() of each.
  it.each([
    ["  a b\t\n", "a b"],
    ["\u001c\u001f\u0085a\u00a0\u3000", "a"],
    ["\ufeffa\u200b", "\ufeffa\u200b"],
    [" \n ", ""],
    ["", ""],
  ])("%j is %j", (text, expected) => expect(strip(text)).toBe(expected));

  it("takes no time for blanks within a text", () => {
    expect(strip(`a${" ".repeat(1_000_000)}b`)).toHaveLength(1_000_002);
  });
});
