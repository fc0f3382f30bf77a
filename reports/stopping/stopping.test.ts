import { describe, expect, it } from "vitest";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { drawUnits } from "../../tasks/limit.ts";
import type { Samples } from "../../tasks/samples.ts";
import { parseRule } from "../comparison/rule.ts";
import { made, own, record } from "../comparison/testing/runs.ts";
import { askedByRules, askedOfDrop, lookAt, lookedAt, planStopping } from "./stopping.ts";
import { base, changed, known, limitOf, runOf, samplesOf, units } from "./testing/runs.ts";
import { lookText, stoppedFacts, stoppedLines } from "./wording.ts";

const plan = (rules: readonly string[], names = ["A", "B"], run = runOf({ A: base, B: base })) =>
  planStopping(
    run,
    known.filter(({ name }) => names.includes(name)),
    known,
    askedByRules(rules.map(parseRule)),
    0.05,
  );

/** Looks at a candidate at the look of this number, from 1; the last where there is none. */
async function seen(rules: readonly string[], values: Readonly<Record<string, Float64Array>>, number?: number) {
  const stopping = await plan(rules);
  const look = stopping.looks[(number ?? stopping.looks.length) - 1];
  return { stopping, seen: await lookAt(stopping, look, runOf(values, look.most)) };
}

describe("a comparison that stops when it is sure", () => {
  it("tells early that a candidate is clearly worse, and by how much at least", async () => {
    const { stopping, seen: found } = await seen([], { A: changed(-0.15), B: changed(-0.15, 6) }, 1);
    const [{ name, difference, interval, verdict }] = found.standings;
    expect({ name, verdict, next: found.next }).toEqual({ name: "overall", verdict: "worse", next: "enough" });
    expect(difference).toBeCloseTo(-0.15, 1);
    expect(interval?.[1]).toBeLessThan(-0.04);
    expect(found.units).toEqual([2 * (stopping.looks[0].most ?? 0), 2 * units]);
    const lines = stoppedLines({ ...stopping, seen: found });
    expect(lines[1]).toMatch(
      /^Mean \(Task\): worse: −\d+\.\d\d points, at least \d+\.\d\d worse with error at most 5 %$/,
    );
    expect(lines[2]).toBe("Stopped at look 1 of 5, after 100 of 2,000 units (5.0 %), 3,000 of 3,000 texts (100.0 %).");
    expect(lines.at(-1)).toContain("without --stop-when-sure");
  });

  it("says the same of a better one, the other way round", async () => {
    const [worse, better] = await Promise.all([
      seen([], { A: changed(-0.15), B: changed(-0.15) }, 2),
      seen(
        [],
        { A: base.map((v, u) => 2 * v - changed(-0.15)[u]), B: base.map((v, u) => 2 * v - changed(-0.15)[u]) },
        2,
      ),
    ]);
    expect(better.seen.standings[0].verdict).toBe("better");
    const ends = worse.seen.standings[0].interval ?? [Number.NaN, Number.NaN];
    expect(better.seen.standings[0].interval?.[0]).toBeCloseTo(-ends[1], 12);
  });

  it("claims nothing of a model and itself, at no look", async () => {
    for (const number of [1, 2, 3, 4, 5]) {
      const { seen: found } = await seen([], { A: base, B: base }, number);
      expect(found.standings[0].verdict).toBe("not sure");
      expect(found.next).toBe(number === 5 ? "enough" : "look again");
    }
  });

  it("shows at a look the same whatever was looked at before", async () => {
    const values = { A: changed(-0.03), B: changed(0.01, 6) };
    const { stopping, seen: fresh } = await seen([], values, 2);
    for (const look of [...stopping.looks].reverse()) {
      const found = await lookAt(stopping, look, runOf(values, look.most));
      if (look === stopping.looks[1]) expect(found).toEqual(fresh);
    }
  });

  it("divides the error among looks and subjects, so that more of either are less sure each", async () => {
    const values = { A: changed(-0.01), B: changed(0) };
    const width = async (rules: readonly string[], number: number): Promise<number> => {
      const [{ interval = [Number.NaN, Number.NaN] }] = (await seen(rules, values, number)).seen.standings;
      return interval[1] - interval[0];
    };
    const [alone, beside] = [await width(["A < -1"], 3), await width(["A < -1", "B < -1", "overall < -1"], 3)];
    expect(beside).toBeGreaterThan(alone * 1.05);
  });
});

describe("rules of such a comparison", () => {
  const clearly = { A: changed(-0.15), B: changed(0, 6) };
  const stateOf = async (rule: string, number?: number) => (await seen([rule], clearly, number)).seen;

  it.each([
    ["A < -2", "trips"],
    ["A < -2 and significant", "trips"],
    ["any < -2", "trips"],
    ["A > -2", "passes"],
    ["A < -40", "passes"],
    ["any < -40", "passes"],
    ["A < -10", "open"],
    ["any > 3", "open"],
    ["B < 0.5 and significant", "open"],
  ])("holds %j to be one that %s", async (rule, state) => {
    const found = await stateOf(rule, 1);
    expect(found.rules[0].state).toBe(state);
    expect(found.next).toBe(state === "open" ? "look again" : "enough");
  });

  it("stops once one trips, whatever the others will say", async () => {
    const { seen: found } = await seen(["B < -0.1", "A < -2"], clearly, 1);
    expect(found.rules.map(({ state }) => state)).toEqual(["open", "trips"]);
    expect(found.next).toBe("enough");
  });

  it("lets the scores of all units decide at last, and their interval on what is significant", async () => {
    const slightly = { A: base.map((value, u) => value + (u % 2 === 0 ? 0.3 : -0.301)), B: base };
    const last = async (rule: string) => (await seen([rule], slightly)).seen.rules[0].state;
    expect(await last("A < 0")).toBe("trips");
    expect(await last("A < 0 and significant")).toBe("passes");
    expect(await last("A < -0.1")).toBe("passes");
  });

  it("asks only for the tasks that they are about", async () => {
    const stopping = await plan(["A < -1"], ["A", "B", "C"], runOf({ A: base, B: base, C: base }));
    expect(lookedAt(stopping)).toEqual(["A"]);
  });
});

describe("what cannot be told early", () => {
  it.each([
    [["A", "C"], runOf({ A: base, C: base }), "C: few documents are clustered otherwise than many"],
    [["A", "B"], runOf({ A: base }), "B: the base has no result of it"],
    [["A"], runOf({ A: base }, 100), "A: the base's result is that of a drawn share (--limit) itself"],
  ])("is refused by name: %j", async (names, run, reason) => {
    await expect(plan([], names, run)).rejects.toThrow(reason);
  });

  const looked = async (candidate: StoredRun, run = runOf({ A: base })) => {
    const stopping = await plan([], ["A"], run);
    return lookAt(stopping, stopping.looks[0], candidate);
  };

  it("is refused where the base has no samples, and where the two were measured otherwise", async () => {
    const most = 50;
    await expect(looked(runOf({ A: base }, most), made("m", [own("A", 0.5)]))).rejects.toThrow(
      "no samples of the base",
    );
    const prompted = runOf({ A: base }, most);
    const other = { ...prompted.results[0].result, run: { ...record, prompts: { text: "q: " }, limit: limitOf(most) } };
    const candidate = { ...prompted, results: [{ ...prompted.results[0], result: other }] };
    await expect(looked(candidate)).rejects.toThrow('prompt before text "" against "q: "');
  });

  it("is refused where the units are not the base's", async () => {
    await expect(looked(runOf({ A: base }, 60))).rejects.toThrow("samples of other rows: the number of the 60");
    const truth = Int32Array.from({ length: units }, (_, u) => u % 3);
    const labels = (right: Int32Array): Samples => ({
      ...({ kind: "labels", measure: "accuracy" } as const),
      truth: right,
      predicted: [right],
    });
    const run = made("m", [own("A", 1)], { A: samplesOf(labels(truth)) });
    const drawn = drawUnits(units, 50);
    const share = (of: Int32Array) =>
      made("m", [own("A", 1, { run: { ...record, limit: limitOf(50) } })], {
        A: samplesOf(labels(Int32Array.from(drawn, (place) => of[place]))),
      });
    await expect(looked(share(truth.map((label) => 2 * label + 1)), run)).resolves.toMatchObject({ look: 1 });
    await expect(looked(share(truth.map((label, u) => (u === drawn[7] ? label + 1 : label))), run)).rejects.toThrow(
      "what is right of the 50",
    );
  });
});

describe("a drop", () => {
  const names = ["A", "B"];
  const required = known.filter(({ name }) => names.includes(name));
  const stoppingOf = (tasks = required) => planStopping(runOf({ A: base, B: base }), tasks, known, askedOfDrop, 0.05);
  const lookOnce = async (by: number) => {
    const stopping = await stoppingOf();
    return lookAt(stopping, stopping.looks[1], runOf({ A: changed(by), B: changed(by, 6) }, stopping.looks[1].most));
  };

  it("is enough, and what is better is scored whole at once", async () => {
    expect((await lookOnce(-0.15)).next).toBe("enough");
    expect((await lookOnce(0.15)).next).toBe("score all");
    expect((await lookOnce(0)).next).toBe("look again");
  });

  it("has half of the error for the mean, and a single task all of it", async () => {
    const shares = async (tasks = required) =>
      (await stoppingOf(tasks)).subjects.map(({ name, share }) => [name, share]);
    expect(await shares()).toEqual([
      ["overall", 0.5],
      ["A", 0.25],
      ["B", 0.25],
    ]);
    expect(await shares(required.slice(0, 1))).toEqual([["A", 1]]);
  });
});

it("tells programs the same in points", async () => {
  const { stopping, seen: found } = await seen(["overall < -1"], { A: changed(-0.15), B: changed(-0.15) }, 2);
  const facts = stoppedFacts({ ...stopping, seen: found });
  expect(facts).toMatchObject({
    ...{ base: "m@r1", error: 0.05, look: 2, looks: 5, ofUnits: 2000 },
    rules: [{ rule: "overall < -1", tripped: true }],
  });
  expect(facts.subjects[0].high).toBeLessThan(-1);
  expect(lookText({ seen: found, error: 0.05 })).toMatch(/^after 200 of 2,000 units \(10\.0 %\): Mean \(Task\): worse/);
});
