import type { Precision } from "../models/runtime/precision.ts";
import type { Estimator, TaskSpec } from "../tasks/task.ts";
import { taskTypes } from "../tasks/types/index.ts";
import type { RunRecord } from "./results/result.ts";

/** Which prompts a variant takes: none, those published about the model, or those of the official run. */
export const promptChanges = ["none", "published", "official"] as const;

export type PromptChange = (typeof promptChanges)[number];

/** The one thing that a variant changes. */
export type VariantChange =
  | { readonly data: "official" }
  | { readonly prompts: PromptChange }
  | { readonly precision: Precision }
  | { readonly maxTokens: number }
  | { readonly estimator: Estimator };

/** A run that differs from the one to be explained in one thing. */
export interface Variant {
  readonly name: string;
  readonly change: VariantChange;
  /** Those that the change can move; where it is their data, changed. */
  readonly tasks: readonly TaskSpec[];
}

/** A task whose score is to be explained. */
export interface Unexplained {
  readonly task: TaskSpec;
  /** As in the files, mostly 0 to 1. */
  readonly ours: number;
  readonly official: number;
  /** In points. */
  readonly tolerance: number;
  /** Revision of the official run's data set; absent where it is not known. */
  readonly officialData?: string;
  /** Which prompts are known that differ from those that the task had. */
  readonly otherPrompts: readonly PromptChange[];
  /** What ran; variants that would change nothing are left out. */
  readonly run?: Pick<RunRecord, "precision" | "estimator">;
}

/** Limits that models are commonly run with. */
const limits = [128, 256, 512] as const;

const promptNames: Readonly<Record<PromptChange, string>> = {
  none: "without prompts",
  published: "published prompts",
  official: "prompts of the official run",
};

const precisions: readonly Precision[] = ["fp32", "fp16", "bf16"];

/**
 * What could have been other in the official run, one thing at a time: revision of the data set, prompts, precision,
 * truncation, estimator.
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

/** Runs a variant: the main scores by task, without those that failed, or why it cannot be run. */
export type RunVariant = (variant: Variant) => Promise<ReadonlyMap<string, number> | string>;

/** What a variant made of a task. */
export interface TriedVariant {
  readonly variant: string;
  /** As in the files; null where it could not be run. */
  readonly score: number | null;
  /** Less the official score, in points. */
  readonly difference: number | null;
  /** Why there is no score. */
  readonly reason?: string;
}

/** Variants of one task, the nearest to the official score first; the run as it was stands among them. */
export interface Explanation {
  readonly task: string;
  readonly official: number;
  readonly tried: readonly TriedVariant[];
  /** Name of the variant that comes nearest; null where none takes away a tenth of the difference. */
  readonly nearest: string | null;
  /** Whether the nearest lies within the tolerance. */
  readonly explains: boolean;
}

/** Name of the run that is explained among its variants. */
export const asItRan = "as it ran";

/** Least part of the difference that a variant must take away to be called nearer: all move a score by a little. */
const leastShare = 0.1;

const points = 100;

/** Runs the variants one after the other, and orders what they made of each task. */
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

/** As a sort wants it, infinities equal. */
const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a - b);
