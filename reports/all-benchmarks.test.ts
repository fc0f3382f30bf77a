import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { TaskType } from "../tasks/task.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";

/** A task of the facts; an aggregate lists its parts. */
interface Fact {
  readonly name: string;
  readonly type: TaskType;
  readonly splits: readonly string[];
  readonly languages:
    | Readonly<Record<string, readonly string[]>>
    | { readonly rule: "fromName"; readonly subsets: readonly string[] }
    | { readonly rule: "orderedPairs"; readonly codes: readonly string[] };
  readonly aggregate?: readonly string[];
}

interface Benchmark {
  readonly name: string;
  readonly tasks: readonly (
    | string
    | { readonly name: string; readonly subsets?: string[]; readonly splits?: string[] }
  )[];
  readonly private_tasks?: readonly string[];
  readonly aggregations: readonly unknown[];
}

type Golden = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

const shared = sharedFolder() ?? "";
/** Reads a file of the reference material; where that is missing the suite is still collected, with nothing in it. */
const read = (path: string) =>
  shared === "" ? { tasks: [], benchmarks: [] } : JSON.parse(readFileSync(join(shared, path), "utf8"));

/** Lists the subsets of a task in mteb's order. */
function subsetsOf({ languages }: Fact): readonly string[] {
  if (languages["rule"] === "fromName") return languages["subsets"] as string[];
  if (languages["rule"] !== "orderedPairs") return Object.keys(languages);
  const codes = languages["codes"] as string[];
  return codes.flatMap((a) => codes.flatMap((b) => (a === b ? [] : [`${a}-${b}`])));
}

/** FNV-1a over 32 bits. */
function hash(text: string): number {
  let value = 2166136261;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 16777619) >>> 0;
  return value;
}

/** Makes the result of a model by the formula of the goldens (`make_leaderboard.py`); nothing where it lacks the task. */
function made(task: Fact, model: number): TaskResult["splits"] | undefined {
  const { name, splits } = task;
  const own = hash(name);
  const all = subsetsOf(task);
  if (model === 4 && own % 23 === 0) return undefined;
  const lacksSubset = model === 4 && all.length > 1 && own % 11 === 0;
  const lacksSplit = model === 4 && !lacksSubset && splits.length > 1 && own % 5 === 0;
  const score = (split: string, subset: string): number => {
    if (model === 3 && own % 29 === 0 && split === splits[0] && subset === all[0]) return Number.NaN;
    const cell = hash(`${name}|${split}|${subset}|${model}`);
    return (2000 + 500 * model + (own % 3 === 0 ? 250 * (cell % 20) : cell % 5000)) / 10_000;
  };
  return Object.fromEntries(
    (lacksSplit ? splits.slice(0, -1) : splits).map((split) => [
      split,
      (lacksSubset ? all.slice(0, -1) : all).map((subset) => ({
        ...{ subset, languages: [], scores: {}, undefinedScores: {} },
        mainScore: score(split, subset),
      })),
    ]),
  );
}

describe.skipIf(shared === "")("the tables of all text benchmarks (skipped without the shared folder)", () => {
  const facts = new Map<string, Fact>(read("facts-tasks.json").tasks.map((one: Fact) => [one.name, one]));
  const benchmarks: Benchmark[] = read("facts-benchmarks-all.json").benchmarks;
  const golden = read("goldens/new-types/leaderboard-goldens.json").benchmarks;

  const splitsOf = (task: Fact, model: number): TaskResult["splits"] | undefined => {
    if (task.aggregate === undefined) return made(task, model);
    const parts = task.aggregate.map((name) => made(facts.get(name)!, model));
    if (parts.includes(undefined)) return undefined;
    const scores = parts.map((splits = {}) =>
      mean(Object.values(splits).flatMap((own) => own.map((one) => one.mainScore))),
    );
    const entry = { subset: "default", languages: [], mainScore: mean(scores), scores: {}, undefinedScores: {} };
    return Object.fromEntries(task.splits.map((split) => [split, [entry]]));
  };

  const known = new Map<string, readonly StoredResult[]>();
  function resultsOf(task: Fact): readonly StoredResult[] {
    const results =
      known.get(task.name) ??
      [0, 1, 2, 3, 4].flatMap((model) => {
        const splits = splitsOf(task, model);
        if (splits === undefined) return [];
        const rest = { datasetRevision: "", mtebVersion: "2.26.24", evaluationSeconds: 1, date: 0 };
        return [{ model: `${model}`, revision: "r", file: task.name, result: { task: task.name, splits, ...rest } }];
      });
    known.set(task.name, results);
    return results;
  }

  it.each(benchmarks.map((one) => [one.name, one] as const))("%s: every mean, every rank", (name, benchmark) => {
    const chosen = benchmark.tasks
      .map((one) => (typeof one === "string" ? { name: one } : one))
      .filter((one) => !benchmark.private_tasks?.includes(one.name));
    const required = chosen.map((one: { name: string; splits?: string[]; subsets?: string[] }): RequiredTask => {
      const task = facts.get(one.name)!;
      const subsets = task.aggregate === undefined ? subsetsOf(task) : ["default"];
      return { name: one.name, type: task.type, splits: one.splits ?? task.splits, subsets: one.subsets ?? subsets };
    });
    const tasks = required.map((one) => facts.get(one.name)!);
    const { rows } = makeLeaderboard(tasks.flatMap(resultsOf), required, required);
    // All tasks of RTEB(jpn, beta) are private.
    const expected: Golden = golden[name].rows ?? {};
    expect(rows.map(({ model }) => model).sort()).toEqual(Object.keys(expected).sort());
    for (const row of rows) {
      const { "Rank (Borda)": rank, ...values } = expected[row.model]!;
      const ours: Record<string, number | null> = {
        "Mean (Task)": row.meanTask,
        "Mean (TaskType)": row.meanType,
        ...row.byType,
      };
      for (const [column, own] of Object.entries(ours).filter(([column]) => column in values)) {
        const theirs = values[column] ?? null;
        const isSame = own === null || theirs === null ? own === theirs : Math.abs(own - theirs) < 1e-9;
        expect([row.model, column, own, isSame]).toEqual([row.model, column, own, true]);
      }
      // HUME's ranks go by task and subset.
      if (!benchmark.aggregations.includes("mean_subset")) expect([row.model, row.rank]).toEqual([row.model, rank]);
    }
  });
});
