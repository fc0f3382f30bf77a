import { InputError } from "../../datasets/errors.ts";
import { isStoppedEarly, limitIn } from "../../models/variants/variant-name.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { intervalOf, meanSpread, type Spread } from "../../tasks/resampling/paired-spread.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import { type ChosenTask, choose } from "../comparison/chosen.ts";
import { type CompareOptions, scoresOf, secondsOf } from "../comparison/compare-runs.ts";
import type { Comparison, IncomparableTask, JudgedDifference, MeanComparison } from "../comparison/comparison.ts";
import { WithoutSamples } from "../comparison/evidence.ts";
import { remarksOn } from "../comparison/remarks.ts";
import type { Rule } from "../comparison/rule.ts";
import { defaultSeed } from "../comparison/settings.ts";
import { type Compared, confidence } from "../comparison/verdicts.ts";
import { runText } from "../comparison/wording.ts";
import { knownTasks, measuredParts } from "../required.ts";
import { spreadOfTask } from "./standing.ts";
import { looksAt, remembering, verdictOf } from "./stopping.ts";
import { type Subject, subjectsIn } from "./subjects.ts";

/** Tells whether a stored run stopped before all of its units were scored. */
const isStopped = ({ model }: StoredRun): boolean => isStoppedEarly(model);

/** Tells whether one of two runs stopped early, so that `compareStopped` compares them. */
export const isAnyStopped = (...runs: readonly StoredRun[]): boolean => runs.some(isStopped);

/** @throws InputError where the two cannot be compared, with the way out */
function requireWholeBase(base: StoredRun, candidate: StoredRun): void {
  const [ours, theirs] = [base, candidate].map(
    (run) => `${runText(run)}${isStopped(run) ? ", which stopped early" : ""}`,
  );
  if (isStopped(base) && isStopped(candidate)) {
    throw new InputError(
      `compare: ${ours}, and ${theirs}: by what their units showed, so that no interval of their difference holds; run one ` +
        "of them whole, without --stop-when-sure",
    );
  }
  if (limitIn(base.model) === undefined && isStopped(candidate)) return;
  throw new InputError(
    `compare: base ${ours}, candidate ${theirs}: one that stopped early is held against a whole run; name that as the base`,
  );
}

/** Two scores of a task by the units that both scored, and how their difference scatters. */
interface Shared extends Pick<Compared, "allowed" | "candidate"> {
  readonly chosen: ChosenTask;
  readonly spread: Spread;
}

/** How the tasks of a share stand. */
interface Measured {
  readonly shared: readonly Shared[];
  readonly incomparable: readonly IncomparableTask[];
}

interface Runs {
  readonly base: StoredRun;
  readonly candidate: StoredRun;
  /** Most units of a subset that the candidate has. */
  readonly most: number;
}

/** Measures a task by the units of the candidate, or says why it cannot be compared. */
async function sharedOf(
  chosen: ChosenTask,
  runs: Runs,
  allow: NonNullable<CompareOptions["allow"]>,
): Promise<Shared | string> {
  const scores = scoresOf(chosen, allow, () => undefined);
  if (typeof scores === "string") return scores;
  try {
    return { ...scores, chosen, spread: await spreadOfTask(chosen, runs) };
  } catch (error) {
    if (error instanceof WithoutSamples) return error.message;
    throw error;
  }
}

/** Measures all tasks that can be compared. */
async function measureShared(
  tasks: readonly ChosenTask[],
  runs: Runs,
  allow: NonNullable<CompareOptions["allow"]>,
): Promise<Measured> {
  const shared: Shared[] = [];
  const incomparable: IncomparableTask[] = [];
  for (const chosen of tasks) {
    const { name: task, type } = chosen.task;
    const one = await sharedOf(chosen, runs, allow);
    if (typeof one === "string") incomparable.push({ task, type, reason: one });
    else shared.push(one);
  }
  return { shared, incomparable };
}

/** Why a difference that no rule asks for has no interval. */
const notAsked =
  "told is what rules ask (--fail-if), or without rules Mean (Task) alone: each more would make all of it less sure";

/**
 * Compares a run that stopped early with a whole one, by the units that it scored. How sure differences are is told of what
 * the rules ask, or without any of Mean (Task), by intervals that hold all together whenever a run stops.
 *
 * @throws InputError where the candidate is of no look that such a run has, or the base is no whole run
 */
export async function compareStopped(
  whole: StoredRun,
  candidate: StoredRun,
  options: Pick<CompareOptions, "allow" | "tasks" | "known">,
  rules: readonly Rule[],
): Promise<Comparison> {
  requireWholeBase(whole, candidate);
  const base = remembering(whole);
  const most = limitIn(candidate.model) ?? 0;
  const known = measuredParts(options.known ?? knownTasks(), [...base.results, ...candidate.results]);
  const scored = choose(candidate.results, candidate.results, known).tasks;
  const names = scored.flatMap(({ members }) => members.map(({ required }) => required.name));
  const { looks, units } = await looksAt(base, names);
  const look = looks.find((one) => one.most === most);
  if (look === undefined) {
    const limits = looks.flatMap((one) => one.most ?? []).join(", ");
    throw new InputError(
      `compare: ${runText(candidate)} has at most ${most} units of each subset, and looks at ${names.join(", ")} by the ` +
        `samples of the base have ${limits || "all"}; name the base that it was held against, with its samples, or run the ` +
        "candidate whole, without --stop-when-sure",
    );
  }
  const chosen = choose(base.results, candidate.results, known, options.tasks);
  const runs = { base, candidate, most };
  const { shared, incomparable } = await measureShared(chosen.tasks, runs, options.allow ?? []);
  const subjects = subjectsIn(
    rules,
    shared.map((one) => one.chosen),
  );
  const error = 1 - confidence;
  const judge = (name: string, parts: readonly Shared[]): JudgedDifference => {
    const spread = meanSpread(parts.map((one) => one.spread));
    const subject: Subject | undefined = subjects.find((one) => one.name === name);
    const interval = subject && intervalOf(spread, error * look.spends * subject.share);
    const score = mean(parts.map((one) => one.candidate));
    const { difference } = spread;
    const told = verdictOf(interval);
    const verdict = interval === undefined ? "unknown" : told === "not sure" ? "no difference" : told;
    return { base: score - difference, candidate: score, difference, ...(interval && { interval }), verdict };
  };
  const meanOf = (name: string, parts: readonly Shared[]): MeanComparison => ({
    ...judge(name, parts),
    tasks: parts.length,
  });
  const tasks = shared.map((one) => {
    const { name: task, type } = one.chosen.task;
    return { task, type, ...judge(task, [one]), evaluationSeconds: secondsOf(one.chosen) };
  });
  const types = publishedTypes.flatMap(({ type }) => {
    const own = shared.filter((one) => one.chosen.task.type === type);
    return own.length === 0 ? [] : [{ type, ...meanOf(type, own) }];
  });
  const remarkable = shared.map(({ chosen: { task }, allowed }, i) => {
    const isAsked = subjects.some(({ name }) => name === task.name);
    const unsure = isAsked ? "too few units tell it" : notAsked;
    return { task, allowed, ...(tasks[i].interval === undefined && { unsure }) };
  });
  const places = scored.flatMap(({ members }) => members.map((member) => member.candidate?.run?.limit?.scored[0] ?? 0));
  return {
    base: { model: base.model, revision: base.revision },
    candidate: { model: candidate.model, revision: candidate.revision },
    ...{ confidence, resamples: 0, seed: defaultSeed },
    tasks,
    incomparable,
    types,
    ...(shared.length > 0 && { overall: meanOf("overall", shared), meanType: meanTypeOf(types) }),
    stopped: {
      ...{ look: looks.indexOf(look) + 1, looks: looks.length },
      ...{ units: places.reduce((sum, one) => sum + one, 0), ofUnits: units },
    },
    notes: remarksOn(chosen.tasks, remarkable, runs, chosen.unknown),
  };
}

/** Averages types; no rule asks for their mean. */
function meanTypeOf(types: readonly MeanComparison[]): MeanComparison {
  const over = (of: (one: MeanComparison) => number): number => mean(types.map(of));
  return {
    base: over(({ base }) => base),
    candidate: over(({ candidate }) => candidate),
    difference: over(({ difference }) => difference),
    verdict: "unknown",
    tasks: types.reduce((sum, one) => sum + one.tasks, 0),
  };
}
