import { describe, expect, it } from "vitest";
import { task } from "../testing/results.ts";
import { compareRuns } from "./compare-runs.ts";
import { trips } from "./gate.ts";
import { type Gated, unlikeNotes } from "./gated.ts";
import { severalHtml } from "./html.ts";
import { severalJson } from "./json.ts";
import { severalJunit } from "./junit.ts";
import { severalMarkdown } from "./markdown.ts";
import { parseRule } from "./rule.ts";
import { compareSeveral } from "./several.ts";
import { byHand, made, own, values } from "./testing/runs.ts";
import { severalText } from "./text.ts";
import { enoughResamples } from "./verdicts.ts";

const known = [task("A"), task("B"), task("C", "Retrieval")];
const options = { known, statistics: byHand };
const run = (model: string, a: number, b: number) =>
  made(model, [own("A", a), own("B", b)], { A: values(a, 0.1), B: values(b, 0.1) });
const base = run("a/base", 0.5, 0.6);
const candidates = [run("a/x", 0.52, 0.603), run("a/y", 0.47, 0.6), run("a/z", 0.5, 0.64)];

describe("compareSeveral", () => {
  it("has the differences and intervals of two runs, and p-values for their number", async () => {
    const several = await compareSeveral(base, candidates, options);
    const alone = await Promise.all(candidates.map((one) => compareRuns(base, one, options)));
    const shapes = (list: typeof alone) => list.map(({ tasks }) => tasks.map((one) => [one.difference, one.interval]));
    expect(shapes([...several])).toEqual(shapes(alone));
    const raw = alone.map(({ overall }) => overall?.pValue ?? Number.NaN);
    expect(several.map(({ overall }) => overall?.pValue)).toEqual(byHand.holm(raw));
    const uncorrected = { ...byHand, holm: (pValues: readonly number[]) => [...pValues] };
    const each = await Promise.all(candidates.map((one) => compareRuns(base, one, { known, statistics: uncorrected })));
    const ofTasks = each.flatMap(({ tasks }) => tasks.map(({ pValue }) => pValue ?? Number.NaN));
    expect(several.flatMap(({ tasks }) => tasks.map(({ pValue }) => pValue))).toEqual(byHand.holm(ofTasks));
    expect(several.map((one) => one.candidates)).toEqual([3, 3, 3]);
  });

  it("is sure of less than two runs alone are", async () => {
    const [first] = await compareSeveral(base, candidates, options);
    const alone = await compareRuns(base, candidates[0], options);
    expect(first.overall?.pValue).toBeGreaterThan(alone.overall?.pValue ?? 1);
  });

  it("tells the progress through all of them", async () => {
    const seen: [number, number][] = [];
    const onProgress = ({ done, total }: { done: number; total: number }): void => void seen.push([done, total]);
    await compareSeveral(base, candidates, { ...options, onProgress });
    expect(seen[0]).toEqual([0, 6]);
    expect(seen.at(-1)).toEqual([6, 6]);
  });

  it("refuses a run that stopped early", async () => {
    const stopped = run("a/x[limit=100,corpora=whole]", 0.5, 0.5);
    await expect(compareSeveral(base, [candidates[1], stopped], options)).rejects.toThrow(
      /stopped early \(--stop-when-sure\); such a run is compared with one other/,
    );
  });
});

describe("the number of resamples", () => {
  it("draws more where the least p-value would not be significant for so many differences", () => {
    expect([1, 100, 101, 123, 200, 201].map((count) => enoughResamples(4000, count))).toEqual([
      4000, 4000, 8000, 8000, 8000, 12000,
    ]);
    for (const count of [100, 123, 1000]) expect((2 * count) / (1 + enoughResamples(4000, count))).toBeLessThan(0.05);
  });

  it("draws more resamples for more than a hundred tasks, of which none could be significant otherwise", async () => {
    const names = Array.from({ length: 101 }, (_, i) => `T${i}`);
    const run = (model: string) =>
      made(
        model,
        names.map((name) => own(name, 0.5)),
      );
    const { resamples, tasks } = await compareRuns(run("a/x"), run("a/y"), {
      known: names.map((name) => task(name)),
      statistics: byHand,
    });
    expect([tasks.length, resamples]).toEqual([101, 8000]);
  });
});

describe("the forms of several comparisons", () => {
  const rules = [parseRule("overall < -1"), parseRule("any > 9")];
  async function gated(): Promise<readonly Gated[]> {
    const several = await compareSeveral(base, candidates, options);
    return several.map((comparison) => ({ comparison, gate: { rules, trips: trips(rules, comparison) } }));
  }

  it("have a table of the candidates, and the gate of each", async () => {
    const text = severalText(await gated(), 100);
    expect(text).toMatch(/^Model +Difference +Verdict +95 % interval +p +Candidate +Base +Tasks\na\/x +\+1\.15 /);
    expect(text).toContain("\na/y at r1\nGate failed: 1 of 2 rules tripped\noverall < -1: overall −1.50\n");
    expect(text).toContain("\na/z at r1\nGate passed: overall < -1; any > 9\n");
    expect(text).toContain("corrected for the 3 candidates (Holm)");
    const markdown = severalMarkdown(await gated());
    expect(markdown).toMatch(/^\*\*3 candidates\*\* against base `a\/base at r1`\.\n\n\| Model +\| Tasks \|/);
    expect(markdown.match(/^### `a\/. at r1`$/gm)).toHaveLength(3);
    expect(markdown.match(/Paired bootstrap/g)).toHaveLength(1);
  });

  it("for programs have each comparison as it is", async () => {
    const all = await gated();
    const read = JSON.parse(severalJson(all));
    expect(read.base).toEqual({ model: "a/base", revision: "r1" });
    expect(read.comparisons.map((one: { candidate: { model: string } }) => one.candidate.model)).toEqual([
      ...["a/x", "a/y", "a/z"],
    ]);
    expect(read.comparisons[1]).toMatchObject({ candidates: 3, gate: [{ tripped: true }, { tripped: false }] });
    const junit = severalJunit(all);
    expect(junit.match(/<testsuite name="[^"]*"/g)).toHaveLength(6);
    expect(junit).toContain('<testsuite name="gate: a/y at r1 against a/base at r1" tests="2" failures="1"');
    expect(severalHtml(all).match(/<h1/g)).toHaveLength(4);
  });

  it("say where means are not over the same tasks, and tell apart candidates of one model", async () => {
    expect(unlikeNotes(await gated())).toEqual([]);
    const part = { ...made("a/x", [own("A", 0.5)], { A: values(0.5, 0.1) }), revision: "r2" };
    const none = made("a/n", [own("C", 0.5)]);
    const several = await compareSeveral(base, [candidates[0], part, none], options);
    const all = several.map((comparison) => ({ comparison, gate: { rules: [], trips: [] } }));
    expect(unlikeNotes(all)).toEqual([
      "a/n at r1: no task can be compared",
      expect.stringContaining("not over the same tasks"),
    ]);
    expect(severalText(all, 100)).toMatch(/^a\/x at r1 .*\na\/x at r2 /m);
  });
});
