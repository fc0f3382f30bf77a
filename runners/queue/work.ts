import { InputError } from "../../datasets/errors.ts";
import { getTask } from "../../tasks/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { wantedRun } from "../identity.ts";
import { type MeasureChoice, type OpenPlan, openPlan } from "../measure.ts";
import { hashModelFiles, isRepository } from "../model/adapters.ts";
import type { CacheChoice, ModelSettings } from "../model/open-model.ts";
import { toModelMeta } from "../results/model-meta.ts";
import { describeFailure, scoreTask } from "../run.ts";
import type { Store } from "../store/store.ts";
import { frameOf } from "../task-result.ts";
import type { World } from "../world.ts";
import type { Tally } from "./metrics.ts";
import { type Part, toPart } from "./part.ts";
import { patiently } from "./patience.ts";
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
  if (models === undefined) return model === "bm25" || (commit !== undefined && isRepository(model));
  return models.some((one) => one === model || (one.endsWith("/*") && model.startsWith(one.slice(0, -1))));
}

/** The model that a worker holds on to. */
interface HeldModel extends OpenPlan {
  readonly setting: string;
  /** `hashModelFiles` as it was opened. */
  readonly files: Readonly<Record<string, string>>;
}

/** Seconds for which a store that does not take what is done is asked again. */
const patience = 600;

/** Returns what does units, holds on to the model of the last one, and counts in `tally`. */
export function openBench(
  bench: Bench,
  tally: Tally,
): {
  readonly work: (id: string, data: unknown) => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const { store, world } = bench;
  let held: HeldModel | undefined;
  const close = async (): Promise<void> => {
    const open = held;
    held = undefined;
    await open?.close();
  };
  /** Opens the model of a unit, in place of the one before: also where other files are asked for under the same name. */
  const openFor = async ({ setting: asked, inputs }: QueuedUnit, task: TaskSpec): Promise<HeldModel> => {
    const setting = JSON.stringify(asked);
    if (held?.setting === setting && held.files["model"] === inputs["model"]) return held;
    await close();
    const files = await hashModelFiles([asked.model], world.signal);
    const open = await openPlan({ choice: choiceOf(asked, bench.choice), tasks: [task], prompts: undefined }, world);
    held = { ...open, setting, files };
    return held;
  };
  return {
    async work(id, data) {
      const unit = readUnit(data, id);
      const key = keyOf(unit);
      if ((await patiently(() => store.read(key), world, patience)) !== undefined) return;
      const started = world.now();
      const title = `${unit.setting.model}: ${titleOf(unit)}`;
      world.note(title);
      tally.running += 1;
      try {
        const task = taskOf(unit, bench);
        const part = await score(unit, task, await openFor(unit, task), world);
        await patiently(() => store.publish(key, toPart(part)), world, patience);
        count(tally, part);
        world.note(`${title}: done in ${(world.now() - started).toFixed(1)} s`);
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
    close,
  };
}

function count(tally: Tally, { units }: Part): void {
  tally.done += 1;
  for (const { texts, tokens, encodingSeconds } of units) {
    tally.texts += texts;
    tally.tokens += tokens;
    tally.encodingSeconds += encodingSeconds;
  }
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

/**
 * Scores a unit.
 * @throws InputError where the model, the data or the task's settings are not those that were asked for
 */
async function score(
  unit: QueuedUnit,
  task: TaskSpec,
  { plan: opened, environment, files }: HeldModel,
  world: World,
): Promise<Part> {
  const { setting, data, inputs } = unit;
  const plan = { ...opened, tasks: [task] };
  const { info } = plan.model;
  const refuse = (what: string, here: string | undefined, asked: string): never => {
    throw new InputError(`worker: ${what} is ${here ?? "unknown"} here, and ${asked} was asked for`);
  };
  const revision = setting.revision ?? setting.commit;
  if (revision !== undefined && info.revision !== revision) {
    refuse(`the revision of ${setting.model}`, info.revision, revision);
  }
  const { identity } = await wantedRun(task, plan, environment.pramana, files, world.signal);
  if (identity.pramana !== setting.pramana) refuse("the version of pramana", identity.pramana, setting.pramana);
  if (identity.datasetRevision !== data) refuse(`the data's revision of ${task.name}`, identity.datasetRevision, data);
  for (const name of Object.keys({ ...identity.inputs, ...inputs })) {
    if (identity.inputs[name] === inputs[name]) continue;
    refuse(`the hash of the ${name} of ${task.name}`, identity.inputs[name], inputs[name] ?? "none");
  }
  const units = await scoreTask(plan, task, world);
  return {
    id: idOf(unit),
    model: {
      name: plan.name,
      revision: info.revision,
      maxTokens: info.maxTokens,
      meta: { ...toModelMeta(plan.model), name: plan.name },
    },
    frame: frameOf(plan, environment),
    identity,
    units,
  };
}
