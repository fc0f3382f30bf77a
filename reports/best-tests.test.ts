import { describe, expect, it } from "vitest";
import { testAgainstBest } from "./best-tests.ts";
import type { Comparison, JudgedDifference, Verdict } from "./comparison/comparison.ts";
import { leaderboardLatex } from "./latex.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { stored, task } from "./testing/results.ts";

const scores: Readonly<Record<string, { readonly A: number; readonly B: number }>> = {
  "acme/x": { A: 0.8, B: 0.5 },
  "acme/y": { A: 0.7, B: 0.6 },
  "acme/z": { A: 0.6, B: 0.4 },
};
const all = Object.entries(scores).flatMap(([model, own]) => stored(model, own));
const tasks = [task("A"), task("B", "Retrieval")];
const byTask = makeLeaderboard(all, tasks, tasks, { by: "task" });
const means = makeLeaderboard(all, tasks, tasks);
const fields = new Map([
  ["sts", "STS"],
  ["retrieval", "Retrieval"],
]);

const judged = (base: number, candidate: number, verdict: Verdict, pValue = 0.001): JudgedDifference => ({
  ...{ base, candidate, difference: candidate - base, verdict, pValue: verdict === "worse" ? pValue : 0.5 },
});

/** Compares two models: z is worse than any, others are not told apart; `lacking` of the tasks cannot be compared. */
function comparison(best: string, other: string, lacking: readonly string[] = []): Comparison {
  const verdict = other === "acme/z" ? "worse" : "no difference";
  const [base, candidate] = [scores[best], scores[other]] as const;
  const own = (["A", "B"] as const).filter((name) => !lacking.includes(name));
  const meanOf = (of: { A: number; B: number }) => (of.A + of.B) / 2;
  const typeOf = (name: "A" | "B") => (name === "A" ? ("STS" as const) : ("Retrieval" as const));
  return {
    base: { model: best, revision: "main" },
    candidate: { model: other, revision: "main" },
    ...{ confidence: 0.95, resamples: 4000, seed: 42, notes: [] },
    tasks: own.map((name) => ({
      ...judged(base[name], candidate[name], verdict),
      ...{ task: name, type: typeOf(name), evaluationSeconds: {} },
    })),
    incomparable: lacking.map((name) => ({ task: name, type: typeOf(name as "A"), reason: "other prompts" })),
    types: own.map((name) => ({ ...judged(base[name], candidate[name], verdict), type: typeOf(name), tasks: 1 })),
    overall: { ...judged(meanOf(base), meanOf(candidate), verdict), tasks: own.length },
  };
}

const named = async (
  board: typeof means,
  compare: (best: string, other: string) => Comparison | undefined = comparison,
): Promise<unknown> => {
  const tests = await testAgainstBest(board, fields, async ({ best, other }) => compare(best.model, other.model));
  return (
    tests &&
    Object.fromEntries(
      [...tests].map(([field, own]) => [
        field,
        Object.fromEntries([...own].map(([row, test]) => [row.model.slice(-1), test])),
      ]),
    )
  );
};

describe("tests against the best", () => {
  it("compare along each task with the one that is best there", async () => {
    expect(await named(byTask)).toEqual({
      A: { y: "not told apart", z: "worse" },
      B: { x: "not told apart", z: "worse" },
    });
  });

  it("are of means only where all of their tasks could be compared", async () => {
    expect(await named(means, (best, other) => comparison(best, other, ["B"]))).toEqual({
      meanTask: { y: "untested", z: "untested" },
      meanType: { y: "untested", z: "untested" },
      sts: { y: "not told apart", z: "worse" },
      retrieval: { x: "untested", z: "untested" },
    });
  });

  it("are corrected for the number of models in the column", async () => {
    const barely = (pValue: number) => (best: string, other: string) => {
      const made = comparison(best, other);
      const [base, candidate] = [scores[best], scores[other]] as const;
      const tasks = made.tasks.map((one) => ({
        ...one,
        ...judged(base[one.task as "A"], candidate[one.task as "A"], one.verdict, pValue),
      }));
      return { ...made, tasks };
    };
    expect(await named(byTask, barely(0.024))).toMatchObject({ A: { z: "worse" }, B: { z: "worse" } });
    expect(await named(byTask, barely(0.026))).toMatchObject({ A: { z: "not told apart" } });
  });

  it("are none where a stored run has other scores than the row, or there is none", async () => {
    const other = (best: string, model: string): Comparison => {
      const made = comparison(best, model);
      return { ...made, tasks: made.tasks.map((one) => ({ ...one, candidate: 0.1 })) };
    };
    expect(await named(byTask, other)).toBeUndefined();
    expect(await named(byTask, () => undefined)).toBeUndefined();
  });

  it("stand in the table for LaTeX, which explains its marks", async () => {
    const compare = async (best: string, other: string) => (other === "acme/y" ? undefined : comparison(best, other));
    const tests = await testAgainstBest(byTask, fields, ({ best, other }) => compare(best.model, other.model));
    const text = leaderboardLatex({ ...byTask, ...(tests && { tests }) });
    expect(text).toContain(
      String.raw`    A & \textbf{80.00} & \underline{70.00}\rlap{$^{\ddagger}$} & 60.00\rlap{$^{\dagger}$} \\`,
    );
    expect(text).toContain(String.raw`    B & \underline{50.00} & \textbf{60.00} & 40.00\rlap{$^{\dagger}$} \\`);
    expect(text).toContain(
      String.raw`the second underlined. $^{\dagger}$: significantly below the best (paired bootstrap, 95\,\%, corrected over tasks and models); $^{\ddagger}$: not tested`,
    );
    expect(leaderboardLatex(byTask)).not.toContain("dagger");
  });
});
