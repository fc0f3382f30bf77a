import { groupBy } from "../datasets/group-by.ts";
import type { SubsetResult, TaskResult } from "../runners/results/result.ts";
import { mean } from "../tasks/metrics/lists.ts";
import type { RequiredTask } from "./required.ts";

/** The score of a task, or the reason why there is none. */
export type TaskScore = { readonly score: number } | { readonly score: null; readonly reason: string };

function whyUndefined({ undefinedScores }: SubsetResult): string {
  const reasons = [...new Set(Object.values(undefinedScores))];
  return reasons.length > 0 ? `undefined (${reasons.join(", ")})` : "undefined";
}

type Grouped = ReadonlyMap<string, readonly SubsetResult[]>;
const none: readonly SubsetResult[] = [];
const grouped = new WeakMap<readonly SubsetResult[], Grouped>();

/** Groups the entries of a split by subset, once: a table asks for each mean, and for each subset of its own. */
function bySubset(entries: readonly SubsetResult[]): Grouped {
  const known = grouped.get(entries) ?? groupBy(entries, ({ subset }) => subset);
  grouped.set(entries, known);
  return known;
}

/** Lists the entries of a result in each split and subset that a task requires; a file may hold a subset twice. */
const placesOf = (result: TaskResult, { splits, subsets }: Pick<RequiredTask, "splits" | "subsets">) =>
  splits.flatMap((split) => {
    const entriesOf = bySubset(result.splits[split] ?? none);
    return subsets.map((subset) => ({ split, subset, entries: entriesOf.get(subset) ?? none }));
  });

const isScored = ({ mainScore }: SubsetResult): boolean => Number.isFinite(mainScore);

const scoresOf = (entries: readonly SubsetResult[]): number[] =>
  entries.filter(isScored).map(({ mainScore }) => mainScore);

/**
 * Computes the score of a task: the mean of its main score over every split and subset that it requires. Further splits
 * and subsets of the result do not count; one that stands there twice counts twice (mteb 2.26.24, `_create_table.py`).
 */
export function taskScore(result: TaskResult | undefined, task: RequiredTask): TaskScore {
  if (result === undefined) return { score: null, reason: "missing" };
  const found = placesOf(result, task);
  if (found.length === 0) return { score: null, reason: "no split or subset required" };
  const problems = found.flatMap(({ split, subset, entries: [first, ...further] }) => {
    if (first !== undefined && [first, ...further].some(isScored)) return [];
    return [`split ${split}, subset ${subset}: ${first === undefined ? "missing" : whyUndefined(first)}`];
  });
  if (problems.length > 0) return { score: null, reason: problems.join("; ") };
  return { score: mean(found.flatMap(({ entries }) => scoresOf(entries))) };
}

/** Computes the mean over the required splits and subsets that there are, which ranks go by; null where there is none. */
export function partialScore(result: TaskResult | undefined, task: RequiredTask): number | null {
  if (result === undefined || result.isUnranked) return null;
  const scores = placesOf(result, task).flatMap(({ entries }) => scoresOf(entries));
  return scores.length > 0 ? mean(scores) : null;
}

/** Returns the mean of some scores; null where there is none or one is null. */
export function meanOf(scores: readonly (number | null)[]): number | null {
  const values = scores.filter((score) => score !== null);
  return values.length === scores.length && values.length > 0 ? mean(values) : null;
}

/** What there is of a language. */
export interface LanguageScore {
  /** Mean over the splits and subsets that there are, each of the same weight; null where there is none. */
  readonly mean: number | null;
  /** True where a split or subset in that language is missing or undefined. */
  readonly isPart: boolean;
}

/** Returns the languages of a task's subsets, each once. */
const languagesOfTask = ({ subsets, languages }: RequiredTask): readonly string[] => [
  ...new Set(subsets.flatMap((subset) => languages[subset] ?? [])),
];

/**
 * Returns what computes the means by language over all splits and subsets of some tasks, as mteb 2.26.24 does
 * (`_create_per_language_table_from_benchmark_results`): a subset of two languages counts for both, one of a language
 * twice counts twice, and what is missing does not count, which `isPart` tells.
 */
export function languageScores(
  tasks: readonly RequiredTask[],
): (resultOf: (task: RequiredTask) => TaskResult | undefined) => ReadonlyMap<string, LanguageScore> {
  // Most models lack most tasks, some of which have tens of thousands of subsets.
  const listed = tasks.map((task) => ({ task, languages: languagesOfTask(task) }));
  return (resultOf) => {
    const scores = new Map<string, number[]>(
      listed.flatMap(({ languages }) => languages.map((language) => [language, []])),
    );
    const parts = new Set<string>();
    for (const { task, languages } of listed) {
      const result = resultOf(task);
      if (result === undefined) for (const language of languages) parts.add(language);
      for (const { subset, entries } of result === undefined ? [] : placesOf(result, task)) {
        const own = scoresOf(entries);
        for (const language of task.languages[subset] ?? []) {
          scores.get(language)?.push(...own);
          if (own.length === 0) parts.add(language);
        }
      }
    }
    return new Map(
      [...scores].map(([language, own]) => [
        language,
        { mean: own.length > 0 ? mean(own) : null, isPart: parts.has(language) },
      ]),
    );
  };
}
