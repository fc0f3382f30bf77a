import type { TriedModel } from "../../runners/prompts/try.ts";
import { readSamples, samplesFile } from "../../runners/results/samples-file.ts";
import { mean } from "../../tasks/metrics/lists.ts";
import { placesOf } from "../../tasks/places.ts";
import { defaultResamples } from "../../tasks/resampling/compare-samples.ts";
import { combine, type Draws, undrawn } from "../../tasks/resampling/draws.ts";
import { deviationsIn, differenceIn, drawJointly } from "../../tasks/resampling/joint.ts";
import type { Statistic } from "../../tasks/statistic.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { openOne, WithoutSamples } from "../comparison/evidence.ts";
import { statistics } from "../comparison/statistics.ts";
import { requiredTask } from "../required.ts";
import { taskScore } from "../scores.ts";

/** A prompt with a model: one of those whose scores are held against each other. */
export interface ScopeMember {
  /** Place of the model. */
  readonly model: number;
  readonly prompt: string;
  /** What was put before texts; of a mean over tasks absent where it is not the same in all of them. */
  readonly text?: string;
  /** The prompt of the same text that was run in its place. */
  readonly sameAs?: string;
  /** The name of its row in the folder of results. */
  readonly row: string;
  /** 0 … 1; NaN where it failed or is undefined. */
  readonly score: number;
}

/** The scores of all members on one task, or their means over tasks, and how they scatter. */
export interface Scope {
  readonly name: string;
  readonly measure: string;
  readonly members: readonly ScopeMember[];
  /** Says why nothing is known of how sure they are; absent where it is. */
  readonly reason?: string;
  /** Returns the difference of two members with its scatter. */
  readonly difference: (base: number, candidate: number) => Draws;
  /** How far each member deviates in each resample, what all share taken out (`deviationsIn`). */
  readonly deviations?: readonly Float64Array[];
}

/** Settings and effects of resampling. */
export interface ScopeOptions {
  readonly seed: number;
  /** Receives the number of tasks that are done, with the share of the one at work. */
  readonly onProgress: (task: string, done: number) => void;
  readonly signal: AbortSignal;
}

const onlyScores =
  (members: readonly ScopeMember[]): Scope["difference"] =>
  (base, candidate) => {
    const [one, other] = [members[base].score, members[candidate].score];
    return { base: one, candidate: other, ...undrawn(other - one) };
  };

/** Reads the samples of each member of a task, [subsets][members]. @throws WithoutSamples where some cannot be used */
async function readStatistics(
  models: readonly TriedModel[],
  place: number,
): Promise<readonly (readonly Statistic[])[]> {
  const { task } = models[0].tasks[place];
  const required = requiredTask(task);
  const read = new Map<string, readonly Statistic[]>();
  const of = async (folder: string, base: TriedModel["tasks"][number]["prompts"][number]["result"]) => {
    const known = read.get(folder);
    if (known !== undefined) return known;
    const samples = await readSamples(samplesFile(folder, task.name));
    if (base === undefined || samples === undefined) throw new WithoutSamples("not all results have samples");
    const member = { required, base };
    const opened = placesOf(task).map(
      ({ split, subset }) => openOne(samples, "base", member, [split, subset], statistics).statistic,
    );
    read.set(folder, opened);
    return opened;
  };
  const members: (readonly Statistic[])[] = [];
  for (const { tasks } of models) {
    for (const { folder, result } of tasks[place].prompts) members.push(await of(folder, result));
  }
  return placesOf(task).map((_, subset) => members.map((own) => own[subset]));
}

const membersOf = (models: readonly TriedModel[], place: number): readonly ScopeMember[] =>
  models.flatMap(({ tasks }, model) => {
    const { task, prompts } = tasks[place];
    return prompts.map(({ prompt, text, sameAs, row, result }) => {
      const score = taskScore(result, requiredTask(task)).score ?? Number.NaN;
      return { model, prompt, text, ...(sameAs !== undefined && { sameAs }), row, score };
    });
  });

/** Puts the scores of one task together, and resamples them for all models and prompts at once. */
async function taskScope(
  models: readonly TriedModel[],
  place: number,
  { seed, onProgress: tell, signal }: ScopeOptions,
): Promise<Scope> {
  const { task }: { readonly task: TaskSpec } = models[0].tasks[place];
  const members = membersOf(models, place);
  const scope = { name: task.name, measure: task.mainScore, members };
  const without = (reason: string): Scope => ({ ...scope, reason, difference: onlyScores(members) });
  if (members.some(({ score }) => Number.isNaN(score))) return without("not all prompts have a score");
  try {
    const subsets = await readStatistics(models, place);
    const onProgress = (done: number, total: number): void => tell(task.name, place + done / total);
    const joint = await drawJointly(subsets, {
      resamples: defaultResamples,
      seed,
      name: task.name,
      onProgress,
      signal,
    });
    const deviations = deviationsIn(joint);
    if (deviations === undefined) return without("too few samples, or a score that resampling leaves undefined");
    return { ...scope, deviations, difference: (base, candidate) => differenceIn(joint, base, candidate) };
  } catch (error) {
    if (!(error instanceof WithoutSamples)) throw error;
    return without(error.message);
  }
}

/** Averages tasks, each of the same weight. */
function meanScope(scopes: readonly Scope[]): Scope {
  const members = scopes[0].members.map(({ model, prompt }, i): ScopeMember => {
    const own = scopes.map((scope) => scope.members[i]);
    const text = own.every((one) => one.text === own[0].text) ? own[0].text : undefined;
    const sameAs = own.every((one) => one.sameAs === own[0].sameAs) ? own[0].sameAs : undefined;
    return {
      ...{ model, prompt, row: own[0].row, score: mean(own.map(({ score }) => score)) },
      ...(text !== undefined && { text }),
      ...(sameAs !== undefined && { sameAs }),
    };
  });
  const reason = scopes.find((scope) => scope.reason !== undefined)?.reason;
  const all = scopes.flatMap(({ deviations }) => (deviations === undefined ? [] : [deviations]));
  return {
    name: `Mean of ${scopes.length} tasks`,
    measure: "main scores",
    members,
    difference: (base, candidate) => combine(scopes.map((scope) => scope.difference(base, candidate))),
    ...(reason === undefined
      ? { deviations: members.map((_, i) => all[0][i].map((_, r) => mean(all.map((one) => one[i][r])))) }
      : { reason }),
  };
}

/** Puts together the scores of each task, and their means where there are several. */
export async function scopesOf(models: readonly TriedModel[], options: ScopeOptions): Promise<readonly Scope[]> {
  const scopes: Scope[] = [];
  for (const place of models[0].tasks.keys()) scopes.push(await taskScope(models, place, options));
  return scopes.length > 1 ? [...scopes, meanScope(scopes)] : scopes;
}
