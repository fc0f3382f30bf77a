import { describe, expect, it } from "vitest";
import { orderOf } from "./order.ts";
import type { Scope, ScopeMember } from "./scope.ts";
import { medianOf, sensitivityOf } from "./sensitivity.ts";
import { orderLine, sensitivityLines } from "./wording.ts";

/** Small numbers that look like chance, of mean 0 over many. */
const wave = (r: number, member: number): number => 0.01 * Math.sin(r * (member + 1.7) * 1.37);

const resamples = 400;

/** Makes the scores of models' prompts, each of which deviates by itself by about a point. */
function scopeOf(scores: readonly (readonly [model: number, prompt: string, score: number, sameAs?: string])[]): Scope {
  const members = scores.map(([model, prompt, score, sameAs]): ScopeMember => {
    return { model, prompt, score, row: prompt, text: prompt, ...(sameAs !== undefined && { sameAs }) };
  });
  const deviations = members.map((_, member) => Float64Array.from({ length: resamples }, (_, r) => wave(r, member)));
  return {
    ...{ name: "Some", measure: "ndcg_at_10", members, deviations },
    difference: (base, candidate) => {
      const difference = members[candidate].score - members[base].score;
      const draws = deviations[base].map((value, r) => difference + deviations[candidate][r] - value);
      return {
        ...{ base: members[base].score, candidate: members[candidate].score, difference, draws },
        ...{ variance: 1e-4, degreesOfFreedom: 100 },
      };
    },
  };
}

describe("sensitivityOf", () => {
  const scope = scopeOf([
    [0, "published", 0.5],
    [0, "none", 0.1],
    [0, "a", 0.6],
    [0, "b", 0.505],
    [0, "c", 0.5, "published"],
  ]);

  it("takes median, spread and best of the different prompts, without none", () => {
    const found = sensitivityOf(scope, 0);
    expect(found).toMatchObject({ prompts: 3, median: 0.505, best: "a", worst: "published" });
    expect(found?.spread.width).toBeCloseTo(0.1, 12);
    expect(found?.medianChange.difference).toBeCloseTo(0.005, 12);
    const verdicts = found?.rows.map(({ prompt, change }) => [prompt, change?.verdict]);
    expect(verdicts).toEqual([
      ["published", undefined],
      ["none", "worse"],
      ["a", "better"],
      ["b", "no difference"],
      ["c", undefined],
    ]);
  });

  it("counts little of a lead as luck where it is wide, and nearly all where it is not", () => {
    const wide = sensitivityOf(scope, 0)?.luck;
    expect(wide?.ofChoosing).toBeLessThan(0.002);
    expect(wide?.ifEqual).toBeGreaterThan(0.005);
    const narrow = sensitivityOf(
      scopeOf([
        [0, "published", 0.5],
        [0, "none", 0.1],
        [0, "a", 0.5001],
        [0, "b", 0.5],
      ]),
      0,
    );
    expect(narrow?.luck?.ofChoosing).toBeGreaterThan(0.9 * (narrow?.luck?.ifEqual ?? 1));
    expect(narrow?.spread.pValue).toBeGreaterThan(0.9);
    expect(sensitivityOf(scope, 0)?.spread.pValue).toBeCloseTo(1 / (resamples + 1), 12);
  });

  it("says nothing of a task on which a prompt has no score", () => {
    expect(
      sensitivityOf(
        scopeOf([
          [0, "published", 0.5],
          [0, "none", Number.NaN],
        ]),
        0,
      ),
    ).toBeUndefined();
  });

  it("takes nothing off the published prompt, which nobody chose by these texts", () => {
    const found = sensitivityOf(
      scopeOf([
        [0, "published", 0.7],
        [0, "none", 0.1],
        [0, "a", 0.6],
      ]),
      0,
    );
    expect(found && sensitivityLines(found).at(-1)).toBe(
      "Best: the published prompt, 70.00; none of the others scores more.",
    );
  });
});

describe("the best prompt's luck in words", () => {
  const found = sensitivityOf(
    scopeOf([
      [0, "published", 0.7],
      [0, "a", 0.8],
    ]),
    0,
  );
  const bestOf = (ofChoosing: number, ifEqual: number) =>
    found && sensitivityLines({ ...found, luck: { ofChoosing, ifEqual } }).at(-1);

  it("is no negative number, and none of 0.00", () => {
    expect(bestOf(-3e-5, 0.00111)).toMatch(
      /: by less than 0\.01 points, by 0\.11 if all prompts are equally good\. On other texts expect 79\.89 to 80\.00\.$/,
    );
    expect(bestOf(0.0005, 0.0011)).toMatch(/: by about 0\.05 points, by 0\.11 if .* expect 79\.89 to 79\.95\.$/);
  });

  it("gives one score where both ends are the same", () => {
    expect(bestOf(0.00291, 0.00293)).toMatch(/expect about 79\.71\.$/);
  });
});

describe("orderOf", () => {
  const two = (first: readonly number[], second: readonly number[]): Scope =>
    scopeOf(
      [first, second].flatMap((scores, model) =>
        ["published", "none", "a"].map((prompt, i) => [model, prompt, scores[i]] as const),
      ),
    );

  it.each([
    [[0.5, 0.4, 0.6], [0.6, 0.5, 0.7], "holds"],
    [[0.5, 0.4, 0.8], [0.6, 0.5, 0.7], "turns"],
    [[0.5, 0.4, 0.701], [0.6, 0.5, 0.7], "may turn"],
  ])("of %j and %j %s", (first, second, verdict) => {
    const order = orderOf(two(first, second), [0, 1]);
    expect(order?.verdict).toBe(verdict);
    expect(order?.rows.map(({ choice }) => choice)).toEqual(["published", "none", "a", "median", "best"]);
    expect(order && orderLine(order)).toContain(
      { holds: "does not hang", turns: "hangs on", "may turn": "may hang" }[verdict],
    );
  });
});

it("takes the mean of the two values in the middle as the median of an even number", () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3])]).toEqual([2, 2.5]);
});
