import { InputError } from "../../datasets/errors.ts";
import { count } from "../../datasets/shown.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import type { MeasureChoice, Measured } from "../measure.ts";
import type { TaskResult } from "../results/result.ts";
import { requireWritable } from "../results/store.ts";
import { meanMainScore } from "../run.ts";
import type { Store } from "../store/store.ts";
import type { World } from "../world.ts";
import type { FailedUnit, UnitQueue } from "./broker.ts";
import { type Collector, openCollector } from "./collect.ts";
import { finalOf, type GrownUnit, openGrowth, openOf, unitsOf } from "./growth.ts";
import { chooseHardware, type Staff } from "./hardware.ts";
import { delay, patiently } from "./patience.ts";
import { largestFirst, type PlannedTask, type PlannedUnit, planUnits, settingOf } from "./plan.ts";
import { prefixOf } from "./unit.ts";

/** Least seconds between two looks at the store and the queue, and how many times as long as a look they are. */
const pause = { least: 1, times: 5 };
/** Seconds after which missing units are added again, which a server may have lost. */
const renewal = 30;

/** What there is of the units of a run. */
interface Look {
  /** Names in the store. */
  readonly done: ReadonlySet<string>;
  /** By id. */
  readonly failed: ReadonlyMap<string, FailedUnit>;
}

/** Options of a run on a queue. */
export interface SubmitChoice extends Omit<MeasureChoice, "results"> {
  readonly model: string;
  readonly results: string;
  /** Name of the hardware that is to do it (`hardwareHere`). */
  readonly hardware?: string;
  /** Most documents of a shard, where a corpus is larger; `standardShardSize` where it is absent. */
  readonly shardSize?: number;
}

/** What a run on a queue reaches. */
export interface SubmitWorld {
  readonly store: Store;
  /** Tells what workers there are. */
  readonly staff: () => Promise<Staff>;
  /** Opens the queue for a kind of hardware. */
  readonly openQueue: (hardware: string) => UnitQueue;
  readonly world: World;
}

/**
 * Has tasks run by the workers of a queue; puts each result together once its units are done, and stores it. What is done
 * lies in the store: the same call goes on from there, or ends at once.
 */
export async function submitTasks(
  choice: SubmitChoice,
  tasks: readonly TaskSpec[],
  { store, staff, openQueue, world }: SubmitWorld,
): Promise<Measured> {
  await requireWritable(choice.results);
  const wanted = await settingOf(choice, world);
  const setting = { ...wanted, hardware: await chooseHardware(wanted, choice, await staff(), store, world.env) };
  const planned = await planUnits(setting, tasks, world.signal, choice.shardSize);
  const collector = openCollector(choice, store, world);
  const started = world.now();
  world.emit({ kind: "run-started", model: choice.model, tasks: tasks.map(({ name }) => name) });
  const queue = openQueue(setting.hardware);
  let results: readonly TaskResult[];
  try {
    const run = { look: lookInto(store, queue, prefixOf(setting), world), grow: openGrowth(store, world), queue };
    results = await follow(planned, run, collector, world);
  } finally {
    await queue.close();
  }
  world.emit({ kind: "run-finished", seconds: world.now() - started, failed: tasks.length - results.length });
  const unstored = await collector.finish();
  const { name = choice.model, revision = "", maxTokens = Number.NaN } = collector.model() ?? {};
  return { model: name, revision, maxTokens, results, unstored, skipped: [] };
}

/** Returns what looks at the units of a run. */
const lookInto = (store: Store, queue: UnitQueue, prefix: string, world: World) => async (): Promise<Look> => {
  const done = await patiently(async () => {
    const keys = new Set<string>();
    for await (const key of store.list(prefix)) keys.add(key);
    return keys;
  }, world);
  const failed = new Map((await queue.failed()).map((unit) => [unit.id, unit]));
  return { done, failed };
};

/** What a run reaches of its units. */
interface RunWorld {
  readonly look: () => Promise<Look>;
  readonly grow: ReturnType<typeof openGrowth>;
  readonly queue: UnitQueue;
}

/** Adds the units that are missing and waits for them; returns the results of the tasks, in their order. */
async function follow(
  planned: readonly PlannedTask[],
  { look, grow, queue }: RunWorld,
  collector: Collector,
  { emit, now, signal, whenStopped }: World,
): Promise<readonly TaskResult[]> {
  const results = new Map<PlannedTask, TaskResult | undefined>();
  const inOrder = largestFirst(planned);
  const added = new Set<string>();
  let renewed = Number.NEGATIVE_INFINITY;
  for (;;) {
    const looked = now();
    let { done, failed } = await look();
    const tasks: { readonly one: PlannedTask; readonly grown: readonly GrownUnit[] }[] = [];
    for (const one of inOrder) tasks.push({ one, grown: await grow(one.units, done) });
    const all = tasks.flatMap(({ grown }) => grown);
    const open = all.flatMap((unit) => openOf(unit, done));
    const units = all.flatMap((unit) => unitsOf(unit, done));
    const doneUnits = units.filter(({ key }) => done.has(key)).length;
    const fresh = open.filter(({ id }) => !added.has(id));
    if (fresh.length > 0) {
      // What failed before is tried again, and what counts as done but is not in the store is done again.
      await queue.forget(fresh.map(({ id }) => id));
      failed = new Map([...failed].filter(([id]) => added.has(id)));
      await queue.add(fresh);
      for (const { id } of fresh) added.add(id);
    }
    whenStopped?.(
      () =>
        `${doneUnits} of ${count(units.length, "unit")} done; the run goes on without this command: the same command shows ` +
        "it again, and so does pramana status",
    );
    for (const { one, grown } of tasks) {
      const own = grown.flatMap((unit) => openOf(unit, done));
      if (results.has(one) || !own.every(({ id }) => failed.has(id))) continue;
      const finals = grown.map((unit) => finalOf(unit, done));
      results.set(one, await settle({ ...one, units: finals }, own, failed, collector, { emit, signal }));
    }
    if (results.size === planned.length) return planned.flatMap((one) => results.get(one) ?? []);
    if (queue.wasCut() || now() - renewed >= renewal) {
      await queue.add(open.filter(({ id }) => !failed.has(id)));
      renewed = now();
    }
    const [running, workers] = await Promise.all([queue.running(), queue.workers()]);
    const own = new Set(open.map(({ id }) => id));
    emit({
      kind: "queued",
      ...{ done: doneUnits, total: units.length, workers },
      running: running.filter((id) => own.has(id)).length,
      failed: open.filter(({ id }) => failed.has(id)).length,
    });
    await delay(Math.max(pause.least, pause.times * (now() - looked)), signal);
  }
}

/** Stores the result of a task whose units are over; returns nothing where some of them failed. */
async function settle(
  planned: PlannedTask,
  lost: readonly PlannedUnit[],
  failed: Look["failed"],
  collector: Collector,
  { emit, signal }: Pick<World, "emit" | "signal">,
): Promise<TaskResult | undefined> {
  const task = planned.task.name;
  try {
    if (lost.length > 0) throw new InputError(reasonsOf(lost, failed));
    const result = await collector.collect(planned);
    const seconds = result.evaluationSeconds;
    emit({ kind: "task-finished", task, mainScore: meanMainScore(result), seconds, result });
    return result;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    emit({ kind: "task-failed", tasks: [task], message: error.message });
    return undefined;
  }
}

/** Says why units failed: the first, and how many more there are. */
function reasonsOf(units: readonly PlannedUnit[], failed: Look["failed"]): string {
  const [{ id, title }] = units as [PlannedUnit, ...PlannedUnit[]];
  const { reason = "", worker = "" } = failed.get(id) ?? {};
  const more = units.length > 1 ? ` (and ${count(units.length - 1, "further unit")})` : "";
  return `${title} on ${worker}: ${reason}${more}; the same command tries again`;
}
