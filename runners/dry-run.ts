import { InputError, messageOf } from "../datasets/errors.ts";
import { defaultLimit } from "../models/cache/settings.ts";
import { type Model, vectorsOf } from "../models/model.ts";
import { sizeOf, type TaskSize, usualCharacters } from "../tasks/sizes.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { Environment } from "./environment.ts";
import { bytesOf, freeBytes } from "./fetch.ts";
import { planTasks } from "./keeping.ts";
import { type Chosen, type MeasureChoice, withPlan } from "./measure.ts";
import { isRepository } from "./model/adapters.ts";
import { modelNeeds } from "./model/model-needs.ts";
import { allChosen } from "./model/open-model.ts";
import type { ChosenPrompts } from "./model/prompts.ts";
import { distinct, missingOf, type NeededFile, needsOf, type TaskNeeds } from "./needs.ts";
import { probeSpeed } from "./probe.ts";
import { resultFolder } from "./results/store.ts";
import type { RunPlan } from "./run.ts";
import type { World } from "./world.ts";

/** State of a task before its run. */
export type TaskState = "stored" | "cached" | "to fetch" | "not to be had" | "faulty";

/** What is known of a task before it is run; null stands for what cannot be known. */
export interface ForeseenTask {
  readonly task: string;
  readonly type: TaskSpec["type"];
  readonly state: TaskState;
  /** Why it is not to be had, or faulty. */
  readonly reason: string | null;
  readonly bytesToFetch: number | null;
  /** Texts that vectors are asked for, and those of them that are known to differ. */
  readonly texts: number | null;
  readonly distinctTexts: number | null;
  /** Seconds of encoding on this machine. */
  readonly seconds: number | null;
}

/** What a run would need and take; null stands for what cannot be known. */
export interface DryRun {
  readonly model: string;
  /** Bytes of the model's files that are not cached. */
  readonly modelBytesToFetch: number | null;
  /** Why the speed of the model is not known. */
  readonly whyNoTime: string | null;
  readonly machine: { readonly processor: string; readonly device: string; readonly threads: number } | null;
  readonly tasks: readonly ForeseenTask[];
  /** All files, each once. */
  readonly bytesToFetch: number;
  readonly cacheFolder: string;
  readonly freeBytes: number | null;
  /** Bytes of the vectors that will be kept, at most `vectorLimit`. */
  readonly vectorBytes: number | null;
  readonly vectorLimit: number;
}

/** What the opened model tells. */
interface Opened {
  readonly machine: DryRun["machine"];
  readonly stored: ReadonlySet<string>;
  readonly kind: Model["kind"];
  /** Length of a vector; undefined where none are kept. */
  readonly dims: number | undefined;
  /** Seconds of a text of so many characters; undefined where they are not foretold. */
  readonly secondsOf: ((characters: number) => number) | undefined;
}

/**
 * Finds what a run would need and take, and runs nothing: which data are cached, how much is to be fetched, how many texts
 * there are by the catalogue's statistics, and, where the model is cached, how long it takes for them by a short probe.
 *
 * @throws UsageError for a choice that cannot be run
 */
export async function dryRun(
  choice: MeasureChoice & { readonly results: string },
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  world: World,
): Promise<DryRun> {
  const ids = allChosen(choice);
  const needs = await needsOf(tasks, world);
  const missing = new Map((await missingOf(needs, world)).map(({ task, reason }) => [task, reason]));
  const model = await foreseeModel(ids, { choice, tasks, prompts }, world);
  const { opened } = model;
  const foreseen = needs.map((one) => foreseeTask(one, missing.get(one.task.name), opened));
  const toRun = new Set(foreseen.filter(({ state }) => state !== "stored").map(({ task }) => task));
  const files = needs.flatMap((one) => ("files" in one && toRun.has(one.task.name) ? one.files : []));
  const limit = choice.cache === false ? 0 : (choice.cacheSize ?? defaultLimit);
  const vectors = sum(foreseen.map(({ task, distinctTexts }) => (toRun.has(task) ? (distinctTexts ?? 0) : 0)));
  return {
    model: model.name,
    modelBytesToFetch: model.files === undefined ? null : bytesOf(model.files),
    whyNoTime: model.whyNoTime,
    machine: opened?.machine ?? null,
    tasks: foreseen,
    bytesToFetch: bytesOf(distinct([...files, ...(model.files ?? [])]).filter(({ cached }) => !cached)),
    cacheFolder: world.hub.cacheDir,
    freeBytes: (await freeBytes(world.hub.cacheDir)) ?? null,
    vectorBytes: opened?.dims === undefined ? null : Math.min(limit, vectors * opened.dims * 4),
    vectorLimit: limit,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function foreseeTask(needs: TaskNeeds, missing: string | undefined, opened: Opened | undefined): ForeseenTask {
  const { task } = needs;
  const size = sizeOf(task);
  const own = { task: task.name, type: task.type, texts: size?.texts ?? null, distinctTexts: size?.distinct ?? null };
  if (opened?.stored.has(task.name)) return { ...own, state: "stored", reason: null, bytesToFetch: 0, seconds: 0 };
  const rest = { ...own, seconds: secondsOf(size, opened) };
  if (missing !== undefined) return { ...rest, state: "not to be had", reason: missing, bytesToFetch: null };
  if ("failure" in needs) return { ...rest, state: "faulty", reason: needs.failure, bytesToFetch: null };
  const bytesToFetch = bytesOf(needs.files.filter(({ cached }) => !cached));
  const state = needs.files.every(({ cached }) => cached) ? "cached" : "to fetch";
  return { ...rest, state, reason: null, bytesToFetch };
}

function secondsOf(size: TaskSize | undefined, opened: Opened | undefined): number | null {
  if (size === undefined || opened?.secondsOf === undefined) return null;
  return size.distinct * opened.secondsOf(size.meanCharacters ?? usualCharacters);
}

interface ForeseenModel {
  readonly name: string;
  /** Files that are not cached; undefined where they cannot be told. */
  readonly files: readonly NeededFile[] | undefined;
  readonly whyNoTime: string | null;
  readonly opened?: Opened;
}

/** Looks at the model, and times it where all of it is cached. */
async function foreseeModel(
  ids: readonly string[],
  { choice, ...chosen }: Chosen & { readonly choice: MeasureChoice & { readonly results: string } },
  world: World,
): Promise<ForeseenModel> {
  const name = ids.join(" and ");
  let files: readonly NeededFile[];
  try {
    files = await modelNeeds(choice, world.hub);
  } catch (error) {
    world.signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { name, files: undefined, whyNoTime: messageOf(error) };
  }
  const other = ids.find((id) => !isRepository(id));
  if (other !== undefined) return { name, files, whyNoTime: `${other} is no repository, and is not tried out` };
  if (files.length > 0) return { name, files, whyNoTime: "the model is not cached; `pramana fetch` fetches it" };
  // The probe's texts are no texts of tasks: they are not kept, nor found again.
  const opened = await withPlan({ choice: { ...choice, cache: false }, ...chosen }, world, (plan, environment) =>
    lookAt(plan, environment, choice, world),
  );
  return { name, files, whyNoTime: opened.secondsOf === undefined ? whyNoProbe(opened, chosen.tasks) : null, opened };
}

/** Says why a model was not tried out. */
const whyNoProbe = ({ stored, kind }: Opened, tasks: readonly TaskSpec[]): string =>
  tasks.every(({ name }) => stored.has(name))
    ? "nothing is left to run"
    : `models of the kind ${kind} are not tried out`;

async function lookAt(
  plan: RunPlan,
  environment: Environment,
  choice: MeasureChoice & { readonly results: string },
  world: World,
): Promise<Opened> {
  const { model } = plan;
  const folder = resultFolder(choice.results, plan.name, model.info.revision);
  const planned = await planTasks(folder, plan, choice, environment.pramana, world.signal);
  const stored = new Set(planned.filter(({ kind }) => kind === "stored").map(({ task }) => task.name));
  const { device, threads } = model.info;
  const left = plan.tasks.filter(({ name }) => !stored.has(name));
  return {
    machine: { processor: environment.accelerator ?? environment.cpu, device, threads },
    stored,
    kind: model.kind,
    dims: vectorsOf(model)?.dims,
    secondsOf: await secondsBy(model, left, world),
  };
}

async function secondsBy(model: Model, tasks: readonly TaskSpec[], world: World): Promise<Opened["secondsOf"]> {
  const lengths = tasks.map((task) => sizeOf(task)?.meanCharacters ?? usualCharacters);
  if (model.kind !== "vectors" || lengths.length === 0) return undefined;
  world.note(`timing ${model.info.id} for some seconds`);
  return probeSpeed(model, lengths, world);
}
