import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { repeated } from "../../datasets/group-by.ts";
import { shown } from "../../datasets/shown.ts";
import type { PlacedFinding } from "../../tasks/findings/kinds.ts";
import { roundHalfEven } from "../../tasks/metrics/rounding.ts";
import type { Scores, ScoreValue } from "../../tasks/task.ts";
import { isHistoric, modernLayout } from "./historic-file.ts";
import { finiteOrNull, parseJson } from "./json.ts";
import {
  dateFromFile,
  type LimitRecord,
  type RunRecord,
  type Side,
  type SubsetResult,
  scorePlaces,
  type TaskResult,
  unknownMtebVersion,
} from "./result.ts";
import { type AllKeys, anyNumber, filesSchema, numericClassSchema } from "./schemas.ts";
import { requireSeal } from "./seal.ts";
import { areFindings, findingsOf } from "./stored-findings.ts";

/** The version of mteb whose protocols and file layout the results follow. */
export const mtebVersion = "2.26.24";

const subsetSchema = z.looseObject({
  main_score: anyNumber.nullable(),
  hf_subset: z.string(),
  languages: z.array(z.string()),
  undefined_scores: z.record(z.string(), z.string()).optional(),
});

/** A model behind an address, or of vectors made elsewhere, has a number of weights that is not known: null is NaN. */
const weights = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const sideSchema = z.object({
  model: z.string(),
  revision: z.string(),
  parameters: weights,
} satisfies AllKeys<Side>);

const pairOfNumbers = z.tuple([z.number(), z.number()]);
const limitSchema = z.object({
  most: z.number().int().positive(),
  seed: z.number(),
  corpora: z.literal("whole").exactOptional(),
  scored: pairOfNumbers,
  searched: pairOfNumbers.exactOptional(),
  interval: pairOfNumbers.exactOptional(),
  without: z.string().exactOptional(),
} satisfies AllKeys<LimitRecord>);

const runSchema = z.object({
  pramana: z.string(),
  program: z.string().optional(),
  node: z.string(),
  onnxruntime: z.string(),
  platform: z.string(),
  cpu: z.string(),
  device: z.string(),
  accelerator: z.string().optional(),
  precision: z.string(),
  threads: z.number(),
  estimator: z.string(),
  prompts: z.record(z.string(), z.string()).exactOptional(),
  adapters: z.record(z.string(), z.string()).exactOptional(),
  texts: z.number(),
  tokens: z.number(),
  encoding_seconds: z.number(),
  vector_type: z.string().optional(),
  bytes_per_vector: z.number().optional(),
  kind: z.string().optional(),
  bytes_per_document: z.number().optional(),
  inputs: z.record(z.string(), z.string()).exactOptional(),
  files: filesSchema.exactOptional(),
  first_stage: z.object({ model: z.string(), revision: z.string(), top_k: z.number() }).optional(),
  sides: z.object({ query: sideSchema, document: sideSchema }).optional(),
  parts: z.array(sideSchema).optional(),
  limit: limitSchema.optional(),
  numeric_classes: z.array(numericClassSchema).min(1).exactOptional(),
});

const fileSchema = z.object({
  dataset_revision: z.string(),
  task_name: z.string(),
  mteb_version: z.string().nullish(),
  scores: z.record(z.string(), z.array(subsetSchema)),
  evaluation_time: anyNumber.nullish(),
  date: z.union([anyNumber, z.string()]).nullish(),
  pramana_run: runSchema.optional(),
  pramana_findings: z.custom<PlacedFinding[]>(areFindings, "expected findings").optional(),
});

function scoreToFile(value: ScoreValue | Scores): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? roundHalfEven(value, scorePlaces) : null;
  return Array.isArray(value) ? value.map(scoreToFile) : scoresToFile(value as Scores);
}

function scoresToFile(scores: Scores): Record<string, unknown> {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, scoreToFile(value)]));
}

/** Gives a reason for every score that has no finite value; none goes into a file without one. */
function reasonsOf(entry: SubsetResult): Record<string, string> {
  const missing = Object.entries(entry.scores)
    .filter(([, value]) => typeof value === "number" && !Number.isFinite(value))
    .map(([name, value]) => [name, Number.isNaN(value) ? "no reason recorded" : `the value was ${value}`]);
  return { ...Object.fromEntries(missing), ...entry.undefinedScores };
}

function subsetToFile(
  entry: SubsetResult,
  version: string | null,
  first: RunRecord["firstStage"],
): Record<string, unknown> {
  const reasons = reasonsOf(entry);
  const previous = first && { model_name: first.model, revision: first.revision };
  return {
    ...scoresToFile(entry.scores),
    ...(previous && { previous_results_model_meta: previous }),
    main_score: scoreToFile(entry.mainScore),
    hf_subset: entry.subset,
    languages: entry.languages,
    ...(version === null ? {} : { mteb_version: version }),
    ...(Object.keys(reasons).length > 0 ? { undefined_scores: reasons } : {}),
  };
}

function runToFile(record: RunRecord): Record<string, unknown> {
  const { encodingSeconds, vectorType, bytesPerVector, kind, bytesPerDocument, ...others } = record;
  const { inputs, files, firstStage, sides, parts, limit, numericClasses, ...run } = others;
  const first = firstStage && { model: firstStage.model, revision: firstStage.revision, top_k: firstStage.topK };
  const renamed = { encoding_seconds: encodingSeconds, vector_type: vectorType, bytes_per_vector: bytesPerVector };
  const index = { kind, bytes_per_document: bytesPerDocument };
  const last = { first_stage: first, sides, parts, limit, numeric_classes: numericClasses };
  return { ...run, ...renamed, ...index, inputs, files, ...last };
}

/**
 * Turns a result into what mteb writes to disk: same keys, same order, scores rounded to six places. Three keys are ours, all
 * ignored by mteb: `undefined_scores` beside the scores of a subset, which says why a score is null, `pramana_run`, which
 * says what ran, and `pramana_findings`, what is peculiar about the rows.
 */
export function toResultFile(result: TaskResult): Record<string, unknown> {
  const version = result.mtebVersion === unknownMtebVersion ? null : result.mtebVersion;
  return {
    dataset_revision: result.datasetRevision,
    task_name: result.task,
    mteb_version: version,
    scores: Object.fromEntries(
      Object.entries(result.splits).map(([split, entries]) => [
        split,
        entries.map((entry) => subsetToFile(entry, version, result.run?.firstStage)),
      ]),
    ),
    evaluation_time: finiteOrNull(result.evaluationSeconds),
    kg_co2_emissions: null,
    date: finiteOrNull(result.date),
    evaluation_phases: null,
    ...(result.run ? { pramana_run: runToFile(result.run) } : {}),
    ...(result.findings ? { pramana_findings: result.findings } : {}),
  };
}

/** Joins the keys on the way to a value, such as `scores.test[0].main_score`. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

/** Number of a file's problems that a message names. */
const shownProblems = 10;

const isNumberOrNull = (value: unknown): value is number | null => typeof value === "number" || value === null;

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");

/** Scores of some of the queries, by mteb's names (`tasks/protocols/further-scores.ts`). */
const ofSomeQueries: ReadonlySet<string> = new Set(["og", "changed", "level_scores"]);

/**
 * Picks the scores among `values`: numbers (null is NaN), lists of numbers, by level too, and lists of objects of such. All
 * else is left out.
 */
function scoresFromFile(values: Readonly<Record<string, unknown>>): Scores {
  const entries = Object.entries(values).flatMap(([name, value]): [string, ScoreValue][] => {
    if (isNumberOrNull(value)) return [[name, value ?? Number.NaN]];
    if (isNumbers(value)) return [[name, value]];
    if (isRecord(value) && Object.values(value).length > 0 && Object.values(value).every(isNumbers)) {
      return [[name, value as Record<string, number[]>]];
    }
    if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) return [[name, value.map(scoresFromFile)]];
    if (ofSomeQueries.has(name) && isRecord(value) && Object.values(value).every(isNumberOrNull)) {
      const inner = Object.entries(value).map(([key, score]) => [key, (score as number | null) ?? Number.NaN]);
      return [[name, Object.fromEntries(inner)]];
    }
    // Before 1.12.48, mteb kept pair classification's scores one level deeper.
    if (isRecord(value) && Object.values(value).every(isNumberOrNull)) {
      return Object.entries(value).map(([inner, score]) => [
        `${name}_${inner}`,
        (score as number | null) ?? Number.NaN,
      ]);
    }
    return [];
  });
  return Object.fromEntries(entries);
}

function subsetFromFile(entry: z.infer<typeof subsetSchema>): SubsetResult {
  const { main_score, hf_subset, languages, undefined_scores, ...scores } = entry;
  return {
    subset: hf_subset,
    languages,
    mainScore: main_score ?? Number.NaN,
    scores: scoresFromFile(scores),
    undefinedScores: undefined_scores ?? {},
  };
}

function runFromFile(record: z.infer<typeof runSchema>): RunRecord {
  const { encoding_seconds, vector_type, bytes_per_vector, bytes_per_document, ...others } = record;
  const { first_stage: first, numeric_classes: numericClasses, ...run } = others;
  const firstStage = first && { model: first.model, revision: first.revision, topK: first.top_k };
  const renamed = { encodingSeconds: encoding_seconds, vectorType: vector_type, bytesPerVector: bytes_per_vector };
  const index = bytes_per_document === undefined ? {} : { bytesPerDocument: bytes_per_document };
  return { ...run, ...renamed, ...index, ...(firstStage && { firstStage }), ...(numericClasses && { numericClasses }) };
}

function checkFile(data: unknown, source: string): z.infer<typeof fileSchema> {
  const way = "delete the file or run the task again";
  const parsed = fileSchema.safeParse(data);
  if (!parsed.success) {
    const more = parsed.error.issues.length - shownProblems;
    const named = parsed.error.issues.slice(0, shownProblems).map(({ path, message }) => {
      return `${shown(placeOf(path)) || "top level"}: ${shown(message.replace("Invalid input: ", ""), 300)}`;
    });
    const problems = more > 0 ? [...named, `and ${more} more`] : named;
    throw new InputError(`${source}: not a result file: ${problems.join("; ")}; ${way}`);
  }
  // mteb 2.26.24 takes files in which a subset stands twice, and official ones are such; ours never are.
  for (const [split, entries] of parsed.data.pramana_run ? Object.entries(parsed.data.scores) : []) {
    const twice = repeated(entries.map((entry) => entry.hf_subset));
    if (twice !== undefined) {
      throw new InputError(
        `${source}: not a result file: scores.${shown(split)}: subset ${shown(twice)} occurs twice; ${way}`,
      );
    }
  }
  return parsed.data;
}

/**
 * Reads a result from the text of a file that this program or any mteb wrote; the layout of mteb before 1.11 is converted.
 * Bare NaN and Infinity are read; null is NaN. `evaluationSeconds` and `date` are NaN where the file has none,
 * `mtebVersion` is `unknownMtebVersion`. Details that are neither numbers nor lists of scores (clustering's lists per
 * level) are left out.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError naming the place and the reason of damage; for a file whose checksum is another.
 */
export const parseResultFile = (text: string, source: string): TaskResult =>
  resultFromData(requireSeal(parseJson(text, source), source), source);

/** Reads a result from the JSON of a file, as `parseResultFile` does from its text. */
export function resultFromData(data: unknown, source: string): TaskResult {
  const file = checkFile(isRecord(data) && isHistoric(data) ? modernLayout(data) : data, source);
  return {
    task: file.task_name,
    datasetRevision: file.dataset_revision,
    mtebVersion: file.mteb_version ?? unknownMtebVersion,
    splits: Object.fromEntries(
      Object.entries(file.scores).map(([split, entries]) => [split, entries.map(subsetFromFile)]),
    ),
    evaluationSeconds: file.evaluation_time ?? Number.NaN,
    date: dateFromFile(file.date),
    ...(file.pramana_run ? { run: runFromFile(file.pramana_run) } : {}),
    ...findingsOf(file.pramana_findings),
  };
}
