import { type FileHandle, open } from "node:fs/promises";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { InputError, messageOf } from "./errors.ts";
import type { Columns, DataFile } from "./text-file.ts";

/** Largest page that is unpacked, in bytes; writers make pages of about 1 MiB. */
const largestPage = 2 ** 30;

/**
 * Columns of a parquet file, in the file's order. Texts are strings, lists are arrays, structs are objects, a missing
 * value is null; 64-bit integers are numbers where exact and bigints elsewhere; bytes that are not marked as text are
 * Uint8Arrays. One row group is in memory besides what is returned. Throws `InputError` naming file, place and reason.
 */
export async function readParquet(file: DataFile): Promise<Columns> {
  return (await readParquetFile(file)).columns;
}

/** What a parquet file holds. */
export interface ParquetContent {
  readonly columns: Columns;
  /** What its writer noted, by key; the last note of a key counts. */
  readonly notes: ReadonlyMap<string, string>;
}

/** As `readParquet`, with the key-value metadata of the file. */
export async function readParquetFile(file: DataFile): Promise<ParquetContent> {
  const handle = await open(file.path, "r");
  try {
    const buffer = await fileBuffer(handle);
    const metadata = await readMetadata(buffer, file);
    const names = parquetSchema(metadata).children.map((child) => child.element.name);
    const columns = new Map<string, unknown[]>(names.map((name) => [name, []]));
    let rowStart = 0;
    for (const [group, { num_rows }] of metadata.row_groups.entries()) {
      const rowEnd = rowStart + Number(num_rows);
      await appendRows(buffer, metadata, rowStart, rowEnd, columns).catch((error: unknown) => {
        const place = `row group ${group + 1} of ${metadata.row_groups.length}`;
        throw new InputError(`${file.name}: damaged parquet file, ${place}: ${messageOf(error)}`);
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

async function readBytes(handle: FileHandle, size: number, start: number, end: number): Promise<ArrayBuffer> {
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
  const isWhole =
    buffer.byteLength >= 12 && (await isMagic(buffer, 0)) && (await isMagic(buffer, buffer.byteLength - 4));
  if (!isWhole) {
    const started = buffer.byteLength >= 4 && (await isMagic(buffer, 0));
    throw new InputError(
      `${file.name}: ${started ? "cut off: a parquet file that lacks its end" : "not a parquet file"} (${buffer.byteLength} bytes)`,
    );
  }
  try {
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
    if (rows !== Number(metadata.num_rows) || !(rows >= 0 && rows < 2 ** 32 - 1)) {
      throw new Error(`it announces ${metadata.num_rows} rows, its row groups ${rows}`);
    }
    return metadata;
  } catch (error) {
    throw new InputError(`${file.name}: damaged parquet file, footer: ${messageOf(error)}`);
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
  columns: ReadonlyMap<string, unknown[]>,
): Promise<void> {
  const chunks: { name: string; data: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file,
    metadata,
    rowStart,
    rowEnd,
    compressors: boundedCompressors,
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

const boundedCompressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number): Uint8Array => {
      if (!(length >= 0 && length <= largestPage)) throw new Error(`a page of ${length} bytes`);
      return decompress(input, length);
    },
  ]),
);

/** Values as the rest of the program knows them, through lists and structs. */
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
