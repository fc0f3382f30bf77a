import type { StoredResult } from "../runners/results/read-results.ts";
import type { TaskResult } from "../runners/results/result.ts";
import { type Aggregate, aggregates } from "../tasks/aggregates.ts";
import { mean } from "../tasks/metrics/lists.ts";
import { type Leaderboard, makeLeaderboard, taskScore } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";

/**
 * The results with those of the aggregates whose parts a model has all of, at one revision. An aggregate that is stored
 * itself is left as it is. Its score is the plain mean of its parts' main scores (mteb's AbsTaskAggregate).
 */
export function withAggregates(
  stored: readonly StoredResult[],
  aggregates: readonly Aggregate[],
  known: readonly RequiredTask[],
): readonly StoredResult[] {
  const models = new Map<string, StoredResult[]>();
  for (const one of stored) {
    const key = `${one.model}\0${one.revision}`;
    const own = models.get(key);
    if (own) own.push(one);
    else models.set(key, [one]);
  }
  const made = [...models.values()].flatMap((own) =>
    aggregates.flatMap((aggregate) => aggregateOf(own, aggregate, known)),
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
  if (!first || parts.length < aggregate.parts.length || find(aggregate.name)) return [];
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
  };
  return [{ model: first.model, revision: first.revision, result, file: first.file }];
}

/** A part's main score as a table counts it; NaN where it lacks a split or subset. */
function mainScoreOf(result: TaskResult, known: readonly RequiredTask[]): number {
  const task = known.find(({ name }) => name === result.task);
  return (task && taskScore(result, task).score) ?? Number.NaN;
}

/** The leaderboard of one model's results, the aggregates' among them, over the tasks that are `required`. */
export function boardOf(
  { model, revision, results }: { model: string; revision: string; results: readonly TaskResult[] },
  ran: readonly RequiredTask[],
  required: readonly RequiredTask[],
): Leaderboard {
  const stored = withAggregates(
    results.map((result) => ({ model, revision, result, file: "" })),
    aggregates,
    ran,
  );
  return makeLeaderboard(stored, [...ran, ...required], required);
}
