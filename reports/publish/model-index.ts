import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { TaskType } from "../../tasks/task.ts";
import { origin, type PublishedTask, scoredPlaces } from "./published-task.ts";

/** The Hub's word for each type of task. Source: mteb 2.26.24, `TaskMetadata._hf_task_type`, which has none for regression. */
const hubTasks: Readonly<Record<TaskType, string>> = {
  BitextMining: "translation",
  Classification: "text-classification",
  MultilabelClassification: "text-classification",
  Clustering: "text-classification",
  PairClassification: "text-classification",
  Regression: "other",
  Reranking: "text-ranking",
  Retrieval: "text-retrieval",
  STS: "sentence-similarity",
  Summarization: "summarization",
  InstructionRetrieval: "text-retrieval",
  InstructionReranking: "text-ranking",
};

/** The main score of one split and subset, as an entry of a `model-index` has it. */
const indexedResult = (
  { name, type, dataset, mainScore: metric }: PublishedTask["spec"],
  revision: string,
  { split, subset, mainScore }: ReturnType<typeof scoredPlaces>[number],
) => ({
  task: { type: hubTasks[type], name: type },
  dataset: { name: `${name} (${subset})`, type: dataset.path, config: subset, split, revision },
  metrics: [{ type: metric, value: mainScore, name: metric }],
  source: { name: "MTEB", url: origin },
});
type IndexedResult = ReturnType<typeof indexedResult>;

/** Makes the entries of a `model-index`: the main score of each split and subset, 0 to 1, as mteb writes it there. */
export const indexedResults = (tasks: readonly PublishedTask[]): readonly IndexedResult[] =>
  tasks.flatMap(({ spec, result }) =>
    scoredPlaces(result).map((place) => indexedResult(spec, result.datasetRevision, place)),
  );

/** Names what is measured: data set, config, split and revision, with the metric. */
const keyOf = (dataset: Readonly<Record<string, unknown>>, metric: unknown): string =>
  JSON.stringify([dataset["type"], dataset["config"], dataset["split"], dataset["revision"], metric]);

/** Leaves out of a result that is there what is measured anew; nothing where all of it is. */
function withoutNew(result: unknown, measured: ReadonlySet<string>): unknown[] {
  if (!isRecord(result) || !isRecord(result["dataset"]) || !Array.isArray(result["metrics"])) return [result];
  const { dataset, metrics } = result;
  const kept = metrics.filter((metric: unknown) => !isRecord(metric) || !measured.has(keyOf(dataset, metric["type"])));
  return kept.length === metrics.length ? [result] : kept.length === 0 ? [] : [{ ...result, metrics: kept }];
}

/**
 * Returns the `model-index` of a card with these results: one of the same data set, config, split, revision and metric is
 * replaced, others stay, and so do other models of it.
 *
 * @param existing The card's own; undefined where it has none.
 * @param model Its name where it has none.
 * @param card Name of the card, for messages.
 * @throws InputError for a `model-index` that is no list of models with results, or has several models and none of the name
 */
export function mergedIndex(existing: unknown, model: string, own: readonly IndexedResult[], card: string): unknown[] {
  const measured = new Set(own.flatMap(({ dataset, metrics }) => metrics.map(({ type }) => keyOf(dataset, type))));
  if (existing === undefined || existing === null) return [{ name: model, results: own }];
  const refuse = (what: string): InputError =>
    new InputError(`card ${card}: its model-index ${what}; mend it, or take the field out`);
  if (!Array.isArray(existing)) throw refuse("is no list");
  if (existing.length === 0) return [{ name: model, results: own }];
  const place = existing.length === 1 ? 0 : existing.findIndex((one) => isRecord(one) && one["name"] === model);
  const entry: unknown = existing[place];
  if (place < 0) throw refuse(`has ${existing.length} models, none of which is called ${model}`);
  if (!isRecord(entry)) throw refuse("is no list of models with results");
  const results: unknown = entry["results"] ?? [];
  if (!Array.isArray(results)) throw refuse("has results that are no list");
  const merged = { ...entry, results: [...results.flatMap((one: unknown) => withoutNew(one, measured)), ...own] };
  return existing.map((one: unknown, i) => (i === place ? merged : one));
}
