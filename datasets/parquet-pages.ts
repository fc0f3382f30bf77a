import { parquetHeader } from "hyparquet/src/column.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { type Cursor, readVarint, skipStruct } from "./thrift.ts";

/** Facts about a column chunk that its pages are read by. */
export interface ChunkShape {
  /** Physical type, such as INT64. */
  readonly type: string | undefined;
  /** Bytes of a value of the type FIXED_LEN_BYTE_ARRAY. */
  readonly typeLength: number | undefined;
  /** Highest repetition and definition level. */
  readonly repetition: number;
  readonly definition: number;
  readonly packed: boolean;
  /** Numbers that one value counts as: others, and those in lists and objects, take more memory. */
  readonly weight: number;
}

/** Unpacks a page to the length that is announced for it. */
export type Unpack = (packed: Uint8Array, length: number) => Uint8Array;

/** What a file may still add up to; each page, and each text that comes out of it, takes its share. */
export interface Allowance {
  values: number;
  /** Bytes of unpacked pages, and of texts that share their starts. */
  bytes: number;
  /** Characters of texts, in all rows. */
  characters: number;
}

type Header = ReturnType<typeof parquetHeader>;
type V1 = NonNullable<Header["data_page_header"]>;
type V2 = NonNullable<Header["data_page_header_v2"]>;

/** Returns what a file of that size may add up to. */
export function allowanceOf(fileBytes: number): Allowance {
  const bytes = limits.unpackedText + limits.unpackedShare * fileBytes;
  return { values: limits.parquetValues + limits.parquetValueShare * fileBytes, bytes, characters: bytes };
}

/** Takes a share off an allowance. @throws Error where it is used up */
export function spend(out: Allowance, share: Partial<Allowance>): void {
  for (const key of Object.keys(share) as (keyof Allowance)[]) {
    out[key] -= share[key] ?? 0;
    if (out[key] < 0) throw new Error(`it holds more ${key} than a file of its size is taken to hold; ${seeLimits}`);
  }
}

function spendPage(out: Allowance, values: number, bytes: number): void {
  if (!(values >= 0)) throw new Error(`a page of ${values} values`);
  if (!(bytes >= 0 && bytes <= limits.parquetPage)) {
    throw new Error(
      `a page of ${bytes} bytes, at most ${sizeText(limits.parquetPage)} are unpacked; write it with smaller pages, ${seeLimits}`,
    );
  }
  spend(out, { values, bytes });
}

const bitsOf = (highest: number): number => 32 - Math.clz32(highest);
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Values that a writer's last run may reach beyond those of the page: 63 groups of eight at most. */
const surplus = 504;

/**
 * Passes over runs of `count` values of `width` bits and counts those that are `wanted`. Refuses a run that is longer
 * than the values that are left: the decoder would write it out whole.
 */
function countInRuns(at: Cursor, end: number, width: number, count: number, wanted: number): number {
  let seen = 0;
  let found = 0;
  while (seen < count && at.offset < end) {
    const head = readVarint(at);
    const isPacked = head % 2 === 1;
    const length = isPacked ? ((head - 1) / 2) * 8 : head / 2;
    if (length > count - seen + surplus) throw new Error(`a run of ${length} where ${count - seen} values are left`);
    const used = Math.min(length, count - seen);
    if (isPacked) {
      if (wanted >= 0) found += countPacked(at, end, width, used, wanted);
      at.offset += (length / 8) * width;
    } else {
      let value = 0;
      for (let byte = 0; byte < (width + 7) >> 3; byte++) value |= at.view.getUint8(at.offset++) << (8 * byte);
      if (value === wanted) found += used;
    }
    seen += used;
  }
  return found;
}

function countPacked({ view, offset }: Cursor, end: number, width: number, count: number, wanted: number): number {
  let found = 0;
  const last = Math.min(end, view.byteLength);
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      const place = i * width + bit;
      const byte = offset + (place >> 3);
      if (byte < last && view.getUint8(byte) & (1 << (place & 7))) value |= 1 << bit;
    }
    if (value === wanted) found++;
  }
  return found;
}

/** Counts the highest levels of a page of version 1, where the length of the runs in bytes comes first. */
function countLevels(at: Cursor, highest: number, count: number): number {
  if (highest === 0) return count;
  const length = at.view.getUint32(at.offset, true);
  at.offset += 4;
  const end = at.offset + length;
  if (end > at.view.byteLength) throw new Error(`levels of ${length} bytes in a page of ${at.view.byteLength}`);
  const found = countInRuns(at, end, bitsOf(highest), count, highest);
  at.offset = end;
  return found;
}

const mostMiniblocks = 4096;
const largestBlock = 2 ** 20;

/** Checks the head of delta-encoded numbers, and where `whole` every block: 64-bit numbers have no end of their own. */
function checkDelta(start: Cursor, count: number, whole: boolean): void {
  const at: Cursor = { ...start };
  const [block, miniblocks, total] = [readVarint(at), readVarint(at), readVarint(at)];
  if (!(miniblocks >= 1 && miniblocks <= mostMiniblocks && block <= largestBlock && block % miniblocks === 0)) {
    throw new Error(`delta-encoded blocks of ${block} values in ${miniblocks} parts`);
  }
  if (total < count) throw new Error(`${total} delta-encoded values where ${count} are announced`);
  readVarint(at);
  if (!whole) return;
  for (let n = 1; n < count; ) {
    readVarint(at);
    const widths = at.offset;
    at.offset += miniblocks;
    for (let i = 0; i < miniblocks && n < count; i++, n += block / miniblocks) {
      at.offset += ((block / miniblocks) * at.view.getUint8(widths + i)) / 8;
    }
    if (block === 0) throw new Error("delta-encoded blocks of no values");
  }
}

/** Checks the length of all texts where each repeats the start of the one before: they may grow to any size. */
function checkSharedStarts(out: Allowance, at: Cursor, count: number): void {
  const decode = (): Int32Array => {
    checkDelta(at, count, false);
    const lengths = new Int32Array(count);
    deltaBinaryUnpack(at, count, lengths);
    return lengths;
  };
  for (const lengths of [decode(), decode()]) {
    if (lengths.some((length) => length < 0)) throw new Error("a text of negative length");
    spend(out, { bytes: lengths.reduce((sum, length) => sum + length, 0) });
  }
}

/** Checks the `count` values of a page that are not null; the cursor stands at the first. */
function checkValues(out: Allowance, at: Cursor, encoding: string | undefined, count: number, shape: ChunkShape): void {
  if (count === 0) return;
  const left = at.view.byteLength - at.offset;
  switch (encoding) {
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY": {
      const width = at.view.getUint8(at.offset++);
      if (width > 32) throw new Error(`dictionary places of ${width} bits`);
      if (width > 0) countInRuns(at, at.view.byteLength, width, count, -1);
      return;
    }
    case "RLE":
      at.offset += 4;
      countInRuns(at, at.view.byteLength, 1, count, -1);
      return;
    case "DELTA_BINARY_PACKED":
      checkDelta(at, count, shape.type !== "INT32");
      return;
    case "DELTA_LENGTH_BYTE_ARRAY":
      checkDelta(at, count, false);
      return;
    case "DELTA_BYTE_ARRAY":
      checkSharedStarts(out, at, count);
      return;
    default: {
      // Each value has a place of its own where they are stored plain, or byte by byte.
      const bits =
        shape.type === "BOOLEAN" ? 1 : 8 * (shape.type === "FIXED_LEN_BYTE_ARRAY" ? (shape.typeLength ?? 1) : 4);
      if (!(bits > 0) || (count * bits) / 8 > left) throw new Error(`${count} values in a page of ${left} bytes`);
    }
  }
}

function checkDataPage(out: Allowance, page: Uint8Array, { num_values: count, encoding }: V1, shape: ChunkShape): void {
  const at: Cursor = { view: viewOf(page), offset: 0 };
  countLevels(at, shape.repetition, count);
  const present = countLevels(at, shape.definition, count);
  checkValues(out, at, encoding, present, shape);
}

function checkDataPageV2(
  out: Allowance,
  packed: Uint8Array,
  header: Header,
  v2: V2,
  shape: ChunkShape,
  unpack: Unpack,
): void {
  const { num_values: count, num_nulls: nulls, encoding } = v2;
  const [repetition, definition] = [v2.repetition_levels_byte_length, v2.definition_levels_byte_length];
  const values = repetition + definition;
  if (!(repetition >= 0 && definition >= 0 && values <= packed.length && values <= header.uncompressed_page_size)) {
    throw new Error(`levels of ${repetition} and ${definition} bytes in a page of ${packed.length}`);
  }
  if (!(nulls >= 0 && nulls <= count)) throw new Error(`${nulls} nulls among ${count} values`);
  const levels: Cursor = { view: viewOf(packed), offset: 0 };
  if (shape.repetition > 0) countInRuns(levels, repetition, bitsOf(shape.repetition), count, -1);
  levels.offset = repetition;
  if (shape.definition > 0) countInRuns(levels, values, bitsOf(shape.definition), count, -1);
  const rest = packed.subarray(values);
  const isPacked = v2.is_compressed !== false && shape.packed;
  const page = isPacked ? unpack(rest, header.uncompressed_page_size - values) : rest;
  checkValues(out, { view: viewOf(page), offset: 0 }, encoding, count - nulls, shape);
}

function checkPage(out: Allowance, packed: Uint8Array, header: Header, shape: ChunkShape, unpack: Unpack): void {
  const unpacked = (): Uint8Array => (shape.packed ? unpack(packed, header.uncompressed_page_size) : packed);
  if (header.data_page_header) checkDataPage(out, unpacked(), header.data_page_header, shape);
  else if (header.data_page_header_v2) checkDataPageV2(out, packed, header, header.data_page_header_v2, shape, unpack);
  else if (header.dictionary_page_header) {
    const at: Cursor = { view: viewOf(unpacked()), offset: 0 };
    checkValues(out, at, "PLAIN", header.dictionary_page_header.num_values, shape);
  }
}

/**
 * Walks the pages of a column chunk and checks every count and length in them against the bytes that are there, before
 * a decoder trusts them. Source of the layout: parquet-format 2.11, `Encodings.md` and `parquet.thrift`.
 *
 * @param out Values and bytes that the file's pages may still add up to; those of the chunk are taken off.
 * @throws Error that says what does not fit
 */
export function checkChunk(out: Allowance, chunk: Uint8Array, shape: ChunkShape, unpack: Unpack): void {
  const at: Cursor = { view: viewOf(chunk), offset: 0 };
  while (at.offset < chunk.length - 1) {
    const start = at.offset;
    skipStruct(at);
    const header = parquetHeader({ view: at.view, offset: start });
    const size = header.compressed_page_size;
    if (!(size >= 0 && size <= chunk.length - at.offset)) {
      throw new Error(`a page of ${size} packed bytes where ${chunk.length - at.offset} follow`);
    }
    const counts = [header.data_page_header, header.data_page_header_v2, header.dictionary_page_header];
    for (const one of counts) spendPage(out, shape.weight * (one?.num_values ?? 0), 0);
    spendPage(out, 0, header.uncompressed_page_size);
    checkPage(out, chunk.subarray(at.offset, at.offset + size), header, shape, unpack);
    at.offset += size;
  }
}
