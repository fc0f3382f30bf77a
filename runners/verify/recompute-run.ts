import { InputError } from "../../datasets/errors.ts";
import { partsOfName } from "../../models/naming.ts";
import { precisions } from "../../models/runtime/precision.ts";
import { isStoppedEarly, limitedName } from "../../models/variants/variant-name.ts";
import { placeKey } from "../../tasks/places.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { pramanaVersion } from "../environment.ts";
import { difference, givenDifference, identityOf, wantedRun } from "../identity.ts";
import { withPlan } from "../measure.ts";
import { hashModelFiles } from "../model/adapters.ts";
import type { ChosenPrompts } from "../model/prompts.ts";
import { hardwareDifferences } from "../numeric-class.ts";
import type { StoredResult } from "../results/read-results.ts";
import type { RunRecord } from "../results/result.ts";
import type { SubsetSamples } from "../results/sample-table.ts";
import type { RunPlan } from "../run.ts";
import { selectTasks, type TaskChoices } from "../select.ts";
import type { World } from "../world.ts";
import { modelOfRun, type RunModel } from "./model-of-run.ts";
import { type HowMuch, type RecomputedUnitsOfTask, recomputeUnits, whyWhole } from "./recompute.ts";
import { type RecomputedScore, recomputeScores } from "./recompute-scores.ts";

/** What became of a task that was to be computed again. */
export type RecomputedTask = { readonly task: string; readonly notes: readonly string[] } & (
  | { readonly units: RecomputedUnitsOfTask }
  | { readonly scores: readonly RecomputedScore[] }
  /** It was not computed again; `byNature` where no share of such a task can be. */
  | { readonly reason: string; readonly byNature: boolean }
  /** What is here is not what was run. */
  | { readonly wrong: string }
);

export interface RecomputeChoice extends Pick<TaskChoices, "tasks" | "taskFile"> {
  readonly howMuch: HowMuch;
  readonly seed: number;
  /** Where the model lies, in place of what the name of the results says. */
  readonly model?: string;
  readonly device: Parameters<typeof withPlan>[0]["choice"]["device"];
  readonly threads: number;
}

/** A stored run, and what its tasks are made of. */
export interface RunToRecompute {
  readonly model: string;
  readonly revision: string;
  readonly results: readonly StoredResult[];
  readonly samplesOf: (result: StoredResult) => Promise<readonly SubsetSamples[] | undefined>;
}

interface Task {
  readonly stored: StoredResult;
  readonly record: RunRecord;
  readonly spec: TaskSpec;
}

const without = (tasks: readonly StoredResult[], reason: string): RecomputedTask[] =>
  tasks.map(({ result: { task } }) => ({ task, notes: [], reason, byNature: false }));

/** Returns the part of a task that a result has, at the result's revision of the data. */
function partOf(task: TaskSpec, { result: { splits, datasetRevision } }: StoredResult): TaskSpec {
  const subsets = new Set(Object.values(splits).flatMap((entries) => entries.map(({ subset }) => subset)));
  return {
    ...task,
    dataset: { ...task.dataset, revision: datasetRevision },
    splits: task.splits.filter((split) => splits[split] !== undefined),
    languages: Object.fromEntries(Object.entries(task.languages).filter(([subset]) => subsets.has(subset))),
  } as TaskSpec;
}

async function specOf(name: string, taskFile: readonly string[] | undefined): Promise<TaskSpec | string> {
  try {
    const { tasks } = await selectTasks({ tasks: [name], ...(taskFile && { taskFile }) });
    return tasks.find((task) => task.name === name) ?? `there is no task ${name}`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Returns the prompts that the user gave, as the records of the tasks have them. */
function promptsOf(name: string, tasks: readonly Task[]): ChosenPrompts {
  const entries = tasks.flatMap(({ stored: { result }, record: { prompts = {} } }) =>
    Object.entries(prompts).map(([role, text]) => [role === "text" ? result.task : `${result.task}-${role}`, text]),
  );
  return { name, given: { prompts: Object.fromEntries(entries) } };
}

/** Says what is other about the model that was opened; nothing where it is that of the results. */
function otherModel({ name, model: { info } }: RunPlan, { model, revision }: RunToRecompute): string | undefined {
  const isLocal = model.startsWith("local/");
  const [here, there] = isLocal ? [partsOfName(name).marks, partsOfName(model).marks] : [name, model];
  if (here === there && info.revision === revision) return undefined;
  return `another model: the results are of ${model} at ${revision}, here is ${name} at ${info.revision}`;
}

/** Says what is other about a task here, its data and its prompts; nothing where they are those of the result. */
async function otherTask(
  { stored, record, spec }: Task,
  plan: RunPlan,
  models: readonly string[],
  { signal }: World,
): Promise<string | undefined> {
  const was = identityOf(stored.result);
  if (was === undefined) return "nothing tells how it was run";
  const wanted = await wantedRun(spec, plan, was.pramana, await hashModelFiles(models, signal), signal);
  const { mtebVersion, device } = was;
  return difference(was, { ...wanted.identity, mtebVersion, device }) ?? givenDifference(record, wanted);
}

/** Tells what differs without being wrong: programs and hardware. */
function notesOn({ record, stored }: Task, { numeric }: RunPlan): readonly string[] {
  const here = pramanaVersion();
  const hardware =
    numeric === undefined ? [] : (record.numericClasses ?? []).flatMap((one) => hardwareDifferences(one, numeric));
  return [
    ...(record.pramana === here ? [] : [`${stored.result.task} was run by version ${record.pramana}, here is ${here}`]),
    ...(hardware.length === 0 ? [] : [`computed on other hardware than the run: ${[...new Set(hardware)].join(", ")}`]),
  ];
}

/** Computes a share of a run's units again, with its model and data. */
export async function recomputeRun(
  run: RunToRecompute,
  choice: RecomputeChoice,
  world: World,
): Promise<readonly RecomputedTask[]> {
  const wanted = run.results.filter(({ result }) => choice.tasks?.includes(result.task) ?? true);
  const strangers = wanted.filter(({ result }) => result.run === undefined);
  const ours = wanted.filter(({ result }) => result.run !== undefined);
  const lacking = (choice.tasks ?? []).filter((name) => !wanted.some(({ result }) => result.task === name));
  const others = [
    ...lacking.map((task) => ({ task, notes: [], reason: "there is no result of it", byNature: false })),
    ...without(strangers, "mteb ran it, and nothing tells its units or how it was run"),
  ];
  const opened = await modelOfRun(run.model, run.revision, choice.model);
  if (typeof opened === "string") return [...others, ...without(ours, opened)];
  const tasks: Task[] = [];
  for (const stored of ours) {
    const spec = await specOf(stored.result.task, choice.taskFile);
    if (typeof spec === "string") others.push(...without([stored], spec));
    else tasks.push({ stored, record: stored.result.run as RunRecord, spec: partOf(spec, stored) });
  }
  if (tasks.length === 0) return others;
  try {
    return [...others, ...(await withOpened(run, opened, tasks, choice, world))];
  } catch (error) {
    world.signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return [
      ...others,
      ...without(
        tasks.map(({ stored }) => stored),
        error.message,
      ),
    ];
  }
}

async function withOpened(
  run: RunToRecompute,
  { choice: { limit, ...said }, prompts }: RunModel,
  tasks: readonly Task[],
  choice: RecomputeChoice,
  world: World,
): Promise<readonly RecomputedTask[]> {
  const { device, threads } = choice;
  const [first] = tasks as [Task];
  // On GPUs a model would run as it is stored, where nothing else is said.
  const precision = precisions.find(
    (one) => one === first.record.precision && said.onnx !== true && said.model !== "bm25",
  );
  const chosen = { ...(precision && { precision }), ...said, device, threads };
  const models = [said.model, said.queryModel, said.documentModel].filter((one) => one !== undefined);
  const given = prompts === undefined ? undefined : promptsOf(prompts, tasks);
  const specs = tasks.map(({ spec }) => spec);
  return withPlan({ choice: chosen, tasks: specs, prompts: given }, world, async (opened) => {
    const limited = { limit, wholeCorpora: isStoppedEarly(run.model) };
    const plan = { ...opened, ...limited, name: limitedName(opened.name, limited) };
    const wrong = otherModel(plan, run);
    if (wrong !== undefined) return tasks.map(({ spec: { name: task } }) => ({ task, notes: [], wrong }));
    const done: RecomputedTask[] = [];
    for (const task of tasks) done.push(await recomputeTask(run, task, plan, models, choice, world));
    return done;
  });
}

async function recomputeTask(
  run: RunToRecompute,
  asked: Task,
  plan: RunPlan,
  models: readonly string[],
  { howMuch, seed }: RecomputeChoice,
  world: World,
): Promise<RecomputedTask> {
  const { stored, record, spec: task } = asked;
  const base = { task: task.name, notes: notesOn(asked, plan) };
  try {
    const wrong = await otherTask(asked, plan, models, world);
    if (wrong !== undefined) return { ...base, wrong };
    const isWhole = "share" in howMuch && howMuch.share === 1;
    const samples = await run.samplesOf(stored);
    const why = whyWhole(task, record) ?? (samples === undefined ? "no samples lie beside its result" : undefined);
    if (samples !== undefined && why === undefined) {
      const places = new Set(
        Object.entries(stored.result.splits).flatMap(([split, entries]) =>
          entries.map(({ subset }) => placeKey({ split, subset })),
        ),
      );
      const own = samples.filter((place) => places.has(placeKey(place)));
      return { ...base, units: await recomputeUnits({ task, record, samples: own, plan, howMuch, seed }, world) };
    }
    if (isWhole) return { ...base, scores: await recomputeScores(task, stored.result, plan, world) };
    return { ...base, reason: `${why}; --tasks ${task.name} --recompute 100% computes it whole`, byNature: true };
  } catch (error) {
    world.signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { ...base, reason: error.message, byNature: false };
  }
}
