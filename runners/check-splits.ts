import { InputError, messageOf } from "../datasets/errors.ts";
import type { Dataset } from "../datasets/table.ts";
import type { MaterialRows } from "../tasks/findings/material.ts";
import type { Place } from "../tasks/places.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** Names of splits that models are trained or tuned on. */
const learntSplits = /^(train|training|dev|validation|valid|val)$/i;

/** Rows of other splits, one after the other, under names that say which. */
export function joinSplits(splits: readonly { readonly split: string; readonly rows: MaterialRows }[]): MaterialRows {
  const all = splits.flatMap(({ split, rows }) =>
    Array.from({ length: rows.length }, (_, row) => ({ split, rows, row })),
  );
  return {
    length: all.length,
    textsOf: (place) => all[place].rows.textsOf(all[place].row),
    labelOf: (place) => all[place].rows.labelOf?.(all[place].row),
    nameOf: (place) => `${all[place].split} ${all[place].rows.nameOf(all[place].row)}`,
  };
}

/** Reads the splits that a task does not read and models may have been trained on. */
export async function readOtherSplits(
  task: TaskSpec,
  { subset }: Place,
  dataset: Dataset,
  note: (line: string) => void,
): Promise<readonly { readonly split: string; readonly rows: MaterialRows }[]> {
  const there = dataset.configs.includes(subset) ? dataset.splits(subset) : [];
  const read: { split: string; rows: MaterialRows }[] = [];
  for (const split of there) {
    if (task.splits.includes(split) || !learntSplits.test(split)) continue;
    try {
      const material = (await prepareTask(task, subset, split, dataset)).material();
      if (material.kind === "rows") read.push({ split, rows: material.scored });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      note(`split ${split} of ${subset} was not compared: ${messageOf(error)}`);
    }
  }
  return read;
}
