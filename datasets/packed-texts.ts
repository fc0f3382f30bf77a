/** Column of texts that are held as UTF-8 outside of JavaScript's heap, and decoded when they are asked for. */
export interface PackedTexts {
  readonly length: number;
  /** Returns the very value that was put into a row, counted from 0; undefined beyond the end. */
  at(row: number): unknown;
  /** Lists the rows of values that are no texts, in rising order. */
  others(): Iterable<number>;
}

/** Values of one field, in the order of the rows. */
export type Column = readonly unknown[] | PackedTexts;

/** Column to which values can be appended. */
export type OpenColumn = unknown[] | (PackedTexts & { push(value: unknown): void });

/** UTF-8 of texts one after the other, and where each begins and the last ends, [texts + 1]. */
interface Block {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

/** Texts of a block: so many that allocations are few, so few that little is not packed yet. */
const blockTexts = 1024;
/** Characters from which on a text is not packed: few are so long, and a block of them would be too large. */
const longText = 2 ** 16;

/** Matches half of a surrogate pair without the other, which UTF-8 has no bytes for. */
const loneSurrogate = /\p{Surrogate}/u;

/** Makes a column without values. */
export const openColumn = (packed: boolean): OpenColumn => (packed ? openPacked() : []);

export const isPacked = (column: Column): column is PackedTexts => "others" in column;

/** Joins the values of all parts, one part after the other; packed where all parts are. */
export function joinColumns(parts: readonly Column[]): Column {
  return parts.every(isPacked) ? joinPacked(parts) : parts.flatMap(valuesOf);
}

/** Picks values by row, in the order of `rows`; what is packed stays packed and is looked up where it lies. */
export function pickRows(column: Column, rows: ArrayLike<number>): Column {
  if (!isPacked(column)) return Array.from(rows, (row) => column[row]);
  return {
    length: rows.length,
    at: (row) => (row < rows.length ? column.at(rows[row]) : undefined),
    *others() {
      const odd = new Set(column.others());
      for (let row = 0; row < rows.length; row++) if (odd.has(rows[row])) yield row;
    },
  };
}

/** Returns all values of a column, unpacked. */
export function valuesOf(column: Column): readonly unknown[] {
  return isPacked(column) ? Array.from({ length: column.length }, (_, row) => column.at(row)) : column;
}

function isPackable(value: unknown): value is string {
  return typeof value === "string" && value.length < longText && !loneSurrogate.test(value);
}

function pack(texts: readonly string[]): Block {
  const starts = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) starts[i + 1] = starts[i] + Buffer.byteLength(texts[i]);
  const bytes = Buffer.allocUnsafeSlow(starts[texts.length]);
  for (let i = 0; i < texts.length; i++) bytes.write(texts[i], starts[i]);
  return { bytes, starts };
}

function openPacked(): Exclude<OpenColumn, unknown[]> {
  const blocks: Block[] = [];
  /** Values that are not packed, by row; an empty text stands for them among those that are. */
  const apart = new Map<number, unknown>();
  let latest: string[] = [];
  const count = (): number => blocks.length * blockTexts + latest.length;
  return {
    get length() {
      return count();
    },
    at(row) {
      if (apart.has(row)) return apart.get(row);
      const i = row % blockTexts;
      const block = blocks[(row - i) / blockTexts];
      if (block === undefined) return latest[row - blocks.length * blockTexts];
      return block.bytes.toString("utf8", block.starts[i], block.starts[i + 1]);
    },
    push(value) {
      const fits = isPackable(value);
      if (!fits) apart.set(count(), value);
      latest.push(fits ? value : "");
      if (latest.length < blockTexts) return;
      blocks.push(pack(latest));
      latest = [];
    },
    *others() {
      for (const [row, value] of apart) if (typeof value !== "string") yield row;
    },
  };
}

function joinPacked(parts: readonly PackedTexts[]): PackedTexts {
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.length;
  }
  return {
    length,
    at(row) {
      const part = starts.findLastIndex((start) => start <= row);
      return parts[part]?.at(row - starts[part]);
    },
    *others() {
      for (const [i, part] of parts.entries()) for (const row of part.others()) yield row + starts[i];
    },
  };
}
