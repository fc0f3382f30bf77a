import { count } from "../datasets/shown.ts";
import { limitedName } from "../models/variants/variant-name.ts";
import type { Look } from "../tasks/resampling/looks.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { Environment } from "./environment.ts";
import { inputsOf, resultStore } from "./keeping.ts";
import { type Chosen, type MeasureChoice, type Measured, runPlan, withPlan } from "./measure.ts";
import { withoutMissing } from "./missing.ts";
import { noteAdapters } from "./model/prompts.ts";
import { requireWritable, resultFolder, writeModelMeta } from "./results/store.ts";
import type { StoredRun } from "./results/stored-run.ts";
import { type RunPlan, runTasks } from "./run.ts";
import type { TaskOutcome } from "./task-result.ts";
import type { World } from "./world.ts";

/** What is to be done after a look. */
export type Next = "enough" | "look again" | "score all";

/** What is looked at while units are being scored. */
export interface Looking {
  /** In their order; the last is that of all units. */
  readonly looks: readonly Look[];
  /** The tasks that are run for the looks before the last. */
  readonly tasks: readonly TaskSpec[];
  /** Takes what was scored by a look. */
  readonly judge: (look: Look, run: StoredRun) => Promise<Next>;
}

/** What was scored by a look, as if it was stored. */
function asStored({ name, model }: RunPlan, outcomes: readonly TaskOutcome[]): StoredRun {
  const { revision } = model.info;
  return {
    model: name,
    revision,
    results: outcomes.map(({ result }) => ({ model: name, revision, result, file: result.task })),
    samplesOf: async (task) => outcomes.find(({ result }) => result.task === task)?.samples,
  };
}

/** Leaves out what an earlier look told of the data. */
const withoutFindings = ({ emit, ...world }: World): World => ({
  ...world,
  emit: (event) => (event.kind === "finding" ? undefined : emit(event)),
});

/** Runs the tasks of a plan and stores nothing. */
async function scored(plan: RunPlan, environment: Environment, world: World): Promise<readonly TaskOutcome[]> {
  const outcomes: TaskOutcome[] = [];
  const store = async (result: TaskOutcome["result"], samples: TaskOutcome["samples"]): Promise<void> => {
    outcomes.push({ result, samples });
  };
  await runTasks(plan, { ...world, environment, store });
  return outcomes;
}

/** Stores what a run of a share has, as limited results are: in a folder of their own. */
async function storeShare(
  plan: RunPlan,
  outcomes: readonly TaskOutcome[],
  { results, samples = true }: MeasureChoice & { readonly results: string },
  world: World,
): Promise<number> {
  const folder = resultFolder(results, plan.name, plan.model.info.revision);
  await writeModelMeta(folder, plan.model, plan.name);
  const { store, finish } = resultStore(folder, samples, () => undefined, world);
  for (const one of outcomes) await store(one.result, one.samples);
  world.note(`results in ${folder}`);
  return finish();
}

/**
 * Runs tasks on growing shares of their units, until it is enough or all were scored: each look adds units to those of the
 * one before, whose vectors are kept. Corpora are searched whole, so that no score is another one. Where a share is enough its
 * results are stored under a name that says so; whole ones are stored as always. A task that fails in a look ends the looking:
 * all units are run, and tell it again.
 */
export async function measureLooks(
  chosen: Chosen & { readonly choice: MeasureChoice & { readonly results: string } },
  { looks, tasks, judge }: Looking,
  world: World,
): Promise<Measured> {
  const { choice } = chosen;
  await requireWritable(choice.results);
  return withPlan(chosen, world, async (plan, environment) => {
    noteAdapters(plan.model, world.note);
    const { revision, maxTokens } = plan.model.info;
    const there = (await withoutMissing({ ...plan, tasks }, choice.skipMissing, false, world)).plan;
    const early = { ...there, inputs: await inputsOf(there, choice, environment.pramana, world.signal) };
    for (const [i, look] of looks.entries()) {
      if (look.most === undefined) break;
      world.whenStopped?.(() => "no look was enough yet; the same command goes on with the vectors that are kept");
      world.note(`look ${i + 1} of ${looks.length}: at most ${count(look.most, "unit")} of each subset`);
      const limit = { limit: look.most, wholeCorpora: true };
      const share = { ...early, ...limit, name: limitedName(plan.name, limit) };
      const outcomes = await scored(share, environment, i === 0 ? world : withoutFindings(world));
      if (outcomes.length < tasks.length) {
        world.note("a task failed, so that this look tells nothing; all units are run");
        break;
      }
      const next = await judge(look, asStored(share, outcomes));
      if (next === "score all") break;
      if (next === "enough") {
        const unstored = await storeShare(share, outcomes, choice, world);
        const results = outcomes.map(({ result }) => result);
        return { model: share.name, revision, maxTokens, results, unstored, skipped: [] };
      }
    }
    return { model: plan.name, revision, maxTokens, ...(await runPlan(plan, choice, environment, world)) };
  });
}
