import { type FileHandle, open } from "node:fs/promises";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from "hyparquet/src/schema.js";
import { compressors } from "hyparquet-compressors";
import { codeOf, InputError, messageOf } from "./errors.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { type OpenColumn, openColumn } from "./packed-texts.ts";
import { type Allowance, allowanceOf, checkChunk, type Unpack } from "./parquet-pages.ts";
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
    const names = parquetSchema(metadata).children.map((child) => child.element.name);
    const columns = new Map(names.map((name) => [name, openColumn(pack.includes(name))]));
    const allowance = allowanceOf(buffer.byteLength);
    let rowStart = 0;
    for (const [group, rowGroup] of metadata.row_groups.entries()) {
      const rowEnd = rowStart + Number(rowGroup.num_rows);
      const pages = keepPages();
      const read = async (): Promise<void> => {
        await checkRowGroup(allowance, buffer, metadata, rowGroup, pages.check);
        await appendRows(buffer, metadata, rowStart, rowEnd, columns, pages.read);
      };
      await read().catch((error: unknown) => {
        const place = `row group ${group + 1} of ${metadata.row_groups.length}`;
        throw new InputError(`${file.name}: damaged parquet file, ${place}: ${reasonOf(error)}`);
      });
      rowStart = rowEnd;
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
  if (schema.length > limits.columns) throw new Error(`${schema.length} columns, at most ${limits.columns} are read`);
  const children = schema.reduce((sum, { num_children: count = 0 }) => sum + Math.max(0, count), 0);
  if (children !== schema.length - 1) throw new Error(`${schema.length} columns with ${children} places for them`);
  const chunks = groups.flatMap((group) => group.columns);
  const packed = chunks.reduce(
    (sum, { meta_data: chunk }) => sum + Math.max(0, Number(chunk?.total_compressed_size ?? 0)),
    0,
  );
  if (packed > fileBytes) throw new Error(`its columns take ${packed} bytes, the file has ${fileBytes}`);
}

type RowGroup = FileMetaData["row_groups"][number];

/** Checks the pages of a row group, each of which is unpacked for it and kept for the decoder. */
async function checkRowGroup(
  out: Allowance,
  { slice }: AsyncBuffer,
  metadata: FileMetaData,
  { columns }: RowGroup,
  unpackers: Readonly<Record<string, Unpack>>,
): Promise<void> {
  const tree = parquetSchema(metadata);
  for (const { meta_data: chunk, file_path: elsewhere } of columns) {
    if (chunk === undefined || elsewhere) throw new Error("a column that lies in another file");
    const path = getTreePath(tree, chunk.path_in_schema);
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const bytes = new Uint8Array(await slice(start, start + Number(chunk.total_compressed_size)));
    const { type, type_length: typeLength } = path[path.length - 1]?.element ?? {};
    const isPacked = chunk.codec !== "UNCOMPRESSED";
    const unpack = unpackers[chunk.codec];
    if (isPacked && unpack === undefined) throw new Error(`the unknown codec ${chunk.codec}`);
    const levels = { repetition: getMaxRepetitionLevel(path), definition: getMaxDefinitionLevel(path) };
    checkChunk(out, bytes, { type, typeLength, packed: isPacked, ...levels }, unpack ?? ((page) => page));
  }
}

async function isMagic(buffer: AsyncBuffer, start: number): Promise<boolean> {
  return Buffer.from(await buffer.slice(start, start + 4)).toString("latin1") === "PAR1";
}

async function appendRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
  columns: ReadonlyMap<string, OpenColumn>,
  unpackers: Readonly<Record<string, Unpack>>,
): Promise<void> {
  const chunks: { name: string; data: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file,
    metadata,
    rowStart,
    rowEnd,
    compressors: unpackers,
    utf8: false,
    parsers: { stringFromBytes: textFromBytes },
    onChunk: ({ columnName, columnData }) => chunks.push({ name: columnName, data: columnData }),
  });
  for (const { name, data } of chunks) {
    const column = columns.get(name);
    for (let i = 0; i < data.length; i++) column?.push(plain(data[i]));
  }
  for (const [name, column] of columns) {
    if (column.length !== rowEnd) {
      throw new Error(`column "${name}" has ${column.length - rowStart} of ${rowEnd - rowStart} rows`);
    }
  }
}

/** hyparquet's own decoder drops a byte order mark at the start of a text and replaces what is not UTF-8. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const textFromBytes = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);

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

/** Turns a value of hyparquet, lists and structs included, into one as the rest of the program knows it. */
function plain(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}
