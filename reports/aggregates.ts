import { groupBy } from "../datasets/group-by.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { isOurs, scorePlaces, type TaskResult } from "../runners/results/result.ts";
import { rowOf } from "../runners/results/revisions.ts";
import { type Aggregate, aggregates as catalogue } from "../tasks/aggregates.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { roundHalfEven } from "../tasks/metrics/rounding.ts";
import type { BoardView } from "./board-row.ts";
import { type Leaderboard, makeLeaderboard } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";
import { taskScore } from "./scores.ts";

/**
 * Adds the results of the aggregates whose parts a model has all of, at one revision. An aggregate that is stored itself,
 * at any revision of the row, is left as it is. Its score is the plain mean of its parts' main scores (mteb's
 * AbsTaskAggregate). Of parts that mteb ran it makes none itself, so its ranks go without.
 */
export function withAggregates(
  stored: readonly StoredResult[],
  known: readonly RequiredTask[],
  aggregates: readonly Aggregate[] = catalogue(),
): readonly StoredResult[] {
  const models = groupBy(stored, ({ model, revision }) => `${model}\0${revision}`);
  const names = new Set(aggregates.map(({ name }) => name));
  const merged = stored.filter(({ result }) => names.has(result.task));
  const has = new Set(merged.map((one) => `${one.result.task}\0${rowOf(one)}`));
  const made = [...models.values()].flatMap((own) =>
    aggregates
      .filter(({ name }) => !has.has(`${name}\0${rowOf(own[0])}`))
      .flatMap((aggregate) => aggregateOf(own, aggregate, known)),
  );
  return [...stored, ...made];
}

function aggregateOf(
  own: readonly StoredResult[],
  aggregate: Aggregate,
  known: readonly RequiredTask[],
): StoredResult[] {
  const find = (name: string): StoredResult | undefined => own.find(({ result }) => result.task === name);
  const parts = aggregate.parts.flatMap((name) => find(name) ?? []);
  const [first] = parts;
  if (!first || parts.length < aggregate.parts.length) return [];
  const mainScore = mean(parts.map(({ result }) => mainScoreOf(result, known)));
  const languages = Object.values(aggregate.languages).flat();
  const entry = { subset: "default", languages, mainScore, scores: {}, undefinedScores: {} };
  const result: TaskResult = {
    task: aggregate.name,
    datasetRevision: aggregate.revision,
    mtebVersion: first.result.mtebVersion,
    splits: Object.fromEntries(aggregate.splits.map((split) => [split, [entry]])),
    evaluationSeconds: parts.reduce((sum, part) => sum + part.result.evaluationSeconds, 0),
    date: Math.max(...parts.map((part) => part.result.date)),
    ...(parts.every((part) => isOurs(part.result)) ? {} : { isUnranked: true }),
  };
  return [{ model: first.model, revision: first.revision, result, file: first.file }];
}

/** Returns a part's main score as a table counts it; NaN where it lacks a split or subset. */
function mainScoreOf(result: TaskResult, known: readonly RequiredTask[]): number {
  const task = known.find(({ name }) => name === result.task);
  return (task && taskScore(result, task).score) ?? Number.NaN;
}

/** A model whose tasks were run. */
interface Ran {
  readonly model: string;
  readonly revision: string;
  readonly results: readonly TaskResult[];
}

/** Gives a result's main scores the decimals that its file has, so that tables of both say the same. */
export const asInFile = (result: TaskResult): TaskResult => ({
  ...result,
  splits: Object.fromEntries(
    Object.entries(result.splits).map(([split, entries]) => [
      split,
      entries.map((entry) => ({ ...entry, mainScore: roundHalfEven(entry.mainScore, scorePlaces) })),
    ]),
  ),
});

/** Makes the leaderboard of some models' results, aggregates included, over the `required` tasks. */
export function boardOfAll(
  models: readonly Ran[],
  ran: readonly RequiredTask[],
  required: readonly RequiredTask[],
  by?: BoardView,
): Leaderboard {
  const stored = models.flatMap(({ model, revision, results }) =>
    results.map((result) => ({ model, revision, result, file: "" })),
  );
  return makeLeaderboard(withAggregates(stored, ran), [...ran, ...required], required, by && { by });
}

/** Makes the leaderboard of one model's results. */
export const boardOf = (model: Ran, ran: readonly RequiredTask[], required: readonly RequiredTask[]): Leaderboard =>
  boardOfAll([model], ran, required);
