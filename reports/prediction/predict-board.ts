import { count } from "../../datasets/shown.ts";
import { limitIn } from "../../models/variants/variant-name.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { baselineKind } from "../baselines.ts";
import type { LeaderboardRow } from "../board-row.ts";
import type { Leaderboard } from "../leaderboard.ts";
import type { RequiredTask } from "../required.ts";
import { type Predicted, predict, type Target } from "./predict.ts";
import { fewestQuick } from "./quick-size.ts";
import { type ScoreTable, withoutModel } from "./score-table.ts";

/** A predicted mean, in points. */
export interface PredictedMean extends Predicted {
  /** As tables call it, such as `Mean (Task)` or `Classification`. */
  readonly name: string;
  /** Of how many of its tasks the scores are measured. */
  readonly measured: number;
  readonly tasks: number;
}

/** What is predicted of a model. */
export interface PredictedModel {
  readonly model: string;
  readonly revision: string;
  /** Tasks whose scores are measured. */
  readonly measured: readonly string[];
  readonly means: readonly PredictedMean[];
  /** True where it is unlike the models of the table, so that the intervals may not hold. */
  readonly isUnlike: boolean;
}

/** What is predicted of the models of a board. */
export interface PredictionReport {
  readonly benchmark: string;
  readonly tasks: number;
  /** How many models the table is of that it was learnt from. */
  readonly learntFrom: number;
  readonly models: readonly PredictedModel[];
  /** Models of which nothing is predicted, and why. */
  readonly without: readonly { readonly model: string; readonly reason: string }[];
}

/** A mean of a board. */
interface NamedTarget {
  readonly name: string;
  readonly weights: Target;
}

const equally = (tasks: readonly RequiredTask[], of = 1): (readonly [string, number])[] =>
  tasks.map(({ name }) => [name, 1 / tasks.length / of] as const);

/** Lists the means that a board shows over its tasks. */
function targetsOf({ tasks, types, shape }: Leaderboard): readonly NamedTarget[] {
  const byType = types.map((type) => ({ type, own: tasks.filter((task) => task.type === type) }));
  const means = [
    { mean: "task", name: "Mean (Task)", weights: new Map(equally(tasks)) },
    {
      mean: "type",
      name: "Mean (Type)",
      weights: new Map(byType.flatMap(({ own }) => equally(own, byType.length))),
    },
  ] as const;
  return [
    ...means.filter(({ mean }) => shape.means.includes(mean)),
    ...(shape.types ? byType : []).map(({ type, own }) => ({
      name: taskTypes[type].heading,
      weights: new Map(equally(own)),
    })),
  ];
}

/** Returns the name of the model of a row, without what marks it as a variant. */
const plainName = (model: string): string => model.replace(/\[.*$/, "");

/** Returns why nothing is predicted of a row; undefined where something is. */
function whyNot({ model, kind, missing }: LeaderboardRow, measured: number): string | undefined {
  if (limitIn(model) !== undefined) return "its scores are of a drawn share of the data (--limit), and no whole ones";
  if (kind !== null && kind !== baselineKind) return `it is ${kind}, and the table has only ${baselineKind} models`;
  if (missing.length === 0) return "it has the scores of all tasks; `pramana leaderboard` shows its means";
  if (measured < fewestQuick) return `it has the scores of ${count(measured, "task")}; expected ${fewestQuick} or more`;
  return undefined;
}

/**
 * Predicts the means of the rows of a board of a benchmark.
 * @param board Over all tasks of the table's benchmark.
 */
export function predictBoard(board: Leaderboard, table: ScoreTable): PredictionReport {
  const targets = targetsOf(board);
  const weights = targets.map((target) => target.weights);
  const rows = board.rows.map((row) => {
    const scores = table.tasks.flatMap((task) => {
      const score = row.scores[task] ?? null;
      return score === null ? [] : [[task, score * 100] as const];
    });
    return { row, measured: new Map(scores), reason: whyNot(row, scores.length) };
  });
  return {
    benchmark: table.benchmark,
    tasks: table.tasks.length,
    learntFrom: table.models.length,
    models: rows
      .filter(({ reason }) => reason === undefined)
      .map(({ row, measured }) => {
        const others = withoutModel(table, plainName(row.model));
        const { targets: values, isUnlike } = predict(others, measured, weights);
        const means = targets.map(({ name, weights: own }, i) => {
          const tasks = [...own.keys()];
          return {
            name,
            measured: tasks.filter((task) => measured.has(task)).length,
            tasks: tasks.length,
            ...values[i],
          };
        });
        return { model: row.model, revision: row.revision, measured: [...measured.keys()], means, isUnlike };
      }),
    without: rows.flatMap(({ row, reason }) => (reason === undefined ? [] : [{ model: row.model, reason }])),
  };
}
