import type { StoredResult } from "../../runners/results/read-results.ts";
import type { TaskResult } from "../../runners/results/result.ts";
import { aggregates } from "../../tasks/aggregates.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { withAggregates } from "../aggregates.ts";
import type { RequiredTask } from "../required.ts";
import { compareText } from "../table.ts";

/** A task whose scores go into a comparison; a result is absent where its run has none. */
export interface Member {
  readonly required: RequiredTask;
  readonly base?: TaskResult;
  readonly candidate?: TaskResult;
}

/** A task of a comparison: its score is the mean over its members, the task itself or an aggregate's parts. */
export interface ChosenTask {
  readonly task: RequiredTask;
  readonly members: readonly Member[];
}

/** The tasks of two runs that are compared. */
export interface Chosen {
  /** Ordered by type as in the leaderboard, then by name. */
  readonly tasks: readonly ChosenTask[];
  /** Names of tasks in the results that are not known. */
  readonly unknown: readonly string[];
}

function byTask(results: readonly StoredResult[], known: readonly RequiredTask[]): ReadonlyMap<string, TaskResult> {
  // A run's results are joined already: an aggregate's parts may be of several revisions.
  const joined = results.map((one) => ({ ...one, model: "", revision: "" }));
  return new Map(withAggregates(joined, known).map(({ result }) => [result.task, result]));
}

const orderOf = ({ type }: RequiredTask): number => publishedTypes.findIndex((one) => one.type === type);
const byTypeAndName = (a: RequiredTask, b: RequiredTask): number =>
  orderOf(a) - orderOf(b) || compareText(a.name, b.name);

/**
 * Chooses the tasks that either run has, or those that are wanted. An aggregate stands in place of its parts where both
 * runs have it or all of them, so that Mean(Task) is the leaderboard's.
 *
 * @param known All tasks and aggregates there are.
 * @param wanted The tasks that must be there; default: every task that a run has.
 */
export function choose(
  base: readonly StoredResult[],
  candidate: readonly StoredResult[],
  known: readonly RequiredTask[],
  wanted?: readonly RequiredTask[],
): Chosen {
  const [ours, theirs] = [byTask(base, known), byTask(candidate, known)];
  const stored = new Set([...base, ...candidate].map(({ result }) => result.task));
  const has = (name: string): boolean => ours.has(name) && theirs.has(name);
  const whole = aggregates().filter(({ name }) => has(name));
  const parts = new Set(whole.flatMap((aggregate) => aggregate.parts));
  const found = known.filter(
    ({ name }) => !parts.has(name) && (stored.has(name) || whole.some((aggregate) => aggregate.name === name)),
  );
  const member = (required: RequiredTask): Member => {
    const [one, other] = [ours.get(required.name), theirs.get(required.name)];
    return { required, ...(one ? { base: one } : {}), ...(other ? { candidate: other } : {}) };
  };
  const membersOf = (task: RequiredTask): readonly Member[] => {
    const own = aggregates().find(({ name }) => name === task.name)?.parts ?? [];
    const required = own.flatMap((name) => known.find((one) => one.name === name) ?? []);
    return own.length > 0 && required.length === own.length && own.every(has) ? required.map(member) : [member(task)];
  };
  const names = new Set([...known, ...(wanted ?? [])].map(({ name }) => name));
  return {
    tasks: [...(wanted ?? found)].sort(byTypeAndName).map((task) => ({ task, members: membersOf(task) })),
    unknown: wanted ? [] : [...stored].filter((name) => !names.has(name)).sort(),
  };
}
