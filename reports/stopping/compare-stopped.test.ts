import { describe, expect, it } from "vitest";
import { limitedName } from "../../models/variants/variant-name.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { trips } from "../comparison/gate.ts";
import { comparisonJunit } from "../comparison/junit.ts";
import { comparisonMarkdown } from "../comparison/markdown.ts";
import { parseRule } from "../comparison/rule.ts";
import { noGate } from "../comparison/testing/comparison.ts";
import { compareStopped } from "./compare-stopped.ts";
import { askedByRules, lookAt, planStopping } from "./stopping.ts";
import { base, changed, known, runOf } from "./testing/runs.ts";

const whole = runOf({ A: base, B: base });
const stoppedAt = (limit: number, values: Readonly<Record<string, Float64Array>>): StoredRun =>
  runOf(values, limit, limitedName("m", { limit, wholeCorpora: true }));
const worse = { A: changed(-0.15), B: changed(-0.15, 6) };
const compared = (candidate: StoredRun, rules: readonly string[] = [], run = whole) =>
  compareStopped(run, candidate, { known }, rules.map(parseRule));

describe("a run that stopped early, beside a whole one", () => {
  it.each([[[]], [["overall < -1", "A < -2 and significant"]]])(
    "is told as the run was by the same rules: %j",
    async (texts) => {
      const rules = texts.map(parseRule);
      const required = known.filter(({ name }) => "AB".includes(name));
      const stopping = await planStopping(whole, required, known, askedByRules(rules), 0.05);
      const [, look] = stopping.looks;
      const { standings, units } = await lookAt(stopping, look, runOf(worse, look.most));
      const found = await compared(stoppedAt(look.most ?? 0, worse), texts);
      expect(found.overall?.difference).toBeCloseTo(standings[0].difference, 12);
      expect(found.overall?.interval?.map((end) => end.toFixed(9))).toEqual(
        standings[0].interval?.map((end) => end.toFixed(9)),
      );
      expect([found.overall?.verdict, found.stopped]).toEqual([
        "worse",
        { look: 2, looks: stopping.looks.length, units: units[0], ofUnits: units[1] },
      ]);
      const isAsked = texts.length > 0;
      expect(found.tasks.map(({ verdict }) => verdict)).toEqual([isAsked ? "worse" : "unknown", "unknown"]);
      expect(trips(rules, found).map(({ rule }) => rule.text)).toEqual(texts);
    },
  );

  it("has scores of the units that both scored", async () => {
    const { tasks } = await compared(stoppedAt(100, worse));
    const [{ base: before, candidate, difference }] = tasks;
    expect(candidate - before).toBeCloseTo(difference, 12);
    expect(before).not.toBeCloseTo(base.reduce((sum, one) => sum + one, 0) / base.length, 4);
  });

  it("trips a rule that its units leave open, and passes one that they decide", async () => {
    const rules = ["overall < -14", "overall < -60"];
    const found = await compared(stoppedAt(50, worse), rules);
    const [open, ...others] = trips(rules.map(parseRule), found);
    expect(others).toEqual([]);
    expect(open.rule.text).toBe("overall < -14");
    expect(open.reasons[0]).toMatch(
      /^overall −\d+\.\d\d, from −\d+\.\d\d to −\d+\.\d\d: the units that were scored leave it open$/,
    );
  });

  it("trips a rule about tasks of which it has no result", async () => {
    const rules = ["overall < -60", "B < -1"];
    const found = await compared(stoppedAt(50, { A: worse.A }), rules);
    expect(trips(rules.map(parseRule), found).map(({ reasons }) => reasons)).toEqual([
      ["1 of 2 tasks cannot be compared: B; --tasks names those that count"],
      ["B cannot be compared: no result in the candidate"],
    ]);
  });

  it("says so wherever it is shown, and fails in JUnit where the mean is worse", async () => {
    const found = await compared(stoppedAt(50, worse));
    const markdown = comparisonMarkdown(found, noGate);
    expect(markdown).toContain(
      "stopped early (--stop-when-sure), at look 1 of 5: scores of both are of the 100 of 2,000 units",
    );
    expect(markdown).not.toMatch(/bootstrap|resample/i);
    const junit = comparisonJunit(found, noGate);
    expect(junit).toMatch(/<testcase classname="mean" name="Mean \(Task\)">[\s\S]*?<failure message="worse: −/);
    expect(junit).toContain('<property name="ofUnits" value="2000"/>');
    expect(junit).toContain("no rule asks how sure that is");
    expect(junit).not.toContain(", p ");
  });
});

describe("what is refused", () => {
  const early = stoppedAt(50, worse);
  it.each([
    ["two runs that stopped early", early, early, "no interval of their difference holds; run one of them whole"],
    ["one as the base", early, whole, "one that stopped early is held against a whole run; name that as the base"],
    ["a limited base", runOf(worse, 50, "m[limit=50]"), early, "name that as the base"],
    [
      "a limit that is no look",
      whole,
      stoppedAt(77, worse),
      "looks at A, B by the samples of the base have 50, 100, 200, 400",
    ],
  ])("%s", async (_, one, other, message) => {
    await expect(compared(other, [], one)).rejects.toThrow(message);
  });
});
