import type { StoredRun } from "../../runners/results/stored-run.ts";
import { aggregates } from "../../tasks/aggregates.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { taskScore } from "../leaderboard.ts";
import { knownTasks, type RequiredTask } from "../required.ts";
import { type ChosenTask, choose, type Member } from "./chosen.ts";
import { type Distinct, differencesOf } from "./comparable.ts";
import type { Comparison, IncomparableTask } from "./comparison.ts";
import { evidenceOf, type Side, sides } from "./evidence.ts";
import { remarksOn } from "./remarks.ts";
import { type Distinction, defaultSeed } from "./settings.ts";
import { type Statistics, statistics as standardStatistics } from "./statistics.ts";
import { type Compared, confidence, judgeAll } from "./verdicts.ts";

/** What is compared, and how. */
export interface CompareOptions {
  /** What may differ between the results of a task; they are not comparable otherwise. */
  readonly allow?: readonly Distinction[];
  /** The tasks that must be there; all that either run has where absent. */
  readonly tasks?: readonly RequiredTask[];
  /** All tasks there are; those of the catalogue where absent. */
  readonly known?: readonly RequiredTask[];
  readonly seed?: number;
  readonly statistics?: Statistics;
  /** Told how many tasks are done, and which is at work. */
  readonly onProgress?: (progress: { readonly task: string; readonly done: number; readonly total: number }) => void;
  /** Its reason is thrown once it aborts. */
  readonly signal?: AbortSignal;
}

/** Both scores of a task, with what of its distinctions was allowed, or why they cannot be compared. */
function scoresOf(
  { members }: ChosenTask,
  allow: readonly Distinction[],
): Pick<Compared, "base" | "candidate" | "allowed"> | string {
  const named = (member: Member, text: string): string =>
    members.length === 1 ? text : `${member.required.name}: ${text}`;
  const scores = { base: [] as number[], candidate: [] as number[] };
  const allowed: Distinct[] = [];
  const reasons: string[] = [];
  for (const member of members) {
    const missing = sides.filter((side) => member[side] === undefined);
    if (missing.length > 0) reasons.push(named(member, `no result in the ${missing.join(" and the ")}`));
    for (const side of sides) {
      const result = member[side];
      const outcome = result && taskScore(result, member.required);
      if (outcome?.score === null) reasons.push(named(member, `${side}: ${outcome.reason}`));
      else if (outcome) scores[side].push(outcome.score);
    }
    if (member.base === undefined || member.candidate === undefined) continue;
    for (const one of differencesOf(member.base, member.candidate)) {
      if (allow.includes(one.distinction)) allowed.push(one);
      else reasons.push(named(member, `${one.text} (--allow ${one.distinction} compares them all the same)`));
    }
  }
  if (reasons.length > 0) return reasons.join("; ");
  return { base: mean(scores.base), candidate: mean(scores.candidate), allowed };
}

type AllCompared = { readonly compared: readonly Compared[]; readonly incomparable: readonly IncomparableTask[] };

async function compareAll(
  tasks: readonly ChosenTask[],
  runs: Readonly<Record<Side, StoredRun>>,
  statistics: Statistics,
  options: CompareOptions & {
    readonly allow: readonly Distinction[];
    readonly seed: number;
  },
): Promise<AllCompared> {
  const { allow, seed, onProgress, signal } = options;
  const compared: Compared[] = [];
  const incomparable: IncomparableTask[] = [];
  for (const [place, one] of tasks.entries()) {
    const { task, members } = one;
    const tell = (share: number): void => onProgress?.({ task: task.name, done: place + share, total: tasks.length });
    signal?.throwIfAborted();
    tell(0);
    const scores = scoresOf(one, allow);
    if (typeof scores === "string") {
      incomparable.push({ task: task.name, type: task.type, reason: scores });
      continue;
    }
    const drawing = { resamples: statistics.resamples, seed, onShare: tell, ...(signal ? { signal } : {}) };
    const evidence = await evidenceOf(members, runs, statistics, drawing);
    compared.push({ task, ...scores, evidence });
    tell(1);
  }
  return { compared, incomparable };
}

/**
 * Compares two stored runs task by task, over the splits and subsets that the leaderboard requires, each score as it
 * computes it. How sure a difference is comes from a paired bootstrap of the stored samples, at 95 %; a task without
 * them is compared, with an unknown verdict. Verdicts on tasks are corrected for their number (Holm), so are those on
 * types.
 *
 * @throws the signal's reason once it aborts
 */
export async function compareRuns(
  base: StoredRun,
  candidate: StoredRun,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { allow = [], known = knownTasks(), seed = defaultSeed, statistics = standardStatistics } = options;
  const { resamples } = statistics;
  const runs = { base, candidate };
  const chosen = choose(base.results, candidate.results, aggregates, known, options.tasks);
  const { compared, incomparable } = await compareAll(chosen.tasks, runs, statistics, {
    ...options,
    allow,
    seed,
  });
  return {
    base: { model: base.model, revision: base.revision },
    candidate: { model: candidate.model, revision: candidate.revision },
    confidence,
    resamples,
    seed,
    incomparable,
    ...judgeAll(compared, statistics),
    notes: remarksOn(chosen.tasks, compared, runs, chosen.unknown),
  };
}
