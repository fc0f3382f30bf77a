import { type FileHandle, open } from "node:fs/promises";
import { type ArrowSchema, readSchema } from "./arrow-schema.ts";
import { type BatchParts, openValues } from "./arrow-values.ts";
import { InputError } from "./errors.ts";
import { type FlatTable, integerAt, numberOf, rootTable, tableOf, vectorOf } from "./flatbuffers.ts";
import { limits, seeLimits } from "./limits.ts";
import { isPacked, type OpenColumn, openColumn } from "./packed-texts.ts";
import { readBytes, reasonOf } from "./parquet.ts";
import type { Columns, DataFile } from "./text-file.ts";

/** Content of an Arrow file. */
interface ArrowContent {
  /** Columns in the file's order. */
  readonly columns: Columns;
  /** Key-value metadata of the schema; the last value of a key counts. */
  readonly notes: ReadonlyMap<string, string>;
}

/** A message of Arrow's interprocess format: its kind, its description, and the bytes that it describes. */
interface Message {
  /** 1 for a schema, 2 for a dictionary, 3 for a batch of rows. */
  readonly kind: number;
  readonly header: FlatTable;
  readonly body: DataView;
  /** Place of the next message. */
  readonly end: number;
}

interface Source {
  readonly handle: FileHandle;
  readonly size: number;
}

/** What is left of the values and bytes of text that a file of this size may hold. */
interface Allowance {
  values: number;
  bytes: number;
}

const magic = "ARROW1";
const wayOut = "write it without compression";

/**
 * Reads an Arrow file, in the stream format, as `save_to_disk` of datasets writes it, or in the file format. Values are
 * those that `readParquet` gives for the same table; a column in a dictionary has its values, a map is a list of pairs.
 * One batch is in memory besides what is returned. Throws `InputError` naming file, place and reason. Source: Apache
 * Arrow, "Serialization and Interprocess Communication"; format/Message.fbs and File.fbs, fields by their numbers.
 *
 * @param pack Names of columns whose texts are held packed.
 */
export async function readArrow(file: DataFile, pack: readonly string[] = []): Promise<ArrowContent> {
  const handle = await open(file.path, "r");
  let place = "its start";
  try {
    const source = { handle, size: (await handle.stat()).size };
    const { schema, messages } = await openFile(source);
    const columns = new Map(schema.fields.map(({ name }) => [name, openColumn(pack.includes(name))]));
    const allowance = {
      values: limits.arrowValues + limits.arrowValueShare * source.size,
      bytes: limits.unpackedText + limits.unpackedShare * source.size,
    };
    const dictionaries = new Map<number, unknown[]>();
    let number = 1;
    place = `message ${number}`;
    for await (const message of messages) {
      if (message.kind === 2) addDictionary(message, schema, dictionaries, allowance);
      else if (message.kind === 3) addRows(message, schema, columns, dictionaries, allowance);
      else throw new Error(`a message of kind ${message.kind} among the rows`);
      place = `message ${++number}`;
    }
    return { columns: Object.fromEntries(columns), notes: schema.notes };
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file.name}: ${error.message}`);
    throw new InputError(`${file.name}: damaged arrow file, ${place}: ${reasonOf(error)}`);
  } finally {
    await handle.close();
  }
}

async function viewOf({ handle, size }: Source, start: number, end: number): Promise<DataView> {
  return new DataView(await readBytes(handle, size, start, end));
}

interface OpenFile {
  readonly schema: ArrowSchema;
  readonly messages: AsyncIterable<Message>;
}

async function openFile(source: Source): Promise<OpenFile> {
  const { size } = source;
  const start = Buffer.from((await viewOf(source, 0, Math.min(size, magic.length))).buffer).toString("latin1");
  if (start === magic) return openFileFormat(source);
  const length = size < 8 ? 0 : (await viewOf(source, 0, 4)).getInt32(0, true);
  // A text would begin with the length of a message that is longer than any file.
  if (length === 0 || length < -1 || length > size) throw new InputError(`not an arrow file (${size} bytes)`);
  const first = await messageAt(source, 0);
  if (first?.kind !== 1) throw new Error("it does not begin with a description of its columns");
  return { schema: readSchema(first.header), messages: messagesFrom(source, first.end) };
}

/** Reads the messages of a stream up to its end, which must be marked: without the mark it may be cut off. */
async function* messagesFrom(source: Source, start: number): AsyncGenerator<Message> {
  let at = start;
  for (;;) {
    if (at === source.size) throw new Error("the mark of its end is missing: it is cut off, or was not closed");
    const message = await messageAt(source, at);
    if (message === undefined) break;
    yield message;
    at = message.end;
  }
  const rest = source.size - at;
  if (rest !== 4 && rest !== 8) throw new Error(`${rest} bytes from the mark of its end on; expected one stream`);
}

/** Opens a file in the file format, whose end lists the places of its messages. */
async function openFileFormat(source: Source): Promise<OpenFile> {
  const { size } = source;
  const tail = size < 24 ? undefined : await viewOf(source, size - 10, size);
  if (tail === undefined || Buffer.from(tail.buffer, 4).toString("latin1") !== magic) {
    throw new InputError(`cut off: an arrow file that lacks its end (${size} bytes)`);
  }
  const length = tail.getInt32(0, true);
  const footer = rootTable(await viewOf(source, size - 10 - length, size - 10));
  const schema = tableOf(footer, 1);
  if (schema === undefined) throw new Error("a footer without columns");
  const blocks = [2, 3].flatMap((field) => blocksOf(footer, field));
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  if (bytes > size) throw new Error(`its messages take ${bytes} bytes, the file has ${size}`);
  async function* messages(): AsyncGenerator<Message> {
    for (const { at, kind } of blocks) {
      const message = await messageAt(source, at);
      if (message?.kind !== kind) throw new Error(`something else at byte ${at} than its footer says`);
      yield message;
    }
  }
  return { schema: readSchema(schema), messages: messages() };
}

function blocksOf(footer: FlatTable, field: number): { at: number; bytes: number; kind: number }[] {
  const { start, length } = vectorOf(footer, field, 24);
  return Array.from({ length }, (_, i) => {
    const block = start + 24 * i;
    const [head, body] = [integerAt(footer.view, block + 8, 4), integerAt(footer.view, block + 16, 8)];
    if (head < 8 || body < 0) throw new Error(`a message of ${head} and ${body} bytes`);
    return { at: integerAt(footer.view, block, 8), bytes: head + body, kind: field };
  });
}

/** Reads the message at a place; undefined for the mark of a stream's end. */
async function messageAt(source: Source, at: number): Promise<Message | undefined> {
  const head = await viewOf(source, at, Math.min(at + 8, source.size));
  // Before version 0.15 of Arrow, the length had no mark in front.
  const isMarked = head.getInt32(0, true) === -1;
  const length = head.getInt32(isMarked ? 4 : 0, true);
  if (length === 0) return undefined;
  const start = at + (isMarked ? 8 : 4);
  if (length < 0 || start + length > source.size) throw new Error(`a message of ${length} bytes at byte ${at}`);
  const table = rootTable(await viewOf(source, start, start + length));
  const header = tableOf(table, 2);
  if (header === undefined) throw new Error(`an empty message at byte ${at}`);
  if (numberOf(table, 0, 2) < 3) throw new InputError("it has a version of Arrow before 0.8, which is not read");
  const bytes = numberOf(table, 3, 8);
  const end = start + length + bytes;
  const body = await viewOf(source, start + length, end);
  return { kind: numberOf(table, 1, 1), header, body, end };
}

const codecs: readonly (string | undefined)[] = ["LZ4", "ZSTD"];

/** Opens the parts of a batch for `openValues`. */
function partsOf(
  batch: FlatTable,
  body: DataView,
  dictionaries: ReadonlyMap<number, readonly unknown[]>,
  allowance: Allowance,
): BatchParts & { readonly rows: number } {
  const compression = tableOf(batch, 3);
  if (compression !== undefined) {
    const codec = codecs[numberOf(compression, 0, 1)] ?? "an unknown codec";
    throw new InputError(`its values are compressed with ${codec}, which is not read; ${wayOut}`);
  }
  const { view } = batch;
  const [nodes, buffers, further] = [vectorOf(batch, 1, 16), vectorOf(batch, 2, 16), vectorOf(batch, 4, 8)];
  const next = { node: 0, buffer: 0, further: 0 };
  let unused = body.byteLength;
  const place = (list: { start: number; length: number }, key: keyof typeof next, bytes: number): number => {
    if (next[key] === list.length) throw new Error(`fewer parts than its columns have (${key})`);
    return list.start + bytes * next[key]++;
  };
  return {
    rows: numberOf(batch, 0, 8),
    node() {
      const at = place(nodes, "node", 16);
      const [length, nulls] = [integerAt(view, at, 8), integerAt(view, at + 8, 8)];
      if (length < 0) throw new Error(`a column of ${length} rows`);
      allowance.values -= length;
      if (allowance.values < 0) {
        throw new InputError(`it holds more values than a file of its size does (message of ${length}); ${seeLimits}`);
      }
      return { length, nulls };
    },
    buffer() {
      const at = place(buffers, "buffer", 16);
      const [start, length] = [integerAt(view, at, 8), integerAt(view, at + 8, 8)];
      unused -= length;
      // Buffers that share bytes would make much of little.
      if (start < 0 || length < 0 || unused < 0) throw new Error(`a part of ${length} bytes, more than there are`);
      return new DataView(body.buffer, body.byteOffset + start, length);
    },
    furtherBuffers: () => Math.min(integerAt(view, place(further, "further", 8), 8), buffers.length + 1),
    dictionary(id) {
      const values = dictionaries.get(id);
      if (values === undefined) throw new Error(`a dictionary that does not come before its use (${id})`);
      return values;
    },
    take(bytes) {
      allowance.bytes -= bytes;
      if (allowance.bytes < 0) throw new InputError(`its texts are longer than a file of its size holds; ${seeLimits}`);
    },
  };
}

function addRows(
  { header, body }: Message,
  { fields }: ArrowSchema,
  columns: ReadonlyMap<string, OpenColumn>,
  dictionaries: ReadonlyMap<number, readonly unknown[]>,
  allowance: Allowance,
): void {
  const parts = partsOf(header, body, dictionaries, allowance);
  for (const field of fields) {
    const values = openValues(field, parts);
    if (values.length !== parts.rows) {
      throw new Error(`column "${field.name}" has ${values.length} of ${parts.rows} rows`);
    }
    const column = columns.get(field.name) ?? [];
    const packs = isPacked(column);
    for (let row = 0; row < values.length; row++) {
      const value = values.at(row);
      // A text of a dictionary is packed as often as it is named.
      if (packs && typeof value === "string") parts.take(value.length);
      column.push(value);
    }
  }
}

/** Keeps the values of a dictionary, which replace those that it had or are put behind them. */
function addDictionary(
  { header, body }: Message,
  { fields }: ArrowSchema,
  dictionaries: Map<number, unknown[]>,
  allowance: Allowance,
): void {
  const id = numberOf(header, 0, 8);
  const batch = tableOf(header, 1);
  const field = allFields(fields).find(({ dictionary }) => dictionary?.id === id);
  if (batch === undefined || field === undefined) throw new Error(`a dictionary of no column (${id})`);
  const { name, type, children } = field;
  const values = openValues({ name, type, children }, partsOf(batch, body, dictionaries, allowance));
  const isMore = numberOf(header, 2, 1) !== 0;
  const kept = (isMore ? dictionaries.get(id) : undefined) ?? [];
  for (let row = 0; row < values.length; row++) kept.push(values.at(row));
  dictionaries.set(id, kept);
}

const allFields = (fields: ArrowSchema["fields"]): ArrowSchema["fields"] =>
  fields.flatMap((field) => [field, ...allFields(field.children)]);
