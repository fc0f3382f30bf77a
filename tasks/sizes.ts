import { readStored, type StoredSize, type StoredSizes } from "./catalog/stored.ts";
import { findTask } from "./index.ts";
import { once } from "./once.ts";
import type { TaskSpec } from "./task.ts";

/** How many texts a task gives a model, for an estimate. */
export interface TaskSize {
  /** Texts that vectors are asked for, those that come again counted. */
  readonly texts: number;
  /** Those of them that are known to differ: subsets that are pairs of columns share the columns. */
  readonly distinct: number;
  /** Mean length of a text in characters; undefined where it is not known. */
  readonly meanCharacters: number | undefined;
}

const sizes = once(
  (): ReadonlyMap<string, Readonly<Record<string, StoredSize>>> =>
    new Map(readStored<StoredSizes>("sizes").tasks.map(({ name, splits }) => [name, splits])),
);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Texts of a row that is a text to summarize: SummEval, of which all tasks of the type are made, has 16 and 11 summaries. */
const summaries = 27;

/** Texts of a pair of an arrangement, whose pairs mteb's statistics count: StakeholderGrounding lays out twenty at a time. */
const textsOfPair = 20 / ((20 * 19) / 2);

/** Number of texts that a row holds. */
function textsOfRow({ type, settings }: TaskSpec): number {
  if (type === "Summarization") return summaries;
  if ("arrangements" in settings) return textsOfPair;
  return type === "STS" || type === "PairClassification" || type === "BitextMining" ? 2 : 1;
}

/** Returns the number of texts of a subset's rows that are embedded, with those that are learnt from. */
function textsOf(task: TaskSpec, rows: number, labels: number): number {
  switch (task.type) {
    case "Classification":
    case "MultilabelClassification":
      return rows + task.settings.experiments * task.settings.samplesPerLabel * labels;
    case "Regression":
      return rows + task.settings.experiments * task.settings.trainRows;
    case "Clustering": {
      if ("legacy" in task.settings) return rows;
      const { maxDocuments, maxFraction } = task.settings;
      return Math.min(rows, maxDocuments ?? Math.ceil((maxFraction ?? 1) * rows));
    }
    default:
      return rows * textsOfRow(task);
  }
}

/**
 * Returns how many texts a task of the catalogue gives a model, by the statistics that mteb publishes: subsets whose rows
 * are not told apart there count as equally long. Undefined where there are no statistics.
 */
export function sizeOf(task: TaskSpec): TaskSize | undefined {
  const stored = sizes().get(task.name);
  const known = task.splits.map((split) => stored?.[split]);
  if (stored === undefined || known.length === 0) return undefined;
  const subsets = Object.keys(task.languages);
  const all = Object.keys(findTask(task.name)?.languages ?? task.languages).length;
  const parts = known.map((size) => size && partOf(task, size, subsets, all));
  if (!parts.every((part) => part !== undefined)) return undefined;
  const texts = sum(parts.map((part) => part.texts));
  const characters = parts.map((part) => part.characters);
  const counted = characters.every((one) => one !== undefined) ? sum(characters) : undefined;
  const rows = sum(parts.map((part) => part.rows * textsOfRow(task)));
  return {
    texts: Math.round(texts),
    distinct: Math.round(distinctOf(task, texts, subsets)),
    meanCharacters: counted === undefined || rows === 0 ? undefined : counted / rows,
  };
}

/** Returns what of a split's size is that of some of its `all` subsets. */
function partOf(
  task: TaskSpec,
  { rows, characters, labels = 0, subsets: counts }: StoredSize,
  subsets: readonly string[],
  all: number,
): { readonly rows: number; readonly texts: number; readonly characters: number | undefined } {
  const rowsOf = (subset: string): number => counts?.[subset] ?? rows / all;
  const own = sum(subsets.map(rowsOf));
  return {
    rows: own,
    texts: sum(subsets.map((subset) => textsOf(task, rowsOf(subset), labels))),
    characters: characters === undefined || rows === 0 ? undefined : (characters * own) / rows,
  };
}

/** Counts each column once, where subsets are pairs of columns of one config. */
function distinctOf({ dataset }: TaskSpec, texts: number, subsets: readonly string[]): number {
  if (dataset.subsetPairs !== true || subsets.length === 0) return texts;
  const columns = new Set(subsets.flatMap((subset) => subset.split("-")));
  return (texts / (2 * subsets.length)) * columns.size;
}

/** Characters that a text counts as where its length is not known: about the middle of the tasks whose it is. */
export const usualCharacters = 200;

/** Work of texts that do not depend on their length, in characters. */
const perText = 20;
/** Characters beyond which most models cut a text: about 512 tokens. */
const mostCharacters = 2000;

/** Returns how much tasks are expected to take beside each other, in about characters; as the others' mean where unknown. */
export function workOf(tasks: readonly TaskSpec[]): readonly number[] {
  const known = tasks.map((task) => {
    const size = sizeOf(task);
    if (size === undefined) return undefined;
    return size.distinct * (perText + Math.min(mostCharacters, size.meanCharacters ?? usualCharacters));
  });
  const counted = known.filter((work) => work !== undefined);
  const mean = counted.length === 0 ? 1 : sum(counted) / counted.length;
  return known.map((work) => work ?? mean);
}
