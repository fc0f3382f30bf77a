import { isRecord } from "../../datasets/document.ts";
import { hardwareText } from "../numeric-class.ts";
import {
  dateFromFile,
  hardwareOf,
  type IndexFacts,
  indexIn,
  indexOf,
  type SubsetResult,
  type TaskResult,
  unknownMtebVersion,
} from "./result.ts";
import { areFindings, findingsOf } from "./stored-findings.ts";

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isReasons = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every(isText);

const noScores: SubsetResult["scores"] = Object.freeze({});
const noReasons: SubsetResult["undefinedScores"] = Object.freeze({});
const noLanguages: SubsetResult["languages"] = Object.freeze([]);

function mainScoreOf(entry: unknown): SubsetResult | undefined {
  if (!isRecord(entry)) return undefined;
  const { hf_subset: subset, main_score: score, languages, undefined_scores: reasons = noReasons } = entry;
  if (!isText(subset) || !isTexts(languages) || !isReasons(reasons)) return undefined;
  if (score !== null && !isNumber(score)) return undefined;
  const mainScore = score ?? Number.NaN;
  return { subset, languages: noLanguages, mainScore, scores: noScores, undefinedScores: reasons };
}

function mainScoresOf(entries: unknown): SubsetResult[] | undefined {
  if (!Array.isArray(entries)) return undefined;
  const scores = entries.flatMap((entry) => mainScoreOf(entry) ?? []);
  return scores.length === entries.length ? scores : undefined;
}

const hasDoubles = (entries: readonly SubsetResult[]): boolean =>
  new Set(entries.map(({ subset }) => subset)).size < entries.length;

const orNull =
  <Value>(is: (value: unknown) => value is Value) =>
  (value: unknown): value is Value | null | undefined =>
    value === null || value === undefined || is(value);
const isTextOrNone = orNull(isText);
const isNumberOrNone = orNull(isNumber);
const isDateOrNone = orNull((value: unknown): value is number | string => isText(value) || isNumber(value));

/** Reads the limit of a run; null for one that is damaged. */
function limitIn(run: Readonly<Record<string, unknown>>): { limit?: number } | null {
  const limit = run["limit"];
  if (limit === undefined) return {};
  return isRecord(limit) && isNumber(limit["most"]) ? { limit: limit["most"] } : null;
}

const isTextOrAbsent = (value: unknown): value is string | undefined => value === undefined || isText(value);

/** Reads what a run was made on; null for what is damaged. */
function hardwareIn(run: Readonly<Record<string, unknown>>): Pick<TaskResult, "hardware"> | null {
  const classes = run["numeric_classes"];
  if (classes === undefined) return {};
  if (!Array.isArray(classes)) return null;
  const texts = classes.flatMap((one: unknown) => {
    if (!isRecord(one)) return [];
    const { onnxruntime, processor, accelerator } = one;
    if (!isText(onnxruntime) || !isText(processor) || !isTextOrAbsent(accelerator)) return [];
    return [hardwareText({ onnxruntime, processor, accelerator })];
  });
  return texts.length === classes.length && texts.length > 0 ? { hardware: [...new Set(texts)] } : null;
}

/** Reads what a run tells of the model's index; what is damaged counts as not told. */
function indexFrom(run: Readonly<Record<string, unknown>>): { index: IndexFacts } {
  const text = (key: string): string | undefined => (isText(run[key]) ? run[key] : undefined);
  const number = (key: string): number | undefined => (isNumber(run[key]) ? run[key] : undefined);
  const index = indexIn({
    vectorType: text("vector_type"),
    bytesPerVector: number("bytes_per_vector"),
    kind: text("kind"),
    bytesPerDocument: number("bytes_per_document"),
  });
  return { index };
}

/**
 * Reads the main scores of a result file by split and subset, and what is peculiar about the rows, without languages,
 * other scores and the record of the run.
 * Returns nothing where the file is not just as it should be; `resultFromData` then says what is wrong. A hundred thousand
 * files are read many times faster so than whole, and take a tenth of the memory.
 *
 * @param data The file's JSON.
 */
export function mainScoresFromData(data: unknown): TaskResult | undefined {
  if (!isRecord(data) || !isRecord(data["scores"])) return undefined;
  const { task_name, dataset_revision, mteb_version, evaluation_time, date, pramana_findings: found = [] } = data;
  if (!isText(task_name) || !isText(dataset_revision) || !isTextOrNone(mteb_version)) return undefined;
  if (!isNumberOrNone(evaluation_time) || !isDateOrNone(date)) return undefined;
  if (!areFindings(found)) return undefined;
  const splits = Object.entries(data["scores"]).map(([split, entries]) => [split, mainScoresOf(entries)] as const);
  if (splits.some(([, scores]) => scores === undefined)) return undefined;
  const run = data["pramana_run"];
  const limit = isRecord(run) ? limitIn(run) : {};
  const hardware = isRecord(run) ? hardwareIn(run) : {};
  if (limit === null || hardware === null) return undefined;
  // In a file of ours that is damage.
  if (isRecord(run) && splits.some(([, scores]) => hasDoubles(scores ?? []))) return undefined;
  return {
    task: task_name,
    datasetRevision: dataset_revision,
    mtebVersion: mteb_version ?? unknownMtebVersion,
    splits: Object.fromEntries(splits.map(([split, scores]) => [split, scores ?? []])),
    evaluationSeconds: evaluation_time ?? Number.NaN,
    date: dateFromFile(date),
    ...findingsOf(found),
    ...(isRecord(run) ? { isOurs: true, ...limit, ...hardware, ...indexFrom(run) } : {}),
  };
}

/** Leaves nothing of a result but its main scores and findings. */
export function onlyMainScores(whole: TaskResult): TaskResult {
  const { run, ...result } = whole;
  const lean = (entries: readonly SubsetResult[]): SubsetResult[] =>
    entries.map((entry) => ({ ...entry, languages: noLanguages, scores: noScores }));
  return {
    ...result,
    splits: Object.fromEntries(Object.entries(result.splits).map(([split, entries]) => [split, lean(entries)])),
    ...(run === undefined ? {} : { isOurs: true, index: indexOf(whole) }),
    ...(run?.limit === undefined ? {} : { limit: run.limit.most }),
    ...(run?.numericClasses === undefined ? {} : { hardware: hardwareOf(whole) }),
  };
}
