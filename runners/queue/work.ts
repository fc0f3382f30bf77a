import { InputError } from "../../datasets/errors.ts";
import { lexicalName } from "../../models/lexical/names.ts";
import { getTask } from "../../tasks/index.ts";
import { hasCorpus } from "../../tasks/protocols/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { type Environment, pramanaVersion } from "../environment.ts";
import { hashTask, type RunIdentity, wantedRun } from "../identity.ts";
import { type MeasureChoice, type OpenPlan, openPlan } from "../measure.ts";
import { hashModelFiles, isRepository } from "../model/adapters.ts";
import type { CacheChoice, ModelSettings } from "../model/open-model.ts";
import { toModelMeta } from "../results/model-meta.ts";
import { describeFailure, type ReadTask, type RunPlan, scoreTask } from "../run.ts";
import type { Store } from "../store/store.ts";
import { frameOf } from "../task-result.ts";
import type { World } from "../world.ts";
import { cutKey, toCut } from "./cut.ts";
import { type Found, toFound } from "./found.ts";
import type { Tally } from "./metrics.ts";
import { type Maker, type Part, toPart } from "./part.ts";
import { patiently } from "./patience.ts";
import { joinStored, openRows, scoreOrCut, searchShard } from "./shard.ts";
import { idOf, keyOf, partAt, type QueuedUnit, readUnit, type Setting, titleOf } from "./unit.ts";

/** What a worker was told of its machine, and of what it may take. */
export interface WorkerChoice extends CacheChoice, Pick<ModelSettings, "device" | "threads"> {
  /** Models that it takes, `organisation/*` for all of one; where absent, repositories of the Hub and bm25. */
  readonly models?: readonly string[];
}

/** What a worker does its units with. */
export interface Bench {
  readonly choice: WorkerChoice;
  /** The user's own tasks. */
  readonly tasks: readonly TaskSpec[];
  readonly store: Store;
  readonly world: World;
}

/** Tells whether a model may be opened: of folders and addresses, only those that were named. */
export function isAllowed({ model, commit }: Pick<Setting, "model" | "commit">, models?: readonly string[]): boolean {
  if (models === undefined) return model === lexicalName || (commit !== undefined && isRepository(model));
  return models.some((one) => one === model || (one.endsWith("/*") && model.startsWith(one.slice(0, -1))));
}

/** What a worker has done of a unit. */
type Done =
  | { readonly kind: "part"; readonly part: Part }
  /** Put together from shards that were done before. */
  | { readonly kind: "joined"; readonly part: Part }
  | { readonly kind: "found"; readonly found: Found }
  /** Its corpus is to be searched in shards with these borders. */
  | { readonly kind: "cut"; readonly borders: readonly number[] };

/** Does a unit of a subset with a corpus: searches a shard of it, or scores it as a whole, unless it is to be cut. */
async function doWithCorpus(
  maker: Maker,
  plan: RunPlan,
  task: TaskSpec,
  unit: QueuedUnit,
  rows: ReadTask,
  world: World,
): Promise<Done> {
  const { places, shard } = unit;
  if (shard === undefined) {
    const scored = await scoreOrCut(plan, task, unit, rows, world);
    return "borders" in scored ? { kind: "cut", ...scored } : { kind: "part", part: { ...maker, ...scored } };
  }
  return { kind: "found", found: await searchShard(maker, plan, task, { places, shard }, rows, world) };
}

/** The model that a worker holds on to. */
interface HeldModel extends OpenPlan {
  readonly setting: string;
  /** `hashModelFiles` as it was opened. */
  readonly files: Readonly<Record<string, string>>;
}

/** Seconds for which a store that does not take what is done is asked again. */
const patience = 600;

/** Returns what does units, holds on to the model and the corpus of the last one, and counts in `tally`. */
export function openBench(
  bench: Bench,
  tally: Tally,
): {
  readonly work: (id: string, data: unknown) => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const { store, world } = bench;
  const rows = openRows(world);
  let held: HeldModel | undefined;
  const closeModel = async (): Promise<void> => {
    const open = held;
    held = undefined;
    await open?.close();
  };
  /** Opens the model of a unit, in place of the one before: also where other files are asked for under the same name. */
  const openFor = async ({ setting: asked, inputs }: QueuedUnit, task: TaskSpec): Promise<HeldModel> => {
    const setting = JSON.stringify(asked);
    if (held?.setting === setting && held.files["model"] === inputs["model"]) return held;
    await closeModel();
    const files = await hashModelFiles([asked.model], world.signal);
    const open = await openPlan({ choice: choiceOf(asked, bench.choice), tasks: [task], prompts: undefined }, world);
    held = { ...open, setting, files };
    return held;
  };
  const doUnit = async (unit: QueuedUnit, task: TaskSpec): Promise<Done> => {
    const { borders } = unit;
    if (borders !== undefined) {
      requireAsked(unit, await wantedJoin(unit, task, world.signal));
      const part = await joinStored({ ...unit, borders }, task, await rows.read(unit, task), store, world);
      return { kind: "joined", part };
    }
    const { plan: opened, environment, files } = await openFor(unit, task);
    const plan = { ...opened, tasks: [task] };
    const { identity } = await wantedRun(task, plan, environment.pramana, files, world.signal);
    requireAsked(unit, identity, plan.model.info.revision);
    const maker = await makerOf(unit, plan, environment, identity);
    if (await hasCorpus(task)) return doWithCorpus(maker, plan, task, unit, await rows.read(unit, task), world);
    rows.drop();
    return { kind: "part", part: { ...maker, units: await scoreTask(plan, task, world) } };
  };
  return {
    async work(id, data) {
      const unit = readUnit(data, id);
      for (const key of [keyOf(unit), cutKey(keyOf(unit))]) {
        if ((await patiently(() => store.read(key), world, patience)) !== undefined) return;
      }
      const started = world.now();
      const title = `${unit.setting.model}: ${titleOf(unit)}`;
      world.note(title);
      tally.running += 1;
      try {
        const task = taskOf(unit, bench);
        const done = await doUnit(unit, task);
        await patiently(() => store.publish(...published(unit, done)), world, patience);
        count(tally, done);
        const what = done.kind === "cut" ? `cut into ${done.borders.length - 1} shards` : "done";
        world.note(`${title}: ${what} in ${(world.now() - started).toFixed(1)} s`);
      } catch (error) {
        world.signal.throwIfAborted();
        tally.failed += 1;
        const message = describeFailure(error);
        world.note(`${title} failed: ${message}`);
        throw error instanceof InputError ? error : new Error(message);
      } finally {
        tally.running -= 1;
      }
    },
    close: async () => {
      rows.drop();
      await closeModel();
    },
  };
}

/** Returns the name under which a store holds what is done of a unit, and its bytes. */
function published(unit: QueuedUnit, done: Done): [key: string, bytes: Uint8Array] {
  const key = keyOf(unit);
  switch (done.kind) {
    case "part":
    case "joined":
      return [key, toPart(done.part)];
    case "found":
      return [key, toFound(done.found)];
    case "cut":
      return [cutKey(key), toCut(unit, done.borders)];
    default:
      return done satisfies never;
  }
}

/** Counts a unit; what was encoded for a corpus counts with its shards. */
function count(tally: Tally, done: Done): void {
  tally.done += 1;
  if (done.kind === "found") {
    const { texts, tokens, seconds } = done.found.work;
    addWork(tally, { texts, tokens, encodingSeconds: seconds });
  }
  if (done.kind === "part") for (const unit of done.part.units) addWork(tally, unit);
}

function addWork(tally: Tally, more: Pick<Tally, "texts" | "tokens" | "encodingSeconds">): void {
  for (const key of ["texts", "tokens", "encodingSeconds"] as const) tally[key] += more[key];
}

const choiceOf = (
  { pramana: _, hardware: __, commit, revision: ___, ...settings }: Setting,
  { models: ____, ...own }: WorkerChoice,
): Omit<MeasureChoice, "results"> => ({ ...settings, ...own, ...(commit === undefined ? {} : { revision: commit }) });

/**
 * Returns the part of a task that a unit is of.
 * @throws InputError for what this worker was not told to take, and for a task that it has not
 */
function taskOf({ setting, task: name, places }: QueuedUnit, { choice, tasks }: Bench): TaskSpec {
  if (!isAllowed(setting, choice.models)) {
    throw new InputError(`worker: it was not told to take the model ${setting.model}; name it with --models`);
  }
  const task = partAt(getTask(name, tasks), places);
  if (task !== undefined) return task;
  throw new InputError(`worker: its task ${name} has not the subsets that are asked for; start it with the same tasks`);
}

/** What a unit is to be done with, as far as it says so. */
type Asked = Pick<RunIdentity, "pramana" | "datasetRevision" | "inputs">;

/** @throws InputError where the model, the data or the task's settings are not those that a unit asks for */
function requireAsked({ setting, task, data, inputs }: QueuedUnit, here: Asked, modelRevision?: string): void {
  const refuse = (what: string, is: string | undefined, asked: string): never => {
    throw new InputError(`worker: ${what} is ${is ?? "unknown"} here, and ${asked} was asked for`);
  };
  const revision = setting.revision ?? setting.commit;
  if (modelRevision !== undefined && revision !== undefined && modelRevision !== revision) {
    refuse(`the revision of ${setting.model}`, modelRevision, revision);
  }
  if (here.pramana !== setting.pramana) refuse("the version of pramana", here.pramana, setting.pramana);
  if (here.datasetRevision !== data) refuse(`the data's revision of ${task}`, here.datasetRevision, data);
  for (const name of Object.keys({ ...here.inputs, ...inputs })) {
    if (here.inputs[name] !== inputs[name]) {
      refuse(`the hash of the ${name} of ${task}`, here.inputs[name], inputs[name] ?? "none");
    }
  }
}

/** Says what shards are put together with: no model, but the same task and data. */
async function wantedJoin({ inputs }: QueuedUnit, task: TaskSpec, signal: AbortSignal): Promise<Asked> {
  const { model } = inputs;
  return {
    pramana: pramanaVersion(),
    datasetRevision: task.dataset.revision,
    inputs: { ...(await hashTask(task, signal)), ...(model !== undefined && { model }) },
  };
}

const makerOf = async (
  unit: QueuedUnit,
  plan: RunPlan,
  environment: Environment,
  identity: RunIdentity,
): Promise<Maker> => ({
  id: idOf(unit),
  model: {
    name: plan.name,
    revision: plan.model.info.revision,
    maxTokens: plan.model.info.maxTokens,
    meta: { ...toModelMeta(plan.model), name: plan.name },
  },
  frame: await frameOf(plan, environment),
  identity,
});
