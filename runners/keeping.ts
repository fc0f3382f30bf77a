import { join } from "node:path";
import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { isFolder } from "../datasets/folder.ts";
import { count } from "../datasets/shown.ts";
import type { ModelInfo } from "../models/encoder.ts";
import { placesOf } from "../tasks/places.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { Environment } from "./environment.ts";
import { type RunIdentity, type WantedRun, wantedRun } from "./identity.ts";
import { hashModelFiles } from "./model/adapters.ts";
import type { FusionChoice } from "./model/hybrid.ts";
import { allChosen, type ModelNames } from "./model/open-model.ts";
import { type PlannedTask, planTask } from "./plan.ts";
import { claims, removeEndedClaims } from "./results/claim.ts";
import { removeLeftovers } from "./results/leftovers.ts";
import { patientStore } from "./results/patient-store.ts";
import { readRevisions } from "./results/read-results.ts";
import type { TaskResult } from "./results/result.ts";
import { writeSamples } from "./results/samples-file.ts";
import { readResult, stateOf, writeResult } from "./results/store.ts";
import { addUnits, dropUnits, keepUnits, readUnits, unfinishedName } from "./results/unfinished.ts";
import type { RunEffects, RunPlan } from "./run.ts";
import type { TaskOutcome } from "./task-result.ts";
import type { Begun } from "./turns.ts";
import type { World } from "./world.ts";

/** A run whose results are kept. */
export interface KeptRun {
  /** The tasks that are left to run, with the units that are kept of them. */
  readonly plan: RunPlan;
  readonly effects: Required<Pick<RunEffects, "store" | "keep" | "begin">>;
  /** Tries once more to store what could not be stored; notes each result that remains and returns their number. */
  readonly finish: () => Promise<number>;
  /** Returns all results in the order of the tasks, stored ones and the given ones; of failed tasks there is none. */
  readonly join: (results: readonly TaskResult[]) => TaskResult[];
}

/** Options of a run whose results are kept. */
export interface KeepingChoice extends ModelNames, FusionChoice {
  /** Run what is stored, too; absent where the user cannot ask for it. */
  readonly overwrite?: boolean;
  /**
   * Take the finished subsets of a task, though they were scored on hardware that rounds differently; absent where the user
   * cannot ask for it.
   */
  readonly mixed?: boolean;
  /** Store samples beside the results. Default: true. */
  readonly samples?: boolean;
}

type Planned = PlannedTask & { readonly identity: RunIdentity };

/**
 * Takes results from a folder that were run with the same, and the subsets of unfinished tasks; notes what is taken, and
 * what is run again and why.
 *
 * @param folder `resultFolder`
 * @param all The run as it would be with nothing kept.
 */
export async function keepIn(
  folder: string,
  all: RunPlan,
  choice: KeepingChoice,
  { pramana }: Environment,
  world: World,
): Promise<KeptRun> {
  await removeLeftovers(folder, world.now());
  await removeEndedClaims(folder);
  const plan = await planner(folder, all, choice, pramana, world.signal);
  const planned = await inTurn(all.tasks, plan);
  const before = await inTurn(all.tasks, ({ name }) => stateOf(folder, name));
  notePlan(planned, choice, world);
  const taken = planned.flatMap((one) => (one.kind === "stored" ? [one.result] : []));
  await Promise.all(taken.map(({ task }) => dropUnits(folder, task)));
  const toRun = planned.filter((one) => one.kind === "run");
  const identities = new Map(toRun.map(({ task, identity }) => [task.name, identity]));
  let stored = taken.length;
  world.whenStopped?.(
    () => `${stored} of ${count(all.tasks.length, "task")} stored; the same command goes on from there`,
  );
  const onStored = (): void => {
    stored += 1;
  };
  const { store, finish } = resultStore(folder, choice.samples ?? true, onStored, world);
  const claim = claims(folder, world.now);
  /** Claims a task; what other processes stored or kept of it since the start is taken. */
  const begin = async (task: TaskSpec): Promise<Begun> => {
    const claimed = await claim(task.name);
    if (claimed.kind === "theirs") return { kind: "taken", by: claimed.by };
    const { release } = claimed;
    const i = all.tasks.indexOf(task);
    const isNew = (await stateOf(folder, task.name)) !== before[i];
    const now = await plan(task, choice.overwrite === true && !isNew).catch((error: unknown) => {
      // What was found at the start holds where the disk does not answer now.
      if (error instanceof InputError) return planned[i];
      throw error;
    });
    if (now.kind === "run") return { ...now, refused: refusalOf(now, folder, choice), release };
    await release();
    onStored();
    return { kind: "stored", result: now.result };
  };
  return {
    plan: {
      ...all,
      tasks: toRun.map(({ task }) => task),
      kept: new Map(toRun.map(({ task, units }) => [task.name, units])),
      inputs: new Map([...identities].map(([name, { inputs }]) => [name, inputs])),
      refused: new Map(
        toRun.flatMap((one) => {
          const reason = refusalOf(one, folder, choice);
          return reason === undefined ? [] : [[one.task.name, reason] as const];
        }),
      ),
    },
    effects: { store, begin, keep: unitKeeper(folder, identities, world) },
    finish,
    join: (results) => all.tasks.flatMap(({ name }) => [...taken, ...results].find(({ task }) => task === name) ?? []),
  };
}

/** Plans each of the tasks by what a folder of results holds, which stays as it is. */
export async function planTasks(
  folder: string,
  all: RunPlan,
  choice: KeepingChoice,
  pramana: string,
  signal: AbortSignal,
): Promise<readonly Planned[]> {
  return inTurn(all.tasks, await planner(folder, all, choice, pramana, signal));
}

/** Returns what plans a task by what the folder holds of it; nothing counts that is there where it is to be overwritten. */
async function planner(
  folder: string,
  all: RunPlan,
  choice: KeepingChoice,
  pramana: string,
  signal: AbortSignal,
): Promise<(task: TaskSpec, overwrite?: boolean) => Promise<Planned>> {
  await requireSameFiles(folder, all.model.info, signal);
  const modelInputs = await hashModelFiles(allChosen(choice), signal);
  /** What is wanted of each task as it was when it was first asked for: folders of data are hashed once. */
  const known = new Map<string, WantedRun>();
  return async (task, overwrite = choice.overwrite === true) => {
    const wanted = known.get(task.name) ?? (await wantedRun(task, all, pramana, modelInputs, signal));
    known.set(task.name, wanted);
    const kept = overwrite
      ? {}
      : { stored: await readResult(folder, task.name), unfinished: await readUnits(folder, task.name) };
    return { ...planTask(task, wanted, kept), identity: wanted.identity };
  };
}

/** Returns what the tasks of a plan are made of, as results record it (`RunRecord.inputs`). */
export async function inputsOf(
  all: RunPlan,
  choice: KeepingChoice,
  pramana: string,
  signal: AbortSignal,
): Promise<Required<RunPlan>["inputs"]> {
  const modelInputs = await hashModelFiles(allChosen(choice), signal);
  const found = await inTurn(all.tasks, async (task) => {
    const { identity } = await wantedRun(task, all, pramana, modelInputs, signal);
    return [task.name, identity.inputs] as const;
  });
  return new Map(found);
}

async function inTurn<Value>(
  tasks: readonly TaskSpec[],
  find: (task: TaskSpec) => Promise<Value>,
): Promise<readonly Value[]> {
  const found: Value[] = [];
  for (const task of tasks) found.push(await find(task));
  return found;
}

/**
 * A name and revision that the user gave stand for one state of a model's files.
 * @throws UsageError where a folder of results holds some of another
 */
async function requireSameFiles(folder: string, { contents }: ModelInfo, signal: AbortSignal): Promise<void> {
  if (contents === undefined || !(await isFolder(folder))) return;
  const { results } = await readRevisions([folder], { now: 0, signal });
  const other = results.find(({ result }) => (result.run?.inputs?.["model"] ?? contents) !== contents);
  if (other === undefined) return;
  throw new UsageError(
    `revision: ${other.model} at ${other.revision} has a result of other files of the model, ${other.file}; give this ` +
      "state of them a --revision of its own",
  );
}

function notePlan(planned: readonly PlannedTask[], { overwrite, mixed }: KeepingChoice, { note }: World): void {
  const stored = planned.filter(({ kind }) => kind === "stored").length;
  const again = overwrite !== undefined ? ", --overwrite runs them again" : "";
  if (stored > 0) note(`${stored} of ${count(planned.length, "task")} stored already${again}`);
  for (const one of planned) {
    if (one.kind === "stored") continue;
    const { task, units, reason, mixing } = one;
    const subsets = placesOf(task).length;
    if (reason !== undefined) note(`${task.name}: ${reason}`);
    // What is refused says so when its turn comes.
    if (mixing !== undefined && !mixed) continue;
    if (units.length > 0) note(`${task.name} goes on: ${units.length} of ${subsets} subsets are kept`);
  }
}

/**
 * Says why a task is not to be gone on with: its units were scored on hardware that rounds differently, and whoever reads the
 * result could not tell. Nothing where they are of the same, or the user wants it so.
 */
function refusalOf(
  { task: { name }, units, mixing }: Extract<PlannedTask, { kind: "run" }>,
  folder: string,
  { overwrite, mixed }: KeepingChoice,
): string | undefined {
  if (mixing === undefined || mixed) return undefined;
  const anew =
    overwrite === undefined
      ? `remove ${join(folder, unfinishedName(folder, name))}`
      : `give --tasks ${name} --overwrite`;
  const takes = mixed === undefined ? "" : ", give --mixed to take them all the same, which the table then says";
  return (
    `${count(units.length, "subset")} of it ${units.length === 1 ? "was" : "were"} scored on hardware that rounds ` +
    `differently: ${mixing}; go on there${takes}, or ${anew} to begin it anew here`
  );
}

/** Stores results with their samples; those that cannot be stored yet are tried again. */
export function resultStore(
  folder: string,
  withSamples: boolean,
  onStored: () => void,
  { note }: Pick<World, "note">,
): Pick<KeptRun, "finish"> & Pick<KeptRun["effects"], "store"> {
  const { store, finish } = patientStore<TaskOutcome>(
    async ({ result, samples }) => {
      // In this order: a result then always has its own samples, or none.
      await writeSamples(folder, result, withSamples ? samples : []);
      await writeResult(folder, result);
      onStored();
      await dropUnits(folder, result.task);
    },
    ({ result: { task } }, message) => note(`${task} is not stored yet: ${message}; it is tried again later`),
  );
  return {
    store: (result, samples) => store({ result, samples }),
    finish: async () => {
      const lost = await finish();
      for (const { result } of lost) {
        note(`${result.task} could not be stored in ${folder}; make room there, the same command runs it again`);
      }
      return lost.length;
    },
  };
}

/**
 * Keeps units: all of them at first, afterwards those that were added. A disk that does not take them costs the run nothing
 * and is told once.
 */
function unitKeeper(
  folder: string,
  identities: ReadonlyMap<string, RunIdentity>,
  { note }: World,
): Required<RunEffects>["keep"] {
  let told = false;
  /** Number of units by task that its file holds, where this run wrote it. */
  const written = new Map<string, number>();
  return async ({ name }, units) => {
    const identity = identities.get(name);
    if (identity === undefined)
      throw new Error(`${name}: its units are to be kept, and it is none of the tasks to run`);
    const held = written.get(name);
    try {
      if (held === undefined) await keepUnits(folder, name, { identity, units });
      else await addUnits(folder, name, { identity, units: units.slice(held) });
      written.set(name, units.length);
    } catch (error) {
      // The file may now end in half of what was to be added.
      written.delete(name);
      if (!(error instanceof InputError)) throw error;
      if (!told) note(`${messageOf(error)}; the run goes on, but finished subsets are not kept`);
      told = true;
    }
  };
}
