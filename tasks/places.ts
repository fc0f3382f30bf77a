import type { TaskSpec } from "./task.ts";

/** A subset of a split of a task. */
export interface Place {
  readonly split: string;
  readonly subset: string;
}

/** Lists the places that a task is scored at, in the order of a run. */
export const placesOf = ({ splits, languages }: Pick<TaskSpec, "splits" | "languages">): Place[] =>
  splits.flatMap((split) => Object.keys(languages).map((subset) => ({ split, subset })));

/** Makes one text of a place, another one for each. */
export const placeKey = ({ split, subset }: Place): string => JSON.stringify([split, subset]);
