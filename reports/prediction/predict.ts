import { roundHalfEven } from "../../tasks/metrics/rounding.ts";
import { fitRidge, predictRow } from "./ridge.ts";
import type { ScoreTable } from "./score-table.ts";

/** Share of models whose score an interval is to hold. */
export const level = 0.95;

/** A mean of tasks that is predicted, as the weight of each task in it; the others have none. */
export type Target = ReadonlyMap<string, number>;

/** What is said of a mean, in points. */
export interface Predicted {
  readonly value: number;
  /** Holds the mean of 95 of 100 models like those of the table; of no width where all tasks of the mean are measured. */
  readonly interval: readonly [low: number, high: number];
}

/** What is said of a model. */
export interface Prediction {
  /** One for each target. */
  readonly targets: readonly Predicted[];
  /**
   * True where its measured scores are further from those of the table than any family's are from the others, or the first
   * target above or below that of all models.
   */
  readonly isUnlike: boolean;
}

/**
 * Returns the value that a share of `level` of further values of the kind lies below: the k-th smallest of n, k = ⌈(n + 1) ·
 * level⌉, the largest where there are too few. Source: split conformal prediction.
 */
export function upperQuantile(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length, Math.ceil((sorted.length + 1) * level)) - 1] ?? Number.NaN;
}

/** Rounds points as files of results round them; no mean is above 100. */
const shown = (points: number): number => roundHalfEven(Math.min(100, points), 4);

/** Returns what some tasks contribute to a target, in points. */
const partOf = (target: Target, tasks: readonly string[], scoreOf: (task: string) => number): number =>
  tasks.reduce((sum, task) => sum + (target.get(task) ?? 0) * scoreOf(task), 0);

/**
 * Predicts means from the scores of some tasks. What is measured counts as it is; what is left of a mean is regressed on the
 * measured scores over the models of the table. The interval is as wide as what the regression is off by where a model's
 * whole family was left out of it, and wider for a model that is far from the others.
 *
 * @param measured Scores of tasks of the table in points, at least one.
 */
export function predict(
  table: ScoreTable,
  measured: ReadonlyMap<string, number>,
  targets: readonly Target[],
): Prediction {
  const known = table.tasks.filter((task) => measured.has(task));
  const left = table.tasks.filter((task) => !measured.has(task));
  const rows = table.models.map(({ scores }) => new Map(table.tasks.map((task, i) => [task, scores[i]])));
  const scoreIn =
    (row: ReadonlyMap<string, number>) =>
    (task: string): number =>
      row.get(task) ?? Number.NaN;
  const fit = fitRidge(
    rows.map((row) => known.map(scoreIn(row))),
    rows.map((row) => targets.map((target) => partOf(target, left, scoreIn(row)))),
    table.families,
  );
  const { values, spread } = predictRow(fit, known.map(scoreIn(measured)));
  const predicted = targets.map((target, i): Predicted => {
    const value = partOf(target, known, scoreIn(measured)) + values[i];
    const off = upperQuantile(fit.errors.map((errors, row) => Math.abs(errors[i]) / fit.spreads[row]));
    const half = left.some((task) => target.has(task)) ? off * spread : 0;
    return { value: shown(value), interval: [shown(value - half), shown(value + half)] };
  });
  const [first] = targets;
  const firsts = first === undefined ? [] : rows.map((row) => partOf(first, table.tasks, scoreIn(row)));
  const isWithin = predicted
    .slice(0, 1)
    .every(({ value }) => value >= Math.min(...firsts) && value <= Math.max(...firsts));
  return { targets: predicted, isUnlike: !isWithin || spread > Math.max(...fit.spreads) };
}
