import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawIteratively } from "./iterative-stratification.ts";

interface Case {
  readonly labels: number[][];
  readonly size: number;
  readonly kept: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/iterative.json", import.meta.url), "utf8"),
);

describe("iterative stratification", () => {
  it.each(cases)("keeps the rows that mteb keeps: case %#", ({ labels, size, kept }) => {
    expect([...drawIteratively(labels, size)]).toEqual(kept);
  });

  it("numbers labels by value or by code points, in whatever order a row has them", () => {
    const [{ labels, size, kept }] = cases;
    const order = [...new Set(labels.flat())].sort((a, b) => a - b);
    const names = ["Z", "a", "b", "é", "\uff5e", "\u{1f600}"];
    expect(order.length).toBeLessThanOrEqual(names.length);
    const named = labels.map((own) => own.map((label) => names[order.indexOf(label)]));
    expect([...drawIteratively(named, size)]).toEqual(kept);
    const again = labels.map((own) => [...own.toReversed(), ...own].map((label) => label * 7 - 3));
    expect([...drawIteratively(again, size)]).toEqual(kept);
  });

  it("shares out rows without labels by chance alone", () => {
    const none: number[][] = Array.from({ length: 100 }, () => []);
    expect(drawIteratively(none, 30)).toHaveLength(30);
  });
});
