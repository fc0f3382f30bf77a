import type { FormOptions } from "./evaluate.ts";
import { FailedTasksError, type ModelEvaluation } from "./evaluation.ts";
import { nameOf, type OwnTask, type TaskOptions } from "./tasks.ts";

/** Options of an evaluation that is shared: the model in its variant, and the tasks. */
export type SharedOptions = FormOptions & TaskOptions;

type Evaluate = (options: SharedOptions) => Promise<ModelEvaluation>;

/** Returns what runs the work that it is given, one after the other, in the order in which it came. */
export function inTurn(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };
}

/** Returns a text that is the same for equal options, in whatever order they are written. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Waits for a run, and throws its error only if it concerns this task: of others that failed, it may have the scores. */
async function unlessItFailed(run: Promise<ModelEvaluation>, task: string): Promise<ModelEvaluation> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof FailedTasksError && Object.hasOwn(error.finished.scores, task)) return error.finished;
    throw error;
  }
}

/**
 * Shares evaluations: the same task of the same model in the same variant is run once and kept, a benchmark as a whole.
 * Runs follow one another, so that two never share the processor. A failure is forgotten, so that a repeated test tries
 * again.
 *
 * @returns what gives, for the options, an evaluation for each task (several may be the same one), or one for a benchmark
 */
export function sharing(evaluate: Evaluate): (options: SharedOptions) => Promise<readonly ModelEvaluation[]> {
  const kept = new Map<string, Promise<ModelEvaluation>>();
  const queue = inTurn();
  const keep = (key: string, run: Promise<ModelEvaluation>): Promise<ModelEvaluation> => {
    kept.set(key, run);
    run.catch(() => kept.delete(key));
    return run;
  };
  const run = (options: SharedOptions): Promise<ModelEvaluation> => queue(() => evaluate(options));
  return async (options) => {
    const { tasks, benchmark, ...form } = options;
    if (tasks === undefined || benchmark !== undefined) {
      const key = keyOf([form, { tasks, benchmark }]);
      return [await (kept.get(key) ?? keep(key, run(options)))];
    }
    const keyed = tasks.map((task) => ({ task, key: keyOf([form, task]) }));
    const missing: readonly (string | OwnTask)[] = keyed.filter(({ key }) => !kept.has(key)).map(({ task }) => task);
    const joint = missing.length === 0 ? undefined : run({ ...form, tasks: missing });
    return Promise.all(
      keyed.map(({ task, key }) => {
        const known = kept.get(key);
        if (known !== undefined || joint === undefined) return known ?? run({ ...form, tasks: [task] });
        return keep(key, unlessItFailed(joint, nameOf(task)));
      }),
    );
  };
}
