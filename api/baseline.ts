import { z } from "zod";
import { InputError, messageOf } from "../datasets/errors.ts";
import { shortRevision } from "../reports/columns.ts";
import { left, markdownTable, noValue, right } from "../reports/table.ts";

/** A task's main score, and the data that it is of. */
export interface TaskOutcome {
  /** As in result files, mostly 0 to 1; finite. */
  readonly score: number;
  readonly datasetRevision: string;
}

/** Scores that later ones are held against. */
export interface Baseline {
  /** Version of the program that made them. */
  readonly pramana: string;
  readonly model: string;
  readonly revision: string;
  readonly tasks: Readonly<Record<string, TaskOutcome>>;
}

/** A task that is not as in the baseline. */
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

/**
 * Reads a baseline file.
 * @throws InputError where it is none
 */
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
  const outcomes = Object.entries(tasks).map(([task, { score, dataset_revision: datasetRevision }]) => [
    task,
    { score, datasetRevision },
  ]);
  return { ...rest, tasks: Object.fromEntries(outcomes) };
}

/** The file of a baseline: the same bytes for the same scores, the tasks by name. */
export function formatBaseline({ pramana, model, revision, tasks }: Baseline): string {
  const sorted = Object.entries(tasks).sort(([a], [b]) => (a < b ? -1 : 1));
  const written = sorted.map(([task, { score, datasetRevision }]) => [
    task,
    { score, dataset_revision: datasetRevision },
  ]);
  return `${JSON.stringify({ pramana, model, revision, tasks: Object.fromEntries(written) }, null, 2)}\n`;
}

/** Room for the last bit of a difference, so that a score just at the tolerance is within it. */
const lastBit = 1e-12;

/** What of `now` is not as in `base`, by more than the tolerance up or down. A task that only the baseline has is none. */
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

const isSameModel = (a: Baseline, b: Baseline): boolean => a.model === b.model && a.revision === b.revision;

/** The scores of `now`, beside what the baseline has of other tasks of the very same model. */
export const merged = (base: Baseline | undefined, now: Baseline): Baseline =>
  base !== undefined && isSameModel(base, now) ? { ...now, tasks: { ...base.tasks, ...now.tasks } } : now;

/** Whether all that deviates are tasks that a baseline of the same model only lacks, so that they can be added. */
export const onlyLacks = (base: Baseline, now: Baseline, found: readonly Deviation[]): boolean =>
  isSameModel(base, now) && found.every(({ why }) => why === "not in the baseline");

const columns = [left("Task"), ...["Baseline", "Now", "Change", "Tolerance"].map(right), left("")];

/** Decimals that show a number to two digits, four at least. */
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
  switch (one.why) {
    case "other data": {
      const revisions = [base, now].map(({ datasetRevision }) => shortRevision(datasetRevision));
      return [task, ...scores, noValue, String(tolerance), `other data: ${revisions.join(" → ")}`];
    }
    case "lower":
    case "higher":
      return [
        task,
        ...scores,
        `${change < 0 ? "−" : "+"}${Math.abs(change).toFixed(decimals)}`,
        String(tolerance),
        why,
      ];
    default:
      return one satisfies never;
  }
}

/** A model with the revision of the scores, for people. */
export const nameAndRevision = ({ model, revision }: Pick<Baseline, "model" | "revision">): string =>
  `${model} at ${shortRevision(revision)}`;

/** What does not match, as a table, and the way out. Scores, changes and the tolerance on the scale of 0 to 1. */
export function describeDeviations(
  file: string,
  base: Baseline,
  now: Baseline,
  found: readonly Deviation[],
  tolerance: number,
): string {
  const count = Object.keys(now.tasks).length;
  return (
    `${nameAndRevision(now)} does not match ${file} (${nameAndRevision(base)}, pramana ${base.pramana}): ` +
    `${found.length} of ${count} ${count === 1 ? "task" : "tasks"}\n\n` +
    `${markdownTable(
      columns,
      found.map((one) => rowOf(one, tolerance)),
    )}\n` +
    "`vitest -u` makes the new scores the baseline."
  );
}
