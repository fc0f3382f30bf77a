import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "./errors.ts";
import { globMatcher, newEffort } from "./glob.ts";

interface Expected {
  readonly paths: readonly string[];
  /** Places of the paths that a pattern finds. */
  readonly found: Readonly<Record<string, readonly number[]>>;
  readonly refused: readonly string[];
}
const { paths, found, refused }: Expected = JSON.parse(
  readFileSync(new URL("fixtures/globs/expected.json", import.meta.url), "utf8"),
);

describe("globMatcher", () => {
  it("finds what fsspec finds, pattern by pattern", () => {
    const ours = Object.keys(found).map((pattern) => {
      const fits = globMatcher(pattern, newEffort());
      return [pattern, paths.flatMap((path, i) => (fits(path) ? [i] : []))];
    });
    expect(ours).toEqual(Object.entries(found));
    expect(ours.length).toBe(3000);
  });

  it.each(refused)("refuses %j, as fsspec does", (pattern) => {
    expect(() => globMatcher(pattern, newEffort())).toThrow(InputError);
    expect(() => globMatcher(pattern, newEffort())).toThrow(
      / has \*\* within a part; expected \*\* alone between slashes/,
    );
  });

  it.each([
    ["*a".repeat(500), `${"a".repeat(499)}b${"a".repeat(500)}`, true],
    [`${"*a".repeat(500)}b`, "a".repeat(1000), false],
    [`**/${"a*/**/".repeat(100)}b`, `${"a/".repeat(100)}b`, true],
    [`**/${"*/**/".repeat(170)}b`, `${"a/".repeat(169)}b`, false],
    [`**/${"*/**/".repeat(169)}b`, `${"a/".repeat(169)}b`, true],
    ["?".repeat(1000), "a".repeat(1000), true],
    ["?".repeat(31), "a".repeat(31), true],
    ["?".repeat(32), "a".repeat(32), true],
    ["?".repeat(32), "a".repeat(33), false],
    [`${"x".repeat(29)}/**/y`, `${"x".repeat(29)}/y`, true],
    [`${"x".repeat(30)}/**/y`, `${"x".repeat(30)}/y`, true],
    [`${"x".repeat(31)}/**/y`, `${"x".repeat(31)}/a/b/y`, true],
  ])("comes to an end for a pattern with many ways to fit (%#)", (pattern, path, expected) => {
    expect(globMatcher(pattern, newEffort())(path)).toBe(expected);
  });

  it("refuses a card whose patterns together take too long", () => {
    const effort = { left: 1000 };
    const fits = globMatcher("*a?", effort);
    expect(fits("aab")).toBe(true);
    expect(() => Array.from({ length: 10 }, () => fits("aab"))).toThrow(
      new InputError(
        "data files: to match the patterns of the card with the files takes more than 500000000 steps, which is all that " +
          "is done; list fewer patterns, or files by their names, see docs/safety.md",
      ),
    );
  });
});
