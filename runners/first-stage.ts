import { InputError } from "../datasets/errors.ts";
import { isFile, isFolder, listFolder } from "../datasets/folder.ts";
import type { Model } from "../models/model.ts";
import type { Place } from "../tasks/places.ts";
import type { FirstStage, TaskSpec } from "../tasks/task.ts";
import { contextOf, type ModelAtWork, noWork } from "./context.ts";
import { type PredictionsFile, predictionsIn, readPredictions } from "./results/predictions.ts";
import type { FirstStageRecord } from "./results/result.ts";

/** How the first stage is named on the command line. */
export interface FirstStageChoice {
  /** A model, a file of predictions in mteb's form, or a folder of such. */
  readonly firstStage?: string;
  /** How many of its best documents are ranked anew for each query. Default: `standardTopK`. */
  readonly topK?: number;
}

/** Where the candidates of queries that have none come from. */
export interface FirstStagePlan {
  readonly topK: number;
  readonly source:
    | { readonly kind: "model"; readonly model: Model }
    | { readonly kind: "predictions"; readonly files: ReadonlyMap<string, PredictionsFile> };
  readonly record: FirstStageRecord;
  /** What tells it from another of the same name. */
  readonly hash: string;
}

/** Tells whether a first stage is named by a file of predictions, or by a folder of such, and not by a model. */
export async function arePredictions(path: string): Promise<boolean> {
  if (await isFile(path)) return true;
  return (await isFolder(path)) && (await listFolder(path)).some((file) => file.endsWith("_predictions.json"));
}

/**
 * Reads the predictions of tasks.
 * @throws InputError where a file is missing, damaged or of another model than the others
 */
export async function planPredictions(path: string, topK: number, tasks: readonly TaskSpec[]): Promise<FirstStagePlan> {
  const files = new Map<string, PredictionsFile>();
  for (const { name } of tasks) {
    const file = await predictionsIn(path, name);
    files.set(name, await readPredictions(file));
  }
  const [first, ...others] = files.values();
  const other = others.find(({ model }) => model.name !== first.model.name || model.revision !== first.model.revision);
  if (other !== undefined) {
    throw new InputError(
      `first stage ${path}: its files are of several models, ${first.model.name} (${first.model.revision}) and ${other.model.name} (${other.model.revision}); expected those of one`,
    );
  }
  const { name, revision } = first.model;
  const hash = [...files.values()].map((file) => file.hash).join(" ");
  return { topK, source: { kind: "predictions", files }, record: { model: name, revision, topK }, hash };
}

export const planModel = (model: Model, topK: number): FirstStagePlan => {
  const { id, revision } = model.info;
  return { topK, source: { kind: "model", model }, record: { model: id, revision, topK }, hash: `${id} ${revision}` };
};

/** Makes the first stage of a subset of a task. */
export function firstStageAt(
  { topK, source }: FirstStagePlan,
  place: Place,
  atWork: Omit<ModelAtWork, "model">,
  shared: Parameters<typeof contextOf>[1],
): FirstStage {
  if (source.kind === "predictions") {
    return { topK, source: (source.files.get(atWork.task.name) as PredictionsFile).at(atWork.task, place) };
  }
  // Texts and seconds are counted of the model that is measured.
  return { topK, source: { kind: "model", context: contextOf({ ...atWork, model: source.model }, shared, noWork()) } };
}
