import { describe, expect, it } from "vitest";
import { compareVersions, isVersion } from "./versions.ts";

/** `sorted(…, key=packaging.version.Version)` of Python's packaging; only 1.0 and 1.0.0 are equal. */
const sorted = [
  ...["0.9", "1.0.dev0", "1.0a1.dev3", "1.0a1", "1.0b2", "1.0rc1", "1.0c2", "1.0", "1.0.0", "1.0.post0"],
  ...["1.0.post1.dev4", "1.0.post1", "1.0-2", "1.0.1alpha", "v1.0.1", "1.1.2.dev0", "1.1.2", "1.9.9", "1.12.48"],
  ...["1.38.33", "2.2", "2.16.0", "10.0", "1!0.1"],
];

describe("compareVersions", () => {
  it("orders every pair as packaging does", () => {
    const order = (a: string, b: string): number =>
      a.startsWith("1.0") && /^1\.0(\.0)?$/.test(a) && /^1\.0(\.0)?$/.test(b)
        ? 0
        : Math.sign(sorted.indexOf(a) - sorted.indexOf(b));
    for (const a of sorted) {
      for (const b of sorted) expect([a, b, compareVersions(a, b)]).toEqual([a, b, order(a, b)]);
    }
  });

  it("puts what is no version behind", () => {
    expect(compareVersions("unknown", "0.1")).toBe(-1);
    expect(compareVersions("0.1", "unknown")).toBe(1);
    expect(compareVersions("", "unknown")).toBe(0);
  });
});

describe("isVersion", () => {
  it.each([
    ["2.12.16-2.15.4", false],
    ["mteb version not available", false],
    ["", false],
    ["1.0.", false],
    ["1..0", false],
    ["a1", false],
    ["unknown", false],
    ["1.0+cpu", true],
    ["1.0.dev", true],
    [" 1.0 ", true],
    ["1.0-rc.1", true],
  ])("%j: %s, as packaging has it", (text, expected) => {
    expect(isVersion(text)).toBe(expected);
  });
});
