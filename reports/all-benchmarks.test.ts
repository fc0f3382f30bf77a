import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { TaskType } from "../tasks/task.ts";
import { publishedTypes } from "../tasks/types/index.ts";
import type { BoardView } from "./board-row.ts";
import { type Leaderboard, makeLeaderboard } from "./leaderboard.ts";
import { leaderboardJson } from "./render.ts";
import { requiredOf, shapeOf } from "./required.ts";

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
  readonly private_tasks?: readonly string[];
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

  const boardOf = (name: string, by?: BoardView) => {
    const [required, shape] = [requiredOf(name, by !== undefined), shapeOf(name, by !== undefined)];
    const results = required.flatMap((task) => resultsOf(facts.get(task.name)!));
    return makeLeaderboard(results, required, required, {
      shape,
      ...(by === "language" ? { by, languages: shape.languages } : by && { by }),
    });
  };

  it.each(benchmarks.map((one) => [one.name, one] as const))(
    "%s: every mean, group, rank and score",
    (name, benchmark) => {
      const board = boardOf(name);
      const { rows, shape, types, notes } = board;
      // All tasks of RTEB(jpn, beta) are private: there is no table, and a line says why.
      const expected: Golden = golden[name].rows ?? {};
      expect(notes.some((note) => note.includes("private data"))).toBe(benchmark.private_tasks !== undefined);
      expect(rows.map(({ model }) => model).sort()).toEqual(Object.keys(expected).sort());
      const headings = { task: "Mean (Task)", type: "Mean (TaskType)", subset: "Mean (Subset)" } as const;
      for (const row of rows) {
        const means = { task: row.meanTask, type: row.meanType, subset: row.meanSubset };
        const ours = {
          "Rank (Borda)": row.rank,
          ...Object.fromEntries(shape.means.map((mean) => [headings[mean], means[mean]])),
          ...(shape.types ? row.byType : {}),
          ...Object.fromEntries(shape.groups.map((one, i) => [`${one.grouping}::${one.label}`, row.groups[i]])),
        };
        expectEqual(ours, expected[row.model]!);
      }
      expectTaskScores(name, board);
      // What programs are given is the same, in percent.
      for (const shown of JSON.parse(leaderboardJson(board)) as Record<string, number | null>[]) {
        for (const [column, value] of Object.entries(expected[shown["model"]!]!)) {
          const field = fieldOf(column);
          expect([column, typeof shown[field]]).toEqual([column, value === null ? "object" : "number"]);
          const factor = field === "rank" ? 1 : 100;
          if (value !== null) expect(shown[field]).toBeCloseTo(value * factor, 9);
        }
      }
      if (golden[name].rows === undefined) return;
      expect(shape.means.map((mean) => headings[mean])[0]).toBe(golden[name].primary);
      // Rows of one rank stand in any order there.
      const sortedBy = (model: string | number) =>
        expected[model]![shape.means[0] === "subset" ? "Mean (Subset)" : "Rank (Borda)"];
      expect(rows.map(({ model }) => sortedBy(model))).toEqual(golden[name].order.map(sortedBy));
      expect(types.length > 0).toBe(true);
    },
  );

  const hidden = benchmarks.filter((one) => one.private_tasks !== undefined);
  it.each(hidden.map((one) => [one.name]))("%s: the scores of its private tasks, by task", (name) => {
    expectTaskScores(name, boardOf(name, "task"));
  });

  function expectTaskScores(name: string, { rows, tasks }: Leaderboard): void {
    // mteb makes no table of RTEB(jpn, beta) at all; its tasks are of RTEB(beta), too.
    const theirs: Golden = golden[name].taskScores ?? golden["RTEB(beta)"].taskScores;
    for (const { model, scores } of rows) {
      expectEqual(
        scores,
        Object.fromEntries(tasks.map((task) => [task.name, theirs[task.name]![Number(model)] ?? null])),
      );
    }
  }

  const viewed = benchmarks.filter(({ name }) => golden[name].languages !== undefined);
  it("has the languages of four benchmarks", () => expect(viewed.length).toBe(4));
  it.each(viewed.map((one) => [one.name]))("%s: every language, and the order of its table", (name) => {
    const { rows, languages = [] } = boardOf(name, "language");
    const theirs: Golden = golden[name].languages;
    expect(languages.toSorted()).toEqual(Object.keys(theirs).sort());
    for (const row of rows) {
      const ours = languages.map((language) => [language, row.languages?.get(language)?.mean ?? null]);
      const expected = Object.entries(theirs).map(([language, values]) => [
        language,
        values[Number(row.model)] ?? null,
      ]);
      expectEqual(Object.fromEntries(ours), Object.fromEntries(expected));
    }
    expect(rows.map(({ model }) => Number(model))).toEqual(golden[name].languageOrder);
  });
});

/** Returns the field that programs find a column of mteb's in. */
function fieldOf(column: string): string {
  const fields: Readonly<Record<string, string>> = {
    "Rank (Borda)": "rank",
    "Mean (Task)": "meanTask",
    "Mean (TaskType)": "meanType",
    "Mean (Subset)": "meanSubset",
  };
  return fields[column] ?? publishedTypes.find(({ type }) => type === column)?.field ?? column.replace("::", ": ");
}

/** Compares all columns of a row, of which none may be missing or too many. */
function expectEqual(ours: Readonly<Record<string, number | null | undefined>>, theirs: Golden[string]): void {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  const isSame = (a: number | null, b: number | null): boolean =>
    a === null || b === null ? a === b : Math.abs(a - b) < 1e-12;
  const different = Object.keys(theirs).filter((column) => !isSame(ours[column] ?? null, theirs[column] ?? null));
  expect(different.map((column) => [column, ours[column], theirs[column]])).toEqual([]);
}
