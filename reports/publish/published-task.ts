import type { TaskResult } from "../../runners/results/result.ts";
import type { TaskSpec } from "../../tasks/task.ts";

/** A result of a task of the catalogue, which is published. */
export interface PublishedTask {
  readonly spec: TaskSpec;
  readonly result: TaskResult;
  /** The result's file as it is stored. */
  readonly text: string;
}

/** Where scores of mteb's protocols come from, as mteb itself says it. */
export const origin = "https://github.com/embeddings-benchmark/mteb/";

/** Lists the main scores that there are of a result, by split and subset. */
export const scoredPlaces = ({
  splits,
}: TaskResult): readonly { readonly split: string; readonly subset: string; readonly mainScore: number }[] =>
  Object.entries(splits).flatMap(([split, entries]) =>
    entries
      .filter(({ mainScore }) => Number.isFinite(mainScore))
      .map(({ subset, mainScore }) => ({ split, subset, mainScore })),
  );
