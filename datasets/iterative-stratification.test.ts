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

  it("shares out rows without labels by chance alone", () => {
    const none: number[][] = Array.from({ length: 100 }, () => []);
    expect(drawIteratively(none, 30)).toHaveLength(30);
  });
});
