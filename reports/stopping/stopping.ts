import type { Next } from "../../runners/looks.ts";
import { limitOf } from "../../runners/results/result.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { type Look, planLooks } from "../../tasks/resampling/looks.ts";
import { intervalOf, meanSpread, type Spread } from "../../tasks/resampling/paired-spread.ts";
import { openStatistic } from "../../tasks/statistic.ts";
import { type ChosenTask, choose } from "../comparison/chosen.ts";
import { crosses, type RuleState, stateOf } from "../comparison/gate.ts";
import type { Rule } from "../comparison/rule.ts";
import type { RequiredTask } from "../required.ts";
import { standingOf } from "./standing.ts";
import { droppingIn, namesOfSubjects, requireTellable, type Subject, subjectsIn } from "./subjects.ts";

/** A comparison that stops when it is sure. */
export interface Stopping {
  readonly base: StoredRun;
  readonly rules: readonly Rule[];
  /** Probability of a wrong claim, over all looks and subjects together: above 0 and below 1. */
  readonly error: number;
  readonly subjects: readonly Subject[];
  readonly looks: readonly Look[];
  readonly known: readonly RequiredTask[];
  /** Number of units of all tasks that are looked at. */
  readonly units: number;
  /** Says what is to be done where subjects and rules stand so, before all units are scored. */
  readonly next: (standings: readonly Standing[], states: readonly RuleState[]) => Next;
}

/** How a subject stands at a look. */
export interface Standing {
  readonly name: string;
  /** Candidate minus base, 0 … 1. */
  readonly difference: number;
  /** Misses the difference over all units, or others of their kind, with the probability that this look may spend. */
  readonly interval?: readonly [low: number, high: number];
  readonly verdict: "worse" | "better" | "not sure";
}

/** What a look shows. */
export interface Seen {
  /** From 1. */
  readonly look: number;
  readonly isLast: boolean;
  readonly standings: readonly Standing[];
  readonly rules: readonly { readonly rule: Rule; readonly state: RuleState }[];
  /** Units that were scored, and all that there are. */
  readonly units: readonly [scored: number, of: number];
  /** Texts that the model was given for them, and those of the base's whole run; absent where a file does not say it. */
  readonly texts?: readonly [given: number, of: number];
  /** `enough`: nothing that is scored further would change what is told, or nothing is left. */
  readonly next: Next;
}

/** Reads the samples of each task once. */
export function remembering(run: StoredRun): StoredRun {
  const known = new Map<string, ReturnType<StoredRun["samplesOf"]>>();
  return {
    ...run,
    samplesOf: (task) => {
      const samples = known.get(task) ?? run.samplesOf(task);
      known.set(task, samples);
      return samples;
    },
  };
}

const membersOf = (subjects: readonly Subject[]): readonly string[] => [
  ...new Set(
    subjects.flatMap(({ tasks }) => tasks.flatMap(({ members }) => members.map(({ required }) => required.name))),
  ),
];

/** What a comparison is to be sure of. */
interface Asked extends Pick<Stopping, "rules" | "next"> {
  /** What else may be done where it cannot be told, for people. */
  readonly ways: string;
  readonly subjects: (tasks: readonly ChosenTask[]) => readonly Subject[];
}

/** Asks whether rules trip or pass, or where there are none, whether the mean over all tasks is worse or better. */
export const askedByRules = (rules: readonly Rule[]): Asked => ({
  rules,
  ways: "leave these tasks out of --tasks, give rules of other tasks (--fail-if), ",
  subjects: (tasks) => subjectsIn(rules, tasks),
  next: (standings, states) => {
    const isDecided =
      rules.length === 0
        ? standings.every(({ verdict }) => verdict !== "not sure")
        : states.includes("trips") || states.every((state) => state === "passes");
    return isDecided ? "enough" : "look again";
  },
});

/**
 * Asks whether the mean over all tasks, or the only task, is worse, and tells then too which tasks are. One that is better
 * is scored whole at once: others are held against it.
 */
export const askedOfDrop: Asked = {
  rules: [],
  ways: "",
  subjects: droppingIn,
  next: ([{ verdict }]) => (verdict === "worse" ? "enough" : verdict === "better" ? "score all" : "look again"),
};

/**
 * Plans a comparison with a stored run that stops when it is sure of what is asked.
 *
 * @param required The tasks that count; an aggregate stands in place of its parts.
 * @throws InputError where nothing can be told before all units are scored
 */
export async function planStopping(
  run: StoredRun,
  required: readonly RequiredTask[],
  known: readonly RequiredTask[],
  { rules, next, ways, subjects: subjectsAsked }: Asked,
  error: number,
): Promise<Stopping> {
  const base = remembering(run);
  const { tasks } = choose(base.results, base.results, known, required);
  const subjects = subjectsAsked(tasks);
  requireTellable(subjects, ways);
  const planned = await looksAt(base, membersOf(subjects));
  return { base, rules, error, subjects, ...planned, known, next };
}

/** Plans the looks at tasks, by the units that a whole run of them has samples of. */
export async function looksAt(base: StoredRun, names: readonly string[]): Promise<Pick<Stopping, "looks" | "units">> {
  const sizes: number[] = [];
  for (const name of names) {
    const samples = (await base.samplesOf(name)) ?? [];
    sizes.push(...samples.map((one) => openStatistic(one.samples).units));
  }
  return { looks: planLooks(sizes), units: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Names the tasks that must be run for the looks before the last, the parts of aggregates among them. */
export const lookedAt = ({ subjects }: Stopping): readonly string[] => membersOf(subjects);

export function verdictOf(interval: Standing["interval"]): Standing["verdict"] {
  if (interval === undefined) return "not sure";
  return interval[1] < 0 ? "worse" : interval[0] > 0 ? "better" : "not sure";
}

/** Holds one subject against a rule; where all units were scored, the difference itself. */
function subjectState(rule: Rule, { difference, interval, verdict }: Standing, isLast: boolean): RuleState {
  const isSure = verdict !== "not sure";
  if (!isLast) return stateOf(rule, interval, isSure);
  return crosses(rule, difference) && !(rule.significant && interval && !isSure) ? "trips" : "passes";
}

/** A rule about several subjects trips where one does, and passes where all do. */
const joinedState = (states: readonly RuleState[]): RuleState =>
  states.includes("trips") ? "trips" : states.includes("open") ? "open" : "passes";

/** Adds up numbers of which some may be missing, in which case there is no sum. */
const sumOf = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0);

/**
 * Looks at what was scored of a candidate.
 * @throws InputError where it cannot be held against the base
 */
export async function lookAt(stopping: Stopping, look: Look, candidate: StoredRun): Promise<Seen> {
  const { base, rules, error, subjects, looks, known } = stopping;
  const wanted = [...new Set(subjects.flatMap(({ tasks }) => tasks))];
  const { tasks } = choose(
    base.results,
    candidate.results,
    known,
    wanted.map(({ task }) => task),
  );
  const spreads = new Map<string, Spread>();
  for (const task of tasks) {
    spreads.set(task.task.name, await standingOf(task, { base, candidate, most: look.most }));
  }
  const standings = subjects.map((subject): Standing => {
    const spread = meanSpread(subject.tasks.map(({ task }) => spreads.get(task.name) as Spread));
    const interval = intervalOf(spread, error * look.spends * subject.share);
    const { difference } = spread;
    return { name: subject.name, difference, ...(interval && { interval }), verdict: verdictOf(interval) };
  });
  const isLast = look.most === undefined;
  const states = rules.map((rule) => {
    const names = namesOfSubjects(rule, wanted);
    const own = standings.filter(({ name }) => names.includes(name));
    return { rule, state: joinedState(own.map((one) => subjectState(rule, one, isLast))) };
  });
  const next = stopping.next(
    standings,
    states.map(({ state }) => state),
  );
  return {
    look: looks.indexOf(look) + 1,
    isLast,
    standings,
    rules: states,
    units: [scoredOf(stopping, tasks), stopping.units],
    ...textsOf(tasks),
    next: isLast ? "enough" : next,
  };
}

function scoredOf({ units }: Stopping, tasks: readonly ChosenTask[]): number {
  const results = tasks.flatMap(({ members }) => members.flatMap(({ candidate }) => candidate ?? []));
  const isWhole = results.every((result) => limitOf(result) === undefined);
  return isWhole ? units : sumOf(results.map(({ run }) => run?.limit?.scored[0]));
}

function textsOf(tasks: readonly ChosenTask[]): Pick<Seen, "texts"> {
  const members = tasks.flatMap((one) => one.members);
  const texts = (["candidate", "base"] as const).map((side) =>
    sumOf(members.map((member) => member[side]?.run?.texts)),
  );
  return texts.some(Number.isNaN) ? {} : { texts: [texts[0], texts[1]] };
}
