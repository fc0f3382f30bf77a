import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FusionRule } from "../../models/hybrid.ts";
import { rankHits } from "../protocols/ranked.ts";
import type { Hits } from "./exact.ts";
import { fuse } from "./fusion.ts";

type Scores = Readonly<Record<string, number>>;

interface Case {
  readonly name: string;
  readonly rankings: readonly Scores[];
  readonly weights: readonly number[] | null;
  readonly rrf: Readonly<Record<string, Scores>>;
  readonly minmax: Scores;
}

const { cases }: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/fusion.json", import.meta.url), "utf8"),
);

/** The documents of the cases are called by their numbers. */
const ids = Array.from({ length: 20 }, (_, row) => String(row));

const ranked = (scores: Scores): Hits =>
  rankHits(
    { rows: Int32Array.from(Object.keys(scores), Number), scores: Float32Array.from(Object.values(scores)) },
    ids,
  );

const table = ({ rows, scores }: Hits): Scores =>
  Object.fromEntries(Array.from(rows, (row, place) => [ids[row], scores[place]]));

describe("fused rankings", () => {
  it.each(cases)("$name, weights $weights: the sums of the reference", ({ rankings, weights, rrf, minmax }) => {
    const made = (rule: FusionRule) =>
      table(fuse(rankings.map(ranked), { rule, ...(weights === null ? {} : { weights }) }));
    for (const [constant, expected] of Object.entries(rrf)) {
      expect(made({ method: "rrf", constant: Number(constant) })).toEqual(expected);
    }
    expect(made({ method: "minmax" })).toEqual(minmax);
  });

  it("are sums that one can do by hand", () => {
    const first = ranked({ 1: 9, 2: 5, 3: 1 });
    const second = ranked({ 2: 0.75, 4: 0.5 });
    expect(table(fuse([first, second], { rule: { method: "rrf", constant: 1 }, weights: [1, 1] }))).toEqual({
      1: 1 / 2,
      2: 1 / 3 + 1 / 2,
      3: 1 / 4,
      4: 1 / 3,
    });
    expect(table(fuse([first, second], { rule: { method: "minmax" } }))).toEqual({ 1: 0.5, 2: 0.75, 3: 0, 4: 0 });
  });
});
