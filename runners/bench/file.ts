import { join } from "node:path";
import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { inBatches } from "../results/batches.ts";
import { parseJson } from "../results/json.ts";
import type { SkippedFile } from "../results/listing.ts";
import { replaceFile, resultFolder } from "../results/store.ts";
import { type BenchRecord, corpusText, hardwareText } from "./record.ts";
import type { ServingRecord } from "./serving/record.ts";

/**
 * Name of the file beside a model's results, one record to a line. It does not end in `.json`: readers of results, mteb's
 * (`*\/*\/*.json`) and ours, take every such file in the folder for a task's.
 */
export const benchFile = "bench.jsonl";

const rate = z.number().positive();
const share = z.number().min(0).max(1).nullable();
const count = z.int().positive();
const role = z.enum(["query", "document"]);
const texts = z.string();

const timing = { role, meanTokens: rate, calls: count, tokenizerShare: share };
const speed = { ...timing, textsPerSecond: rate, tokensPerSecond: rate, rounds: z.array(rate).min(1) };
const side = z.object({ model: texts, revision: texts });
const memory = z.object({ bytes: z.number().nonnegative(), source: texts });

/** Fields of records of either kind. */
const common = {
  model: texts,
  revision: texts,
  date: z.number(),
  pramana: texts,
  node: texts,
  onnxruntime: texts,
  platform: texts,
  cpu: texts,
  device: texts,
  accelerator: texts.optional(),
  precision: texts,
  threads: z.int().nonnegative(),
  corpusTexts: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("made-up"),
      seed: z.int(),
      count,
      medianWords: rate,
      sigma: rate,
      leastWords: count,
      mostWords: count,
    }),
    z.object({ kind: z.literal("file"), count, sha256: texts }),
  ]),
};

const recordSchema = z.object({
  ...common,
  sides: z.object({ query: side, document: side }).optional(),
  settings: z.object({
    lengths: z.array(count),
    batchSizes: z.array(count),
    repeats: count,
    countedShare: z.number().positive().max(1),
    budgetSeconds: rate,
    longestCallSeconds: rate,
  }),
  prompts: z.object({ query: texts, document: texts }),
  candidates: count.optional(),
  loading: z.object({ seconds: rate, downloaded: z.boolean() }),
  memory,
  gpuMemory: memory.optional(),
  latency: z.array(
    z.object({ ...timing, tokens: count, p50: rate, p90: rate, p99: rate, rounds: z.array(rate).min(1) }),
  ),
  throughput: z.array(z.object({ ...speed, tokens: count, batchSize: count })),
  corpus: z.array(z.object({ ...speed, texts: count })),
  leftOut: z.array(
    z.object({
      role,
      what: z.enum(["latency", "throughput"]),
      tokens: count,
      batchSize: count.exactOptional(),
      reason: texts,
    }),
  ),
}) satisfies z.ZodType<BenchRecord>;

const cell = { batchSize: count, concurrency: count };

const servingSchema = z.object({
  kind: z.literal("serving"),
  ...common,
  settings: z.object({
    batchSizes: z.array(count),
    concurrency: z.array(count),
    repeats: count,
    budgetSeconds: rate,
    requests: count.optional(),
    patienceSeconds: rate,
  }),
  opening: z.object({ seconds: rate }),
  cells: z
    .array(
      z.object({
        ...cell,
        answered: count,
        failed: z.array(
          z.object({ kind: texts, count, example: texts, asksToWait: z.number().nonnegative().optional() }),
        ),
        p50: rate,
        p95: rate,
        p99: rate,
        requestsPerSecond: z.number().nonnegative(),
        textsPerSecond: z.number().nonnegative(),
        tokensPerSecond: z.number().nonnegative().nullable(),
        meanTokens: rate.nullable(),
        rounds: z.array(z.number().nonnegative()).min(1),
        clientBusy: share,
      }),
    )
    .min(1),
  leftOut: z.array(z.object({ ...cell, reason: texts })),
}) satisfies z.ZodType<ServingRecord>;

/** What a line holds: the speed of a model by itself, or of what answers requests. */
export type StoredBench = BenchRecord | ServingRecord;

export interface BenchLines {
  readonly records: readonly StoredBench[];
  /** Lines that hold no record, and why. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
}

/** Reads a line's record, or the reason why it holds none. */
function parseRecord(line: string): StoredBench | string {
  try {
    const json = parseJson(line, "bench");
    const parsed = (isRecord(json) && json["kind"] === "serving" ? servingSchema : recordSchema).safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `not a record of pramana bench: ${issue?.path.join(".") || "the whole"}: ${issue?.message}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads the records of a file's text; empty lines are passed over. */
export function parseBenchLines(text: string): BenchLines {
  const read = text
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : [{ line: i + 1, found: parseRecord(line) }]));
  return {
    records: read.flatMap(({ found }) => (typeof found === "string" ? [] : [found])),
    skipped: read.flatMap(({ line, found }) => (typeof found === "string" ? [{ line, reason: found }] : [])),
  };
}

/** Reads the text of a folder's file, empty where there is none. */
async function readOrEmpty(folder: string): Promise<string> {
  const file = join(folder, benchFile);
  try {
    return await readSmallFile(file, `bench: ${file}`, limits.bench);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    if (error instanceof InputError) throw error;
    throw new InputError(`bench: ${file} cannot be read: ${messageOf(error)}; delete it or make it readable`);
  }
}

/**
 * Reads the records in a folder of `resultFolder`; none where nothing was measured.
 * @throws InputError where the file cannot be read
 */
export const readBench = async (folder: string): Promise<BenchLines> => parseBenchLines(await readOrEmpty(folder));

/** Returns the folder of a model's revision in a list; an empty one where its name can be no folder's. */
function folderOf(resultsDir: string, { model, revision }: Pick<BenchRecord, "model" | "revision">): string[] {
  try {
    return [resultFolder(resultsDir, model, revision)];
  } catch {
    return [];
  }
}

export interface BenchReading {
  readonly records: readonly StoredBench[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Reads the records of some models in some folders of results. Lines are skipped that are damaged, or of another model or
 * revision than their folder's.
 *
 * @throws InputError where a file cannot be read
 */
export async function readBenches(
  resultsDirs: readonly string[],
  models: readonly Pick<BenchRecord, "model" | "revision">[],
): Promise<BenchReading> {
  const places = resultsDirs.flatMap((dir) =>
    models.flatMap((owner) => folderOf(dir, owner).map((folder) => ({ dir, folder, owner }))),
  );
  const readOne = async ({ dir, folder, owner }: (typeof places)[number]): Promise<BenchReading> => {
    const { records, skipped } = await readBench(folder);
    const file = join(folder, benchFile);
    // What has no description goes by its folder's name, which is not all of a server's.
    const isOwn = (record: StoredBench): boolean =>
      (record.model === owner.model && record.revision === owner.revision) || folderOf(dir, record)[0] === folder;
    const foreign = records.filter((record) => !isOwn(record));
    return {
      records: records.filter(isOwn),
      skipped: [
        ...skipped.map(({ line, reason }) => ({ file: `${file}, line ${line}`, reason })),
        ...foreign.map(({ model, revision }) => ({ file, reason: `it holds a record of ${model} at ${revision}` })),
      ],
    };
  };
  const read = await inBatches(places, readOne);
  return { records: read.flatMap(({ records }) => records), skipped: read.flatMap(({ skipped }) => skipped) };
}

/** Tells whether a record takes another's place: same kind, same hardware, same corpus. */
const replaces = (record: StoredBench, older: StoredBench): boolean =>
  "kind" in record === "kind" in older &&
  hardwareText(record) === hardwareText(older) &&
  corpusText(record.corpusTexts) === corpusText(older.corpusTexts);

/**
 * Puts a record into the file of a folder of `resultFolder`, in place of an older one of the same kind, hardware and corpus. All
 * other lines stay, also those that cannot be read. Returns the file's path.
 *
 * @throws InputError where the folder cannot be written to
 */
export async function writeBench(folder: string, record: StoredBench): Promise<string> {
  const kept = (await readOrEmpty(folder)).split("\n").filter((line) => {
    if (line.trim() === "") return false;
    const older = parseRecord(line);
    return typeof older === "string" || !replaces(record, older);
  });
  return replaceFile(folder, benchFile, `${[...kept, JSON.stringify(record)].join("\n")}\n`);
}
