import { mainRevisionsOf, readBaselines } from "../reports/baselines.ts";
import { requireAnswerable } from "../reports/comparison/answerable.ts";
import { compareRuns, type CompareOptions as RunsOptions } from "../reports/comparison/compare-runs.ts";
import type { Comparison } from "../reports/comparison/comparison.ts";
import { trips } from "../reports/comparison/gate.ts";
import { parseRule } from "../reports/comparison/rule.ts";
import { type Distinction, parseDistinction } from "../reports/comparison/settings.ts";
import { knownTasks, requiredOf, requiredTask } from "../reports/required.ts";
import { findRun, type StoredRun } from "../runners/results/stored-run.ts";
import { checkSetting, countable } from "../runners/setting.ts";
import { type KnownOptions, requireKnown } from "./known.ts";
import { chooseTasks, type TaskOptions } from "./tasks.ts";
import { type CallOptions, callWorld } from "./world.ts";

/** Options of a comparison. Without tasks or a benchmark, every task that either run has is compared. */
export interface CompareOptions extends TaskOptions, CallOptions {
  /** Folders in which runs are looked for by name. Default: `results`. */
  readonly results?: readonly string[];
  /** Settings that may differ between two results of a task, which are not compared otherwise. */
  readonly allow?: readonly Distinction[];
  /** Rules, such as `overall < -0.2` or `any < -1.0 and significant`, in points; `trips` says which of them trip. */
  readonly failIf?: readonly string[];
  /** Seed of the bootstrap, a whole number, 0 or above. Default: 42. */
  readonly seed?: number;
}

const known: KnownOptions<CompareOptions> = {
  tasks: true,
  benchmark: true,
  results: true,
  allow: true,
  failIf: true,
  seed: true,
  signal: true,
  onProgress: true,
};

/** A rule that a comparison breaks. */
export interface TrippedRule {
  /** Text of the rule, as it was given. */
  readonly rule: string;
  /** Reasons in words. */
  readonly reasons: readonly string[];
}

/** A comparison with the rules that it breaks. */
export interface GatedComparison extends Comparison {
  readonly trips: readonly TrippedRule[];
}

/**
 * Compares two stored runs, as `pramana compare` does: for each task, type and overall the difference of the scores with
 * its confidence interval and a verdict. Nothing is run and nothing is written.
 *
 * @param base A folder ORG__MODEL/REVISION, a folder with the results of one model, or among `results` a model, or
 *   MODEL@REVISION.
 * @param candidate The same; differences are candidate minus base, on the scale of 0 to 1.
 * @throws InputError where there is no such run, task, rule or seed; the signal's reason once it aborts
 *
 * @example
 * const { overall, trips } = await compare("runs/base", "runs/candidate", { failIf: ["overall < -0.2"] });
 * console.log(overall?.verdict, overall?.interval); // "no difference" [-0.0021, 0.0008]
 * if (trips.length > 0) throw new Error(trips.flatMap(({ reasons }) => reasons).join("; "));
 */
export async function compare(base: string, candidate: string, options: CompareOptions = {}): Promise<GatedComparison> {
  requireKnown("compare", options, known);
  const { results = ["results"], allow = [], failIf = [], seed, signal, onProgress } = options;
  signal?.throwIfAborted();
  checkSetting("seed", seed, countable);
  const rules = failIf.map(parseRule);
  const tasks = tasksOf(options);
  requireAnswerable(rules, tasks.known ?? knownTasks(), tasks.tasks);
  const mainRevisions = mainRevisionsOf(await readBaselines());
  const find = (name: string): Promise<StoredRun> =>
    findRun(name, results, Date.now() / 1000, { mainRevisions, hub: callWorld().world.hub });
  const comparison = await compareRuns(await find(base), await find(candidate), {
    ...tasks,
    allow: allow.map(parseDistinction),
    ...(seed === undefined ? {} : { seed }),
    ...(signal ? { signal } : {}),
    onProgress: (progress) => onProgress?.({ kind: "comparing", ...progress }),
  });
  const tripped = trips(rules, comparison).map(({ rule, reasons }) => ({ rule: rule.text, reasons }));
  return { ...comparison, trips: tripped };
}

/** Returns the tasks that are compared, if any are named, and all known ones: the caller's own and the catalogue's. */
function tasksOf(options: TaskOptions): Pick<RunsOptions, "tasks" | "known"> {
  if (options.tasks === undefined && options.benchmark === undefined) return {};
  const chosen = chooseTasks(options);
  const named = chosen.tasks.map(requiredTask);
  return { tasks: chosen.benchmark === undefined ? named : requiredOf(chosen.benchmark), known: knownTasks(named) };
}
