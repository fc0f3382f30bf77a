import type { Precision } from "../models/runtime/precision.ts";
import type { LearnerBackend, TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import type { RunRecord } from "./results/result.ts";

/** Prompts of a variant: none, those published about the model, or those of the official run. */
export const promptChanges = ["none", "published", "official"] as const;

export type PromptChange = (typeof promptChanges)[number];

/** The one thing that a variant changes. */
export type VariantChange =
  | { readonly data: "official" }
  | { readonly prompts: PromptChange }
  | { readonly precision: Precision }
  | { readonly maxTokens: number }
  | { readonly estimator: LearnerBackend };

/** A run that differs from the one to be explained in one thing. */
export interface Variant {
  readonly name: string;
  readonly change: VariantChange;
  /** The tasks whose scores the change can move; where it is their data, with the changed data. */
  readonly tasks: readonly TaskSpec[];
}

/** A task whose score is to be explained. */
export interface Unexplained {
  readonly task: TaskSpec;
  /** Our main score as in the files, mostly 0 to 1. */
  readonly ours: number;
  readonly official: number;
  /** In points. */
  readonly tolerance: number;
  /** Revision of the official run's data set; absent where it is not known. */
  readonly officialData?: string;
  /** Known prompts that differ from those that the task had. */
  readonly otherPrompts: readonly PromptChange[];
  /** The settings that it ran with; variants that would change nothing are left out. */
  readonly run?: Pick<RunRecord, "precision" | "estimator">;
}

/** Longest inputs, in tokens, that models are commonly run with. */
const limits = [128, 256, 512] as const;

const promptNames: Readonly<Record<PromptChange, string>> = {
  none: "without prompts",
  published: "published prompts",
  official: "prompts of the official run",
};

const precisions: readonly Precision[] = ["fp32", "fp16", "bf16"];

/**
 * Plans variants that change one thing each that may have been different in the official run: revision of the data set,
 * prompts, precision, truncation, estimator.
 * @param maxTokens Longest input of the model; Infinity where there is no limit, null where that is not known.
 */
export function planVariants(unexplained: readonly Unexplained[], maxTokens: number | null): readonly Variant[] {
  const variant = (name: string, change: VariantChange, may: (one: Unexplained) => boolean): Variant => ({
    name,
    change,
    tasks: unexplained.filter(may).map(({ task }) => task),
  });
  const isLearned = ({ task, run }: Unexplained): boolean =>
    taskTypes[task.type].learns && (run?.estimator ?? "official") === "official";
  const isCut = maxTokens === null || Number.isFinite(maxTokens);
  const otherData = ({ task, officialData }: Unexplained): TaskSpec[] =>
    officialData === undefined || officialData === task.dataset.revision
      ? []
      : [{ ...task, dataset: { ...task.dataset, revision: officialData } }];
  return [
    { name: "official data revision", change: { data: "official" as const }, tasks: unexplained.flatMap(otherData) },
    ...promptChanges.map((prompts) =>
      variant(promptNames[prompts], { prompts }, ({ otherPrompts }) => otherPrompts.includes(prompts)),
    ),
    ...precisions.map((precision) => variant(precision, { precision }, ({ run }) => run?.precision !== precision)),
    ...limits
      .filter((limit) => isCut && limit !== maxTokens)
      .map((limit) => variant(`${limit} tokens`, { maxTokens: limit }, () => true)),
    variant("estimator ml", { estimator: "ml" }, isLearned),
  ].filter(({ tasks }) => tasks.length > 0);
}

/** Runs a variant; gives the main scores by task, without those that failed, or the reason why it cannot be run. */
export type RunVariant = (variant: Variant) => Promise<ReadonlyMap<string, number> | string>;

/** A task's score in a variant. */
export interface TriedVariant {
  readonly variant: string;
  /** As in the files; null where it could not be run. */
  readonly score: number | null;
  /** Score minus the official score, in points. */
  readonly difference: number | null;
  /** Reason why there is no score. */
  readonly reason?: string;
}

/** Variants of one task, the nearest to the official score first; the run as it was stands among them. */
export interface Explanation {
  readonly task: string;
  readonly official: number;
  readonly tried: readonly TriedVariant[];
  /** Name of the variant that comes nearest; null where none takes away a tenth of the difference. */
  readonly nearest: string | null;
  /** The nearest lies within the tolerance. */
  readonly explains: boolean;
}

/** Name among the variants of the run that is explained. */
export const asItRan = "as it ran";

/** Least share of the difference that a variant must take away to be called nearer: all move a score by a little. */
const leastShare = 0.1;

const points = 100;

/** Runs the variants one after the other, and orders them by task. */
export async function explainDifferences(
  unexplained: readonly Unexplained[],
  variants: readonly Variant[],
  run: RunVariant,
): Promise<readonly Explanation[]> {
  const made: { readonly variant: Variant; readonly scores: ReadonlyMap<string, number> | string }[] = [];
  for (const variant of variants) made.push({ variant, scores: await run(variant) });
  return unexplained.map((one) => {
    const tried = made
      .filter(({ variant }) => variant.tasks.some(({ name }) => name === one.task.name))
      .map(({ variant, scores }) => triedOn(one, variant.name, scores));
    return explain(one, [triedOn(one, asItRan, new Map([[one.task.name, one.ours]])), ...tried]);
  });
}

function triedOn(
  { task, official }: Unexplained,
  variant: string,
  scores: ReadonlyMap<string, number> | string,
): TriedVariant {
  const score = typeof scores === "string" ? undefined : scores.get(task.name);
  if (score !== undefined && Number.isFinite(score)) return { variant, score, difference: (score - official) * points };
  const reason =
    typeof scores === "string" ? scores : score === undefined ? "the task failed" : "the score is undefined";
  return { variant, score: null, difference: null, reason };
}

const distanceOf = ({ difference }: TriedVariant): number =>
  difference === null ? Number.POSITIVE_INFINITY : Math.abs(difference);

function explain({ task, official, tolerance }: Unexplained, tried: readonly TriedVariant[]): Explanation {
  const sorted = [...tried].sort((a, b) => compareNumbers(distanceOf(a), distanceOf(b)));
  const [best] = sorted;
  const own = tried.find(({ variant }) => variant === asItRan);
  const before = own === undefined ? 0 : distanceOf(own);
  const nearer = best !== undefined && before > 0 && distanceOf(best) <= before * (1 - leastShare);
  return {
    task: task.name,
    official,
    tried: sorted,
    nearest: nearer ? best.variant : null,
    explains: nearer && distanceOf(best) <= tolerance,
  };
}

/** Compares for a sort; infinities are equal. */
const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a - b);
