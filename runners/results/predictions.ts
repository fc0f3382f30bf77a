import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { isFile } from "../../datasets/folder.ts";
import { limits } from "../../datasets/limits.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import type { Place } from "../../tasks/places.ts";
import type { HitScores } from "../../tasks/search/exact.ts";
import type { Predictions, TaskSpec } from "../../tasks/task.ts";
import { replaceFile } from "./store.ts";

/** The documents of each query, best first, by ids. */
export type Rankings = Map<string, { readonly ids: readonly string[]; readonly scores: HitScores }>;

/** The model whose predictions a file holds. */
export interface PredictingModel {
  readonly name: string;
  readonly revision: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Name of a task's file in a folder of predictions, as mteb has it. */
const ending = "_predictions.json";
const predictionsFile = (task: string): string => `${task}${ending}`;

const metaKey = "mteb_model_meta";
/** Our key, which mteb passes over: which data the predictions are for. */
const dataKey = "pramana_data";

/** A file of predictions that was read: `{"mteb_model_meta": {…}, SUBSET: {SPLIT: {QUERY: {DOCUMENT: score}}}}`. */
export interface PredictionsFile {
  readonly model: PredictingModel;
  /** SHA-256 of the file. */
  readonly hash: string;
  /**
   * Returns the predictions of a subset's split.
   * @throws InputError where they are for other data, or have no such place
   */
  at(task: TaskSpec, place: Place): Predictions;
}

/** Put before each key, since an object of JavaScript has keys that are whole numbers first, and not in their order. */
const mark = "~";
const marked = (text: string): string => text.replace(/"((?:[^"\\]|\\.)*"\s*:)/g, `"${mark}$1`);
const unmarked = (value: unknown): Json | undefined =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.slice(mark.length), inner]))
    : undefined;

/**
 * Reads predictions in mteb's form.
 * @throws InputError for a file that is not of this form
 */
export async function readPredictions(file: string): Promise<PredictionsFile> {
  const subject = `first stage ${file}`;
  const fault = (what: string): InputError =>
    new InputError(
      `${subject}: ${what}; expected predictions in mteb's form, {"${metaKey}": {…}, SUBSET: {SPLIT: {QUERY: {DOCUMENT: score}}}}, as pramana run --save-predictions writes them`,
    );
  const text = await readSmallFile(file, subject, limits.predictions).catch((error: unknown) => {
    throw error instanceof InputError ? error : fault(`it cannot be read: ${messageOf(error)}`);
  });
  const parsed = parseDocument(marked(text), subject, (reason) => fault(`it is not valid JSON: ${reason}`));
  const [data, meta] = [unmarked(parsed), isRecord(parsed) ? unmarked(parsed[mark + metaKey]) : undefined];
  if (data === undefined || meta === undefined) throw fault(`it has no ${metaKey}`);
  const { model_name: name, revision } = meta;
  if (typeof name !== "string") throw fault(`its ${metaKey} names no model_name`);
  const at = (task: TaskSpec, { subset, split }: Place): Predictions => {
    checkData(subject, task, unmarked(data[dataKey]), basename(file));
    const rankings = unmarked(unmarked(data[subset])?.[split]);
    if (rankings === undefined) {
      const subsets = Object.keys(data).filter((key) => key !== metaKey && key !== dataKey);
      const places = subsets.flatMap((key) =>
        Object.keys(unmarked(data[key]) ?? {}).map((one) => shown(`${key}/${one}`)),
      );
      throw fault(`it has nothing for ${subset}/${split} of ${task.name}; it has ${places.join(", ") || "nothing"}`);
    }
    const ofQuery = (query: string, scores: unknown): [string, ReadonlyMap<string, number>] => {
      const entries = isRecord(scores)
        ? Object.entries(scores).map(([id, score]) => [id.slice(mark.length), score])
        : [];
      const wrong = isRecord(scores) ? entries.find(([, score]) => !Number.isFinite(score)) : [query, scores];
      if (wrong === undefined) return [query, new Map(entries as [string, number][])];
      throw fault(
        `query ${shown(query)}: ${shown(wrong[0])} has ${shownJson(wrong[1] ?? null, 40)} in place of a score`,
      );
    };
    return {
      kind: "predictions",
      rankings: new Map(Object.entries(rankings).map(([query, scores]) => ofQuery(query, scores))),
      file,
    };
  };
  const hash = createHash("sha256").update(text).digest("hex");
  return { model: { name, revision: typeof revision === "string" ? revision : "" }, hash, at };
}

/** Checks what a file says of its data: our key, or its name where that is in mteb's form. */
function checkData(subject: string, { name, dataset }: TaskSpec, said: Json | undefined, file: string): void {
  const named = file.endsWith(ending) ? file.slice(0, -ending.length) : undefined;
  const other =
    said !== undefined && (said["path"] !== dataset.path || said["revision"] !== dataset.revision)
      ? `it is for the data set ${shown(said["path"])} at ${shown(said["revision"])}, the task's is ${dataset.path} at ${dataset.revision}`
      : said === undefined && named !== undefined && named !== name
        ? `by its name it is for ${shown(named)}`
        : undefined;
  if (other === undefined) return;
  throw new InputError(`task ${name}: ${subject}: ${other}; name the file, or the folder of files, for this task`);
}

/** Finds the file of a task: the one that is named, or that in a folder. */
export const predictionsIn = async (path: string, task: string): Promise<string> =>
  (await isFile(path)) ? path : join(path, predictionsFile(task));

const metaText = ({ name, revision }: PredictingModel): string =>
  `${JSON.stringify(metaKey)}: ${JSON.stringify({ model_name: name, revision })}`;

/**
 * Puts another model's name into a file of predictions; all else stays as it is, with its order, which JSON would lose.
 * Returns nothing for predictions of others.
 */
export function renamedPredictions(text: string, from: PredictingModel, to: PredictingModel): string | undefined {
  const [whole, meta = ""] = new RegExp(`"${metaKey}"\\s*:\\s*(\\{[^{}]*\\})`).exec(text) ?? [];
  if (whole === undefined) return undefined;
  const { model_name: name, revision }: Json = JSON.parse(meta);
  return name === from.name && revision === from.revision ? text.replace(whole, () => metaText(to)) : undefined;
}

/** Opens a folder into which the rankings of a run are written, a file for each task. */
export function openPredictions(folder: string, model: PredictingModel) {
  /** Subsets by task, with the JSON of each split. */
  const begun = new Map<string, Map<string, Map<string, string>>>();
  return async ({ name, dataset }: TaskSpec, { subset, split }: Place, rankings: Rankings): Promise<void> => {
    const subsets = begun.get(name) ?? new Map<string, Map<string, string>>();
    const splits = subsets.get(subset) ?? new Map<string, string>();
    begun.set(name, subsets.set(subset, splits.set(split, objectText(rankings, hitsText))));
    const data = `${JSON.stringify(dataKey)}: ${JSON.stringify({ path: dataset.path, revision: dataset.revision })}`;
    const all = objectText(subsets, (one) => objectText(one, (text) => text));
    await replaceFile(folder, predictionsFile(name), `{${metaText(model)}, ${data}, ${all.slice(1)}\n`);
  };
}

/** Writes an object in the order of its keys, also where they are numbers. */
const objectText = <Value>(values: Iterable<readonly [string, Value]>, textOf: (value: Value) => string): string =>
  `{${Array.from(values, ([key, value]) => `${JSON.stringify(key)}: ${textOf(value)}`).join(", ")}}`;

const hitsText = ({ ids, scores }: { readonly ids: readonly string[]; readonly scores: HitScores }): string =>
  objectText(
    ids.map((id, i) => [id, scores[i]] as const),
    String,
  );
