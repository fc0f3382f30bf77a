import type { RunName } from "../comparison/comparison.ts";
import { type Order, orderOf } from "./order.ts";
import type { Scope } from "./scope.ts";
import { type Sensitivity, sensitivityOf } from "./sensitivity.ts";

/** What the prompts did to one task, or to the mean of tasks. */
export interface PromptsOfScope extends Pick<Scope, "name" | "measure" | "reason"> {
  /** In the order of the models; undefined where the score of a prompt is missing. */
  readonly models: readonly (Sensitivity | undefined)[];
  /** Of each pair of models. */
  readonly orders: readonly Order[];
}

/** What became of the prompts that were tried. */
export interface PromptReport {
  readonly models: readonly RunName[];
  readonly scopes: readonly PromptsOfScope[];
}

/** Judges prompts and orders in each scope. */
export function promptReport(models: readonly RunName[], scopes: readonly Scope[]): PromptReport {
  const pairs = models.flatMap((_, first) =>
    models.flatMap((_, second): (readonly [number, number])[] => (second > first ? [[first, second]] : [])),
  );
  return {
    models,
    scopes: scopes.map((scope) => {
      const { name, measure, reason } = scope;
      return {
        ...{ name, measure },
        ...(reason !== undefined && { reason }),
        models: models.map((_, model) => sensitivityOf(scope, model)),
        orders: pairs.flatMap((pair) => orderOf(scope, pair) ?? []),
      };
    }),
  };
}
