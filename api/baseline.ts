import { z } from "zod";
import { InputError, messageOf } from "../datasets/errors.ts";
import { count } from "../datasets/shown.ts";
import { limitIn } from "../models/variants/variant-name.ts";
import { shortRevision } from "../reports/columns.ts";
import { left, markdownTable, noValue, right } from "../reports/table.ts";

/** A task's main score, and the revision of the data that gave it. */
export interface TaskOutcome {
  /** Finite; as in result files, mostly 0 to 1. */
  readonly score: number;
  readonly datasetRevision: string;
}

/** A model at a revision. */
export interface Named {
  readonly model: string;
  readonly revision: string;
}

/** Scores of a model that later ones are compared with. */
export interface Baseline extends Named {
  /** Version of the program that made them. */
  readonly pramana: string;
  readonly tasks: Readonly<Record<string, TaskOutcome>>;
}

/** A task whose outcome is not that of the baseline. */
export type Deviation = { readonly task: string; readonly now: TaskOutcome } & (
  | { readonly why: "lower" | "higher" | "other data"; readonly base: TaskOutcome }
  | { readonly why: "not in the baseline" }
);

const schema = z.object({
  pramana: z.string(),
  model: z.string(),
  revision: z.string(),
  tasks: z.record(z.string(), z.object({ score: z.number(), dataset_revision: z.string() })),
});

/** Parses the text of a baseline file. @throws InputError where it is no baseline */
export function parseBaseline(text: string, file: string): Baseline {
  const wayOut = "remove it, or let `vitest -u` write it anew";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`baseline ${file}: not valid JSON (${messageOf(error)}); ${wayOut}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") || "the file";
    throw new InputError(`baseline ${file}: ${place} is not what a baseline holds (${issue?.message}); ${wayOut}`);
  }
  const { tasks, ...rest } = parsed.data;
  return {
    ...rest,
    tasks: mapped(tasks, ({ score, dataset_revision: datasetRevision }) => ({ score, datasetRevision })),
  };
}

/** Writes the text of a baseline file: the same bytes for the same scores, the tasks by name. */
export function formatBaseline({ pramana, model, revision, tasks }: Baseline): string {
  const written = mapped(tasks, ({ score, datasetRevision }) => ({ score, dataset_revision: datasetRevision }));
  const sorted = Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ pramana, model, revision, tasks: sorted }, null, 2)}\n`;
}

const mapped = <In, Out>(byTask: Readonly<Record<string, In>>, change: (outcome: In) => Out): Record<string, Out> =>
  Object.fromEntries(Object.entries(byTask).map(([task, outcome]) => [task, change(outcome)]));

/** Allowance for the last bit of a difference, so that a score just at the tolerance is within it. */
const lastBit = 1e-12;

/**
 * Finds the tasks of `now` that `base` lacks, has of other data, or whose score differs by more than the tolerance, up or
 * down. Tasks that only the baseline has do not count.
 */
export function deviations(base: Baseline, now: Baseline, tolerance: number): readonly Deviation[] {
  return Object.entries(now.tasks).flatMap(([task, outcome]): Deviation[] => {
    const before = Object.hasOwn(base.tasks, task) ? base.tasks[task] : undefined;
    if (before === undefined) return [{ task, now: outcome, why: "not in the baseline" }];
    const pair = { task, base: before, now: outcome };
    if (before.datasetRevision !== outcome.datasetRevision) return [{ ...pair, why: "other data" }];
    const difference = outcome.score - before.score;
    if (Math.abs(difference) <= tolerance + lastBit) return [];
    return [{ ...pair, why: difference < 0 ? "lower" : "higher" }];
  });
}

const isSameModel = (a: Named, b: Named): boolean => a.model === b.model && a.revision === b.revision;

/** Adds to the scores of `now` those that the baseline has of other tasks, if both are of the same model and revision. */
export const merged = (base: Baseline | undefined, now: Baseline): Baseline =>
  base !== undefined && isSameModel(base, now) ? { ...now, tasks: { ...base.tasks, ...now.tasks } } : now;

/** Tells whether a baseline of the same model and revision only lacks tasks, so that they can be added. */
export const onlyLacks = (base: Baseline, now: Baseline, found: readonly Deviation[]): boolean =>
  isSameModel(base, now) && found.every(({ why }) => why === "not in the baseline");

const unitsOf = ({ model }: Named): string => {
  const limit = limitIn(model);
  return limit === undefined ? "all units" : `at most ${limit} units of each subset`;
};

/** @throws InputError where scores of a share of the units are held against others */
export function requireSameUnits(base: Named, now: Named, file: string): void {
  if (limitIn(base.model) === limitIn(now.model)) return;
  throw new InputError(
    `baseline ${file}: it holds scores of ${unitsOf(base)}, and ${now.model} was measured on ${unitsOf(now)}; give both ` +
      "the same limit, or another file",
  );
}

const columns = [left("Task"), ...["Baseline", "Now", "Change", "Tolerance"].map(right), left("")];

/** Returns the decimals, 4 to 12, that show a number to two digits. */
export function decimalsFor(number: number): number {
  const shown = Math.abs(Number(number.toPrecision(2)));
  return Math.min(12, Math.max(4, shown === 0 ? 0 : 1 - Math.floor(Math.log10(shown))));
}

function rowOf(one: Deviation, tolerance: number): readonly string[] {
  const { task, now, why } = one;
  if (one.why === "not in the baseline") {
    return [task, noValue, now.score.toFixed(4), noValue, String(tolerance), why];
  }
  const { base } = one;
  const change = now.score - base.score;
  const decimals = decimalsFor(change);
  const scores = [base.score.toFixed(decimals), now.score.toFixed(decimals)];
  const signed = `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(decimals)}`;
  switch (one.why) {
    case "other data": {
      const revisions = [base, now].map(({ datasetRevision }) => shortRevision(datasetRevision));
      return [task, ...scores, noValue, String(tolerance), `other data: ${revisions.join(" → ")}`];
    }
    case "lower":
    case "higher":
      return [task, ...scores, signed, String(tolerance), why];
    default:
      return one satisfies never;
  }
}

/** Names a model and its revision, for people. */
export const nameAndRevision = ({ model, revision }: Named): string => `${model} at ${shortRevision(revision)}`;

/** Writes a table of the deviations, and the way out. Scores, changes and the tolerance are on the scale of 0 to 1. */
export function describeDeviations(
  file: string,
  base: Baseline,
  now: Baseline,
  found: readonly Deviation[],
  tolerance: number,
): string {
  const tasks = count(Object.keys(now.tasks).length, "task");
  const rows = found.map((one) => rowOf(one, tolerance));
  return (
    `${nameAndRevision(now)} does not match ${file} (${nameAndRevision(base)}, pramana ${base.pramana}): ` +
    `${found.length} of ${tasks}\n\n${markdownTable(columns, rows)}\n` +
    "`vitest -u` makes the new scores the baseline."
  );
}
