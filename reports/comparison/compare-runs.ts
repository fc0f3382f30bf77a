import type { StoredRun } from "../../runners/results/stored-run.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { knownTasks, measuredParts, type RequiredTask } from "../required.ts";
import { taskScore } from "../scores.ts";
import { type ChosenTask, choose, type Member } from "./chosen.ts";
import { type Distinct, differencesOf, otherUnits } from "./comparable.ts";
import type { Comparison, IncomparableTask } from "./comparison.ts";
import { evidenceOf, type Side, sides } from "./evidence.ts";
import { remarksOn } from "./remarks.ts";
import { type Distinction, defaultSeed } from "./settings.ts";
import { type Statistics, statistics as standardStatistics } from "./statistics.ts";
import { type Compared, confidence, enoughResamples, judgeAll } from "./verdicts.ts";

export interface CompareOptions {
  /** Distinctions that results of a task may have and still be compared. */
  readonly allow?: readonly Distinction[];
  /** The tasks that must be there. Default: all that either run has. */
  readonly tasks?: readonly RequiredTask[];
  /** All tasks there are. Default: those of the catalogue. */
  readonly known?: readonly RequiredTask[];
  readonly seed?: number;
  readonly statistics?: Statistics;
  /** Receives the number of tasks that are done, and the one at work. */
  readonly onProgress?: (progress: { readonly task: string; readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Adds up the seconds that the evaluation of a task's members took on each side; nothing where a file does not say it. */
export function secondsOf({ members }: ChosenTask): Comparison["tasks"][number]["evaluationSeconds"] {
  const sums = sides.map((side) => {
    const seconds = members.reduce((sum, member) => sum + (member[side]?.evaluationSeconds ?? Number.NaN), 0);
    return Number.isNaN(seconds) ? {} : { [side]: seconds };
  });
  return Object.assign({}, ...sums);
}

/**
 * Returns both scores of a task and the distinctions that were allowed, or the reasons why they cannot be compared.
 * @param unitsOf Says what is wrong with the units of two results.
 */
export function scoresOf(
  { members }: ChosenTask,
  allow: readonly Distinction[],
  unitsOf = otherUnits,
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
    const other = unitsOf(member.base, member.candidate);
    if (other !== undefined) reasons.push(named(member, other));
    for (const one of differencesOf(member.base, member.candidate)) {
      if (allow.includes(one.distinction)) allowed.push(one);
      else reasons.push(named(member, `${one.text} (--allow ${one.distinction} compares them all the same)`));
    }
  }
  if (reasons.length > 0) return reasons.join("; ");
  return { base: mean(scores.base), candidate: mean(scores.candidate), allowed };
}

type Settings = CompareOptions & Required<Pick<CompareOptions, "allow" | "seed" | "statistics">>;

async function compareAll(
  tasks: readonly ChosenTask[],
  runs: Readonly<Record<Side, StoredRun>>,
  { allow, seed, statistics, onProgress, signal }: Settings,
): Promise<{ readonly compared: readonly Compared[]; readonly incomparable: readonly IncomparableTask[] }> {
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
    compared.push({ task, ...scores, evidence, evaluationSeconds: secondsOf(one) });
    tell(1);
  }
  return { compared, incomparable };
}

/**
 * Compares two stored runs task by task, over the splits and subsets that the leaderboard requires, each score as it
 * computes it. Intervals (95 %) and p-values come from a paired bootstrap of the stored samples; a task without samples
 * is compared, with an unknown verdict. Verdicts on tasks, and those on types, are corrected for their number (Holm).
 *
 * @throws the signal's reason once it aborts
 */
export async function compareRuns(
  base: StoredRun,
  candidate: StoredRun,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { allow = [], seed = defaultSeed, statistics = standardStatistics } = options;
  const runs = { base, candidate };
  const known = measuredParts(options.known ?? knownTasks(), [...base.results, ...candidate.results]);
  const chosen = choose(base.results, candidate.results, known, options.tasks);
  const resamples = enoughResamples(statistics.resamples, chosen.tasks.length);
  const settings = { ...options, allow, seed, statistics: { ...statistics, resamples } };
  const { compared, incomparable } = await compareAll(chosen.tasks, runs, settings);
  const remarkable = compared.map(({ evidence, ...one }) => ({
    ...one,
    ...("reason" in evidence && { unsure: evidence.reason }),
  }));
  return {
    base: { model: base.model, revision: base.revision },
    candidate: { model: candidate.model, revision: candidate.revision },
    confidence,
    resamples,
    seed,
    incomparable,
    ...judgeAll(compared, statistics),
    notes: remarksOn(chosen.tasks, remarkable, runs, chosen.unknown),
  };
}
