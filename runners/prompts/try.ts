import { asUsage, InputError } from "../../datasets/errors.ts";
import { count, shown } from "../../datasets/shown.ts";
import { type Model, modelKinds } from "../../models/model.ts";
import { withPrompts } from "../../models/prompts/prompting.ts";
import { variantName } from "../../models/variants/variant-name.ts";
import { sizeOf } from "../../tasks/sizes.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import type { Environment } from "../environment.ts";
import type { RunEvent } from "../events.ts";
import { keepIn, planTasks } from "../keeping.ts";
import { type MeasureChoice, planOf, withPlan } from "../measure.ts";
import type { TaskResult } from "../results/result.ts";
import { readResult, requireWritable, resultFolder, writeModelMeta } from "../results/store.ts";
import { type RunPlan, runTasks } from "../run.ts";
import type { World } from "../world.ts";
import { keepDocuments, type PromptedModel } from "./kept-documents.ts";
import type { TriedPrompt } from "./tried.ts";
import { hasQueries, ownText, promptsWith, textFor } from "./variants.ts";

/** Options of trying prompts with one model. */
export interface TryingChoice extends MeasureChoice {
  /** Folder that the results are taken from and stored in. */
  readonly results: string;
}

/** What became of a prompt on a task. */
export interface TriedResult {
  readonly prompt: string;
  /** What was put before the queries, or before the texts. */
  readonly text: string;
  /** The prompt of the same text that was run in its place. */
  readonly sameAs?: string;
  /** The name that the results have in the folder. */
  readonly row: string;
  /** Folder of the result and its samples. */
  readonly folder: string;
  /** Absent where it failed. */
  readonly result?: TaskResult;
}

/** All prompts that were tried with a model. */
export interface TriedModel {
  readonly model: string;
  readonly revision: string;
  readonly tasks: readonly { readonly task: TaskSpec; readonly prompts: readonly TriedResult[] }[];
  /** Number of results that could not be stored. */
  readonly unstored: number;
}

/** The prompts that are always tried: the model's own, and none. */
export const published = "published";
export const none = "none";

/** A prompt on a task, before it is run. */
interface Trial extends Pick<TriedResult, "prompt" | "text" | "sameAs"> {}

/** Lists the trials of a task; of prompts with the same text the first is run. */
function trialsOf(tried: readonly TriedPrompt[], { info }: PromptedModel, task: TaskSpec): readonly Trial[] {
  const first = new Map<string, string>();
  const texts: readonly (readonly [string, string])[] = [
    [published, ownText(info, task)],
    [none, ""],
    ...tried.map((one) => [one.name, textFor(one, info, task)] as const),
  ];
  return texts.map(([prompt, text]) => {
    const sameAs = first.get(text);
    if (sameAs === undefined) first.set(text, prompt);
    return { prompt, text, ...(sameAs !== undefined && { sameAs }) };
  });
}

/** @throws InputError for a model before whose texts nothing can be put */
function requirePrompted(model: Model): PromptedModel {
  const { kind, info } = model;
  if (kind === "vectors" || kind === "sparse" || kind === "late-interaction") {
    if (info.device !== "precomputed") return model;
    throw new InputError(
      `model: ${shown(info.id)} is vectors made elsewhere, whose texts had their prompts; embed them once for each prompt, and ` +
        "`pramana compare` the runs",
    );
  }
  throw new InputError(
    `model: ${shown(info.id)} ${modelKinds[kind].does}; prompts are tried with models that encode each text by itself (docs/prompt-sensitivity.md)`,
  );
}

/** Says what is encoded how often, before it is. */
function costOf(task: TaskSpec, trials: readonly Trial[]): string {
  const prompts = count(trials.filter(({ sameAs }) => sameAs === undefined).length, "different prompt");
  if (hasQueries(task)) return `${task.name}: documents are encoded once, queries for each of ${prompts}`;
  const texts = sizeOf(task)?.texts;
  const all = texts === undefined ? "all of them" : `all ${texts.toLocaleString("en")}`;
  return `${task.name}: it has no queries, a prompt stands before every text, and ${all} are encoded for each of ${prompts}`;
}

/** Emits the events of a trial under the names of its task and prompt, with its place among all. */
function emitAs(
  { name }: TaskSpec,
  prompt: string,
  place: { readonly index: number; readonly count: number },
  emit: World["emit"],
) {
  const label = `${name}, ${prompt}`;
  return (event: RunEvent): void => {
    if (event.kind === "run-started" || event.kind === "run-finished") return;
    // What is peculiar about a task's rows is so whatever the prompt.
    if (event.kind === "finding" && prompt !== published) return;
    if (event.kind === "task-failed") emit({ ...event, tasks: [label] });
    else if (event.kind === "task-started") emit({ ...event, ...place, task: label });
    else emit("task" in event ? ({ ...event, task: label } as RunEvent) : event);
  };
}

/**
 * Runs some tasks with each of some prompts, with the model's own, and with none. The model is opened once; a task's documents
 * are encoded once, and each prompt of the queries gets a result of its own, `model[prompts=NAME]`, that of the model's own the
 * row of the model. Results with their samples go to a folder; what is there already is not run again.
 *
 * @throws InputError for a model or a task that a prompt cannot be tried with, before anything is run
 */
export async function tryPrompts(
  choice: TryingChoice,
  tasks: readonly TaskSpec[],
  tried: readonly TriedPrompt[],
  world: World,
): Promise<TriedModel> {
  await requireWritable(choice.results);
  return withPlan({ choice, tasks, prompts: undefined }, world, async (plan, environment) => {
    const opened = await asUsage(async () => requirePrompted(plan.model));
    const kept = keepDocuments(opened);
    const trials = new Map(tasks.map((task) => [task, trialsOf(tried, opened, task)]));
    const all = tasks.length * (tried.length + 2);
    let done = 0;
    let unstored = 0;
    world.whenStopped?.(() => `${done} of ${all} prompts and tasks are done; the same command goes on from there`);
    const finished: TriedModel["tasks"][number][] = [];
    for (const [task, prompts] of trials) {
      world.note(costOf(task, prompts));
      const results: TriedResult[] = [];
      for (const trial of prompts) {
        const before = results.find(({ prompt }) => prompt === trial.sameAs);
        if (before === undefined) {
          const model = modelFor(kept.model, trial, task);
          const varied = { ...plan, ...planOf(choice, model, [task], plan.kernels, plan.firstStage) };
          const named = emitAs(task, trial.prompt, { index: done + 1, count: all }, world.emit);
          const ran = await runTrial(varied, choice, environment, { ...world, emit: named });
          results.push({ ...trial, ...ran.stored });
          unstored += ran.unstored;
        } else results.push({ ...before, ...trial });
        done += 1;
      }
      if (kept.overflowed()) {
        world.note(
          `${task.name}: its documents' vectors need more memory than is held of them; what the cache did not keep was encoded again`,
        );
      }
      kept.forget();
      finished.push({ task, prompts: results });
    }
    world.note(`results of all prompts in ${choice.results}`);
    return { model: plan.name, revision: plan.model.info.revision, tasks: finished, unstored };
  });
}

/** Returns the model with a trial's prompt: itself for its own. */
function modelFor(model: PromptedModel, { prompt, text }: Trial, task: TaskSpec): PromptedModel {
  if (prompt === published) return model;
  const { info } = model;
  const id = variantName(info.id, `prompts=${prompt}`);
  return { ...model, info: { ...withPrompts(info, promptsWith(text, info, task)), id } } as PromptedModel;
}

/** Runs the one task of a plan, or takes its stored result. */
async function runTrial(
  plan: RunPlan,
  choice: TryingChoice,
  environment: Environment,
  world: World,
): Promise<{ readonly stored: Pick<TriedResult, "row" | "folder" | "result">; readonly unstored: number }> {
  const folder = resultFolder(choice.results, plan.name, plan.model.info.revision);
  const at = { row: plan.name, folder };
  const [planned] = await planTasks(folder, plan, choice, environment.pramana, world.signal);
  if (planned?.kind === "stored") return { stored: { ...at, result: planned.result }, unstored: 0 };
  await writeModelMeta(folder, plan.model, plan.name);
  const { whenStopped: _, ...quiet } = world;
  const kept = await keepIn(folder, plan, choice, environment, quiet);
  const ran = await runTasks(kept.plan, { ...quiet, environment, ...kept.effects });
  const unstored = await kept.finish();
  const [made] = kept.join(ran);
  // As a later call reads it, which finds it rounded.
  const read = made && (await readResult(folder, made.task));
  const result = typeof read === "object" ? read : made;
  return { stored: { ...at, ...(result && { result }) }, unstored };
}
