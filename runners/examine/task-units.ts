import type { Dataset } from "../../datasets/table.ts";
import { type Place, placeKey, placesOf } from "../../tasks/places.ts";
import { prepareTask } from "../../tasks/protocols/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import type { Units } from "../../tasks/units.ts";
import { openTaskData } from "../task-data.ts";
import type { World } from "../world.ts";

/** Column in which many data sets say what a label's number means. */
const wordColumn = "label_text";

/** Returns what labels mean, by labels, where the data says it of each in one way. */
export async function wordsOfLabels(
  task: TaskSpec,
  { subset, split }: Place,
  dataset: Dataset,
): Promise<Map<string, string>> {
  const words = new Map<string, string>();
  if (!("labelColumn" in task.settings) || "legacy" in task.settings) return words;
  const table = await dataset.read(subset, split);
  const [labels, texts] = [table.columns[task.settings.labelColumn], table.columns[wordColumn]];
  if (labels === undefined || texts === undefined) return words;
  for (let row = 0; row < table.rows; row++) {
    const [label, text] = [String(labels.at(row)), texts.at(row)];
    if (typeof text !== "string" || (words.get(label) ?? text) !== text) return new Map();
    words.set(label, text);
  }
  return words;
}

/** Puts what labels mean behind them. */
export const withWords = ({ classAt, ...units }: Units, words: ReadonlyMap<string, string>): Units => ({
  ...units,
  ...(classAt && {
    classAt: (number) => {
      const label = classAt(number);
      const word = label === undefined ? undefined : words.get(label);
      return word === undefined || word === label ? label : `${label} ${word}`;
    },
  }),
});

/**
 * Reads what the samples of a task's subsets are made of, by the keys of their places.
 *
 * @param how The limit that they were scored with, and whether corpora stayed whole all the same.
 * @throws InputError for data that cannot be had or read
 */
export async function readTaskUnits(
  task: TaskSpec,
  { most, isWhole }: { readonly most: number | undefined; readonly isWhole: boolean },
  { hub, emit, signal }: Pick<World, "hub" | "emit" | "signal">,
): Promise<ReadonlyMap<string, Units>> {
  emit({ kind: "loading", task: task.name });
  const units = new Map<string, Units>();
  try {
    const dataset = await openTaskData(task, hub);
    for (const place of placesOf(task)) {
      signal.throwIfAborted();
      const { describe } = await prepareTask(task, place.subset, place.split, dataset, most, isWhole);
      units.set(placeKey(place), withWords(describe(), await wordsOfLabels(task, place, dataset)));
    }
  } finally {
    emit({ kind: "loaded", task: task.name });
  }
  return units;
}
