import { type FileHandle, open } from "node:fs/promises";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from "hyparquet/src/schema.js";
import { compressors } from "hyparquet-compressors";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { type OpenColumn, openColumn } from "./packed-texts.ts";
import { type Allowance, allowanceOf, checkChunk, type Unpack } from "./parquet-pages.ts";
import { type Decoding, decodingOf } from "./parquet-values.ts";
import { shown } from "./shown.ts";
import type { Columns, DataFile } from "./text-file.ts";
import { skipStruct } from "./thrift.ts";
import { boundedUnpackers } from "./unpack.ts";

/** Content of a parquet file. */
interface ParquetContent {
  /** Columns in the file's order. */
  readonly columns: Columns;
  /** Key-value metadata; the last value of a key counts. */
  readonly notes: ReadonlyMap<string, string>;
}

/**
 * Reads a parquet file. Texts are strings, lists are arrays, structs are objects, a missing value is null; 64-bit
 * integers are numbers where exact and bigints elsewhere; bytes that are not marked as text are Uint8Arrays. One row
 * group is in memory besides what is returned. Throws `InputError` naming file, place and reason.
 *
 * @param pack Names of columns whose texts are held packed.
 */
export async function readParquet(file: DataFile, pack: readonly string[] = []): Promise<ParquetContent> {
  const handle = await open(file.path, "r");
  try {
    const buffer = await fileBuffer(handle);
    const metadata = await readMetadata(buffer, file);
    const fields = fieldsOf(metadata);
    const columns = new Map(Array.from(fields.keys(), (name) => [name, openColumn(pack.includes(name))]));
    const allowance = allowanceOf(buffer.byteLength);
    const decoding = decodingOf(allowance);
    for (const [group, rowGroup] of metadata.row_groups.entries()) {
      const read = async (name: string, column: OpenColumn): Promise<void> => {
        const chunks = rowGroup.columns.filter(({ meta_data: chunk }) => chunk?.path_in_schema[0] === name);
        const row_groups = [{ ...rowGroup, columns: chunks }];
        const alone: FileMetaData = { ...metadata, schema: fields.get(name) ?? [], row_groups };
        const pages = keepPages();
        const before = column.length;
        await checkColumn(allowance, buffer, alone, pages.check);
        await appendRows(buffer, alone, column, pages.read, decoding);
        if (column.length - before !== Number(rowGroup.num_rows)) {
          throw new Error(`column "${name}" has ${column.length - before} of ${rowGroup.num_rows} rows`);
        }
      };
      for (const [name, column] of columns) {
        await read(name, column).catch((error: unknown) => {
          const place = `row group ${group + 1} of ${metadata.row_groups.length}`;
          throw new InputError(`${file.name}: damaged parquet file, ${place}: ${reasonOf(error)}`);
        });
      }
    }
    const notes = (metadata.key_value_metadata ?? []).map(({ key, value = "" }) => [key, value] as const);
    return { columns: Object.fromEntries(columns), notes: new Map(notes) };
  } finally {
    await handle.close();
  }
}

async function fileBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = readBytes(handle, size, start, end);
      // hyparquet asks ahead, and may throw for another reason before it waits for the answer.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}

/** Reads bytes of an open file of a size. Throws for those that are not there. */
export async function readBytes(handle: FileHandle, size: number, start: number, end: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new Error(`bytes ${start} to ${end} were asked for, the file has ${size}`);
  }
  const bytes = new Uint8Array(end - start);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new Error("the file became shorter while it was read");
    done += bytesRead;
  }
  return bytes.buffer;
}

async function readMetadata(buffer: AsyncBuffer, file: DataFile): Promise<FileMetaData> {
  const { byteLength } = buffer;
  const isStarted = byteLength >= 4 && (await isMagic(buffer, 0));
  if (!isStarted || byteLength < 12 || !(await isMagic(buffer, byteLength - 4))) {
    throw new InputError(
      `${file.name}: ${isStarted ? "cut off: a parquet file that lacks its end" : "not a parquet file"} (${byteLength} bytes)`,
    );
  }
  try {
    await checkFooter(buffer);
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    checkMetadata(metadata, byteLength);
    return metadata;
  } catch (error) {
    throw new InputError(`${file.name}: damaged parquet file, footer: ${reasonOf(error)}`);
  }
}

/** Checks that the footer is of a size to be read, and that no length in it is beyond the bytes that are there. */
async function checkFooter({ byteLength, slice }: AsyncBuffer): Promise<void> {
  const length = new DataView(await slice(byteLength - 8, byteLength)).getUint32(0, true);
  if (length > byteLength - 12) throw new Error(`it announces ${length} bytes, the file has ${byteLength}`);
  if (length > limits.parquetFooter) {
    throw new Error(
      `it has ${length} bytes, at most ${sizeText(limits.parquetFooter)} are read; write fewer row groups, ${seeLimits}`,
    );
  }
  skipStruct({ view: new DataView(await slice(byteLength - 8 - length, byteLength - 8)), offset: 0 });
}

function checkMetadata({ schema, row_groups: groups, num_rows }: FileMetaData, fileBytes: number): void {
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const most = Math.min(allowanceOf(fileBytes).values, 2 ** 32 - 2);
  if (rows !== Number(num_rows) || !groups.every((group) => group.num_rows >= 0n)) {
    throw new Error(`it announces ${num_rows} rows, its row groups ${rows}`);
  }
  if (rows > most) {
    throw new Error(`it announces ${rows} rows, a file of ${fileBytes} bytes holds at most ${most}; ${seeLimits}`);
  }
  for (const element of schema) checkElement(element);
  if (schema.length > limits.columns) throw new Error(`${schema.length} columns, at most ${limits.columns} are read`);
  const children = schema.reduce((sum, { num_children: count = 0 }) => sum + Math.max(0, count), 0);
  if (children !== schema.length - 1) throw new Error(`${schema.length} columns with ${children} places for them`);
  if (foldsOf(schema) > limits.parquetFolds) {
    throw new Error(`columns that lie more than ${limits.parquetFolds} deep within each other; ${seeLimits}`);
  }
  const chunks = groups.flatMap((group) => group.columns);
  if (chunks.some(({ meta_data: chunk, file_path: elsewhere }) => chunk === undefined || elsewhere)) {
    throw new Error("a column that lies in another file");
  }
  const packed = chunks.reduce(
    (sum, { meta_data: chunk }) => sum + Math.max(0, Number(chunk?.total_compressed_size ?? 0)),
    0,
  );
  if (packed > fileBytes) throw new Error(`its columns take ${packed} bytes, the file has ${fileBytes}`);
}

type Element = FileMetaData["schema"][number];

/** Refuses types that the decoder would take any time or memory for, or whose values it would change. */
function checkElement({ name, type, type_length: length = 0, converted_type, logical_type }: Element): void {
  const isFixed = type === "FIXED_LEN_BYTE_ARRAY";
  const refused =
    logical_type?.type === "VARIANT" ||
    (converted_type === "DECIMAL" && (type === "BYTE_ARRAY" || (isFixed && length > longestDecimal))) ||
    (logical_type?.type === "UUID" && !(isFixed && length === uuidBytes));
  if (!refused) return;
  const kind = logical_type?.type ?? converted_type;
  throw new Error(`column "${shown(name)}" is a ${kind} as ${type ?? "a group"}, which is not read; store it as text`);
}

const longestDecimal = 32;
const uuidBytes = 16;

/** Returns how deep the columns of a schema, which lists each before those in it, lie within each other. */
function foldsOf(schema: readonly Element[]): number {
  const left: number[] = [];
  let deepest = 0;
  for (const { num_children: count = 0 } of schema) {
    while (left.length > 0 && left[left.length - 1] === 0) left.pop();
    if (left.length > 0) left[left.length - 1]--;
    deepest = Math.max(deepest, left.length);
    if (count > 0) left.push(count);
  }
  return deepest;
}

/** Returns, for each column of the table, the schema that a file of this column alone would have. */
function fieldsOf(metadata: FileMetaData): ReadonlyMap<string, Element[]> {
  const { schema } = metadata;
  let next = 1;
  return new Map(
    parquetSchema(metadata).children.map(({ element, count }) => {
      const start = next;
      next += count;
      return [element.name, [{ ...schema[0], num_children: 1 }, ...schema.slice(start, next)]];
    }),
  );
}

/**
 * Returns how many numbers one value counts as. Measured: a number takes some 40 bytes while it is read, a text or a date
 * 100, a struct of two numbers 800; each fold is built from the one within it.
 *
 * @param folds Columns that this one lies in: two for one of lists.
 */
function weightOf({ type, converted_type, logical_type }: Element, folds: number): number {
  if (folds > 0) return 2 * folds * Math.max(2, folds);
  const kind = logical_type?.type ?? converted_type ?? "INTEGER";
  return type !== undefined && numbers.includes(type) && /^U?INT/.test(kind) ? 1 : 2;
}

const numbers = ["BOOLEAN", "INT32", "INT64", "FLOAT", "DOUBLE"];

/** Checks the pages of the columns in a row group, each of which is unpacked for it and kept for the decoder. */
async function checkColumn(
  out: Allowance,
  { slice }: AsyncBuffer,
  metadata: FileMetaData,
  unpackers: Readonly<Record<string, Unpack>>,
): Promise<void> {
  const tree = parquetSchema(metadata);
  const chunks = metadata.row_groups.flatMap(({ columns }) => columns);
  for (const { meta_data: chunk } of chunks) {
    if (chunk === undefined) continue;
    const path = getTreePath(tree, chunk.path_in_schema);
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const bytes = new Uint8Array(await slice(start, start + Number(chunk.total_compressed_size)));
    const { element } = path[path.length - 1];
    const { type, type_length: typeLength } = element;
    const isPacked = chunk.codec !== "UNCOMPRESSED";
    const unpack = unpackers[chunk.codec];
    if (isPacked && unpack === undefined) throw new Error(`the unknown codec ${chunk.codec}`);
    const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) };
    const shape = { type, typeLength, packed: isPacked, ...levels, weight: weightOf(element, path.length - 2) };
    checkChunk(out, bytes, shape, unpack ?? ((page) => page));
  }
}

async function isMagic(buffer: AsyncBuffer, start: number): Promise<boolean> {
  return Buffer.from(await buffer.slice(start, start + 4)).toString("latin1") === "PAR1";
}

/** Appends the rows of the one column and row group that the metadata lists. */
async function appendRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  column: OpenColumn,
  unpackers: Readonly<Record<string, Unpack>>,
  { parsers, plain }: Decoding,
): Promise<void> {
  const chunks: ArrayLike<unknown>[] = [];
  await parquetRead({
    file,
    metadata,
    compressors: unpackers,
    utf8: false,
    parsers,
    onChunk: ({ columnData }) => chunks.push(columnData),
  });
  for (const data of chunks) for (let i = 0; i < data.length; i++) column.push(plain(data[i]));
}

const bounded = boundedUnpackers(compressors);

/** Returns the reason of a failure; those of a decoder say nothing to people, and are put into other words. */
export function reasonOf(error: unknown): string {
  const isStumble = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  const isDecoding = codeOf(error) === "ERR_ENCODING_INVALID_ENCODED_DATA";
  if (isDecoding) return "a text in it is not UTF-8";
  return isStumble ? "its parts do not fit together" : messageOf(error);
}

/** Unpackers of the pages of one row group: each page is unpacked once for the check, and handed out to the decoder. */
interface PageUnpackers {
  /** Unpack a page and keep it. */
  readonly check: Readonly<Record<string, Unpack>>;
  /** Hand out a page that was kept, and forget it; unpack any other. */
  readonly read: Readonly<Record<string, Unpack>>;
}

/** Number of kept pages of one packed length that are compared; columns are read in the order of the check. */
const nearby = 8;

function keepPages(): PageUnpackers {
  const kept = new Map<number, { packed: Uint8Array; page: Uint8Array }[]>();
  const withEach = (make: (unpack: Unpack) => Unpack): Record<string, Unpack> =>
    Object.fromEntries(Object.entries(bounded).map(([codec, unpack]) => [codec, make(unpack)]));
  return {
    check: withEach((unpack) => (packed, length) => {
      const page = unpack(packed, length);
      const pages = kept.get(packed.length);
      if (pages) pages.push({ packed, page });
      else kept.set(packed.length, [{ packed, page }]);
      return page;
    }),
    read: withEach((unpack) => (packed, length) => {
      const pages = kept.get(packed.length) ?? [];
      const isIt = ({ page, packed: other }: (typeof pages)[number]): boolean =>
        page.length === length && Buffer.compare(other, packed) === 0;
      const place = pages.slice(0, nearby).findIndex(isIt);
      return place < 0 ? unpack(packed, length) : pages.splice(place, 1)[0].page;
    }),
  };
}
