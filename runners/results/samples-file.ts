import { createHash } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ColumnSource } from "hyparquet-writer";
import { z } from "zod";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { valuesOf } from "../../datasets/packed-texts.ts";
import { readParquet } from "../../datasets/parquet.ts";
import { nameIn } from "./names.ts";
import type { TaskResult } from "./result.ts";
import type { ColumnValues } from "./sample-columns.ts";
import {
  type ColumnType,
  placesOf,
  type SampleTable,
  type SubsetSamples,
  samplesOf,
  tableOf,
  typeOf,
} from "./sample-table.ts";
import { replaceFile } from "./store.ts";

/** Version of the layout; docs/samples.md describes it. */
const formatVersion = "1";

/** Keys of a file's metadata. */
const keys = {
  version: "pramana.samples",
  task: "pramana.task",
  datasetRevision: "pramana.dataset_revision",
  kind: "pramana.kind",
  measure: "pramana.measure",
  subsets: "pramana.subsets",
  checksum: "pramana.sha256",
} as const;

/** All rows are one group: readers of parquet are quickest so, and a dictionary is then made once. */
const rowsPerGroup = 2 ** 24;
/** More documents than any task embeds; a list of that many numbers takes 256 MiB. */
const mostDocuments = 2 ** 26;

const count = z.number().int().nonnegative();
const subsetsSchema = z.array(
  z.object({
    split: z.string(),
    subset: z.string(),
    rows: count,
    documents: count.max(mostDocuments).optional(),
    levels: z.array(z.array(count)).optional(),
  }),
);
const kindSchema = z.enum(["mean", "correlation", "pairs", "labels", "sets", "regression", "agreement", "clusters"]);

/** Computes the SHA-256 of metadata and values, in hexadecimal. */
function checksumOf({ kind, measure, subsets, values }: SampleTable): string {
  const hash = createHash("sha256").update(JSON.stringify([kind, measure ?? null, subsets]));
  for (const [name, column] of Object.entries(values)) {
    hash.update(JSON.stringify(name));
    if (!ArrayBuffer.isView(column)) hash.update(JSON.stringify(column));
    else hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest("hex");
}

const parquetTypes = { float64: "DOUBLE", float32: "FLOAT", int32: "INT32", text: "STRING" } as const satisfies Record<
  ColumnType,
  ColumnSource["type"]
>;

function columnSource(name: string, data: ColumnValues): ColumnSource {
  const type = data instanceof Int32Array ? "INT32" : parquetTypes[typeOf(name) ?? "text"];
  const column = { name, data: data as ColumnSource["data"], type, nullable: false };
  if (name === "unit" || name === "document") return { ...column, encoding: "DELTA_BINARY_PACKED" };
  // A dictionary takes −0 for 0, and seldom finds a similarity twice.
  const split = type === "FLOAT" || (type === "DOUBLE" && data.some((value) => Object.is(value, -0)));
  return split ? { ...column, encoding: "BYTE_STREAM_SPLIT" } : column;
}

type SampledTask = Pick<TaskResult, "task" | "datasetRevision">;

async function encode(task: SampledTask, table: SampleTable): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const notes = [
    [keys.version, formatVersion],
    [keys.task, task.task],
    [keys.datasetRevision, task.datasetRevision],
    [keys.kind, table.kind],
    ...(table.measure === undefined ? [] : [[keys.measure, table.measure]]),
    [keys.subsets, JSON.stringify(table.subsets)],
    [keys.checksum, checksumOf(table)],
  ] as const;
  const columns = { ...placesOf(table), ...table.values };
  const buffer = parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, values]) => columnSource(name, values)),
    kvMetadata: notes.map(([key = "", value = ""]) => ({ key, value })),
    rowGroupSize: rowsPerGroup,
    statistics: false,
  });
  return new Uint8Array(buffer);
}

const samplesName = (folder: string, task: string): string =>
  nameIn(folder, task, "task", (name) => `${name}.samples.parquet`);

/** Returns the path of the samples of a task's result. */
export const samplesFile = (folder: string, task: string): string => join(folder, samplesName(folder, task));

/**
 * Writes `TASK.samples.parquet` into a folder of `resultFolder`, making the folder where it is missing and replacing an
 * older file in one step. Where there are no samples, an older file is removed, for it does not belong to the result that is
 * stored next. Returns the file's path; nothing where there are no samples.
 *
 * @throws InputError where the name or the folder does not allow it.
 */
export async function writeSamples(
  folder: string,
  task: SampledTask,
  samples: readonly SubsetSamples[],
): Promise<string | undefined> {
  const file = samplesFile(folder, task.task);
  if (samples.length > 0) {
    return replaceFile(folder, samplesName(folder, task.task), await encode(task, tableOf(samples)));
  }
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new InputError(`results: ${file} cannot be removed: ${messageOf(error)}; remove it yourself`);
  }
  return undefined;
}

/** Converts a column to the type that samples hold. Throws where its values are of another type. */
function typed(name: string, type: ColumnType, values: readonly unknown[]): ColumnValues {
  const wanted = type === "text" ? "string" : "number";
  const wrong = values.findIndex((value) => typeof value !== wanted);
  if (wrong >= 0) throw new Error(`column "${name}", row ${wrong + 1} holds no ${wanted}`);
  if (type === "text") return values as readonly string[];
  const numbers = values as readonly number[];
  if (type === "int32") return Int32Array.from(numbers);
  return type === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
}

function tableFrom(
  columns: Readonly<Record<string, readonly unknown[]>>,
  notes: ReadonlyMap<string, string>,
): SampleTable {
  const version = notes.get(keys.version);
  if (version === undefined) throw new Error("a parquet file that does not hold samples");
  if (version !== formatVersion) throw new Error(`samples of format ${version}, expected ${formatVersion}`);
  const subsets = subsetsSchema.parse(JSON.parse(notes.get(keys.subsets) ?? "null"));
  const values = Object.entries(columns).flatMap(([name, list]) => {
    const type = typeOf(name);
    return type === undefined ? [] : [[name, typed(name, type, list)] as const];
  });
  const rows = subsets.reduce((sum, one) => sum + one.rows, 0);
  const [name, list] = Object.entries(columns)[0] ?? ["", []];
  if (list.length !== rows) throw new Error(`column "${name}" has ${list.length} rows, ${rows} were announced`);
  const measure = notes.get(keys.measure);
  const kind = kindSchema.parse(notes.get(keys.kind));
  const table = { kind, ...(measure !== undefined && { measure }), subsets, values: Object.fromEntries(values) };
  if (checksumOf(table) !== notes.get(keys.checksum)) throw new Error("damaged: the checksum is another");
  // The checksum leaves out the columns that follow from the rest.
  for (const [name, expected] of Object.entries(placesOf(table))) {
    const found = columns[name];
    if (found?.length === expected.length && expected.every((value, i) => value === found[i])) continue;
    throw new Error(`damaged: the column "${name}" is not that of its rows`);
  }
  return table;
}

const reasonOf = (error: unknown): string =>
  error instanceof z.ZodError ? `damaged: ${error.issues[0]?.message ?? "its notes"}` : messageOf(error);

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)) !== undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw new InputError(`samples: ${file} cannot be read: ${messageOf(error)}`);
  }
}

/**
 * Reads a file of `writeSamples`; nothing where there is no file.
 *
 * @throws InputError for a file that is damaged, cut off, or something else.
 */
export async function readSamples(file: string): Promise<readonly SubsetSamples[] | undefined> {
  if (!(await exists(file))) return undefined;
  try {
    const { columns, notes } = await readParquet({ path: file, name: file });
    const values = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, valuesOf(column)]));
    return samplesOf(tableFrom(values, notes));
  } catch (error) {
    const reason = reasonOf(error).replace(`${file}: `, "");
    throw new InputError(`samples: ${file}: ${reason}; run the task again to store its samples, or remove the file`);
  }
}
