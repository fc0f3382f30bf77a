import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openColumn } from "../../datasets/packed-texts.ts";
import { describeFinding, joinFindings } from "./describe.ts";
import { findingKinds, type PlacedFinding } from "./kinds.ts";
import { eachRepeat, fingerprint } from "./repeats.ts";
import { openTally } from "./tally.ts";

const repeatsOf = (texts: readonly string[], prints?: Float64Array): [number, number][] => {
  const found: [number, number][] = [];
  eachRepeat(texts, (row, first) => found.push([row, first]), prints);
  return found;
};

describe("repeated texts", () => {
  it("are told with the first row that has them", () => {
    const texts = ["a", "b", "a", "", "b", "a", "", "\ud834", "A"];
    const expected = [
      [2, 0],
      [4, 1],
      [5, 0],
      [6, 3],
    ];
    expect(repeatsOf(texts)).toEqual(expected);
    const packed = openColumn(true);
    for (const text of texts) packed.push(text);
    const found: [number, number][] = [];
    eachRepeat(packed as never, (row, first) => found.push([row, first]));
    expect(found).toEqual(expected);
  });

  it("are no others that have their fingerprint, and many of these take no time", () => {
    const same = (count: number) => new Float64Array(count).fill(7);
    expect(repeatsOf(["a", "b", "c", "b"], same(4))).toEqual([[3, 1]]);
    const many = Array.from({ length: 20_000 }, (_, i) => `text ${i}`);
    expect(repeatsOf([...many, "text 1"], same(many.length + 1))).toEqual([[many.length, 1]]);
  });

  it("have fingerprints of 53 bits, which other texts mostly do not share", () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `${i % 2 ? "x" : "é"}${i}`);
    const prints = texts.map(fingerprint);
    expect(new Set(prints).size).toBe(texts.length);
    expect(prints.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(["ab", "ba", "a", "", "\0", "\0\0", "aa"].map(fingerprint)).size).toBe(7);
  });
});

describe("a tally", () => {
  it("counts, names the first three, and asks for no other name", () => {
    const tally = openTally();
    const asked: number[] = [];
    for (let row = 0; row < 5; row++) {
      tally.add("row-repeated", () => {
        asked.push(row);
        return row === 1 ? `\u001b${"x".repeat(100)}` : `row ${row}`;
      });
    }
    tally.add("judged-document-unknown", () => "q d");
    expect(asked).toEqual([0, 1, 2]);
    expect(tally.findings()).toEqual([
      { kind: "judged-document-unknown", count: 1, first: ["q d"] },
      { kind: "row-repeated", count: 5, first: ["row 0", `\\u001b${"x".repeat(54)}…`, "row 2"] },
    ]);
  });
});

describe("findings", () => {
  const placed = (subset: string, count: number, first: string[], kind = "row-repeated" as const): PlacedFinding => {
    return { split: "test", subset, kind, count, first };
  };

  it("are described in a line", () => {
    expect(describeFinding(placed("de", 4, ["a", "b", "c"]))).toBe("rows that come again: 4 (a, b, c, …)");
    expect(describeFinding(placed("de", 1, ["a"]))).toBe("rows that come again: 1 (a)");
    expect(describeFinding(placed("de", 1, []))).toBe("rows that come again: 1 (…)");
  });

  it("of several subsets are joined by kind", () => {
    const all = [placed("de", 2, ["a", "b"]), placed("en", 5, ["c", "d", "e"])];
    expect(joinFindings(all, 2)).toEqual([
      { kind: "row-repeated", count: 7, first: ["de, test: a", "de, test: b", "en, test: c"] },
    ]);
    expect(joinFindings(all.slice(0, 1), 1)).toEqual([{ kind: "row-repeated", count: 2, first: ["a", "b"] }]);
  });

  it("stand in docs/findings.md, each with what follows from it", () => {
    const page = readFileSync(new URL("../../docs/findings.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.*) \| (.*) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
    const kinds = Object.entries(findingKinds).map(([kind, { title, effect, seenBy, ...more }]) => {
      return [kind, title, effect, "isSuspicion" in more ? `${seenBy}, a suspicion` : seenBy];
    });
    expect(rows).toEqual(kinds);
  });
});
