/** A column of texts that are held as UTF-8 outside of JavaScript's heap, and decoded when they are asked for. */
export interface PackedTexts {
  readonly length: number;
  /** The very value that was put at a place, counted from 0; undefined beyond the end. */
  at(place: number): unknown;
  /** Places of values that are no texts, in rising order. */
  others(): Iterable<number>;
}

/** The values of one field, in the order of the rows. */
export type Column = readonly unknown[] | PackedTexts;

/** A column that is being filled from its beginning. */
export type OpenColumn = unknown[] | (PackedTexts & { push(value: unknown): void });

/** UTF-8 of texts one after the other, and where each begins and the last ends, [texts + 1]. */
interface Block {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

/** Texts of a block: enough for few allocations, and little that is not packed yet. */
const blockTexts = 1024;
/** Characters from which on a text is left as it is: few are so long, and a block of them would be too large. */
const longText = 2 ** 16;

/** Half of a surrogate pair without the other, which UTF-8 has no bytes for. */
const loneSurrogate = /\p{Surrogate}/u;

/** A column without values. */
export function openColumn(packed: boolean): OpenColumn {
  return packed ? openPacked() : [];
}

/** Whether a column is packed. */
export function isPacked(column: Column): column is PackedTexts {
  return "others" in column;
}

/** The values of all parts, one part after the other; packed where all parts are. */
export function joinColumns(parts: readonly Column[]): Column {
  return parts.every(isPacked) ? joinPacked(parts) : parts.flatMap(valuesOf);
}

/** All values of a column, unpacked. */
export function valuesOf(column: Column): readonly unknown[] {
  return isPacked(column) ? Array.from({ length: column.length }, (_, place) => column.at(place)) : column;
}

function isPackable(value: unknown): value is string {
  return typeof value === "string" && value.length < longText && !loneSurrogate.test(value);
}

function pack(texts: readonly string[]): Block {
  const starts = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) {
    starts[i + 1] = starts[i] + Buffer.byteLength(texts[i]);
  }
  const bytes = Buffer.allocUnsafeSlow(starts[texts.length]);
  for (let i = 0; i < texts.length; i++) bytes.write(texts[i], starts[i]);
  return { bytes, starts };
}

function openPacked(): Exclude<OpenColumn, unknown[]> {
  const blocks: Block[] = [];
  /** By place: what is not packed; an empty text stands for it among those that are. */
  const apart = new Map<number, unknown>();
  let latest: string[] = [];
  const count = (): number => blocks.length * blockTexts + latest.length;
  return {
    get length() {
      return count();
    },
    at(place) {
      if (apart.has(place)) return apart.get(place);
      const i = place % blockTexts;
      const block = blocks[(place - i) / blockTexts];
      if (block === undefined) return latest[place - blocks.length * blockTexts];
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
      for (const [place, value] of apart) if (typeof value !== "string") yield place;
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
    at(place) {
      const part = starts.findLastIndex((start) => start <= place);
      return parts[part]?.at(place - starts[part]);
    },
    *others() {
      for (const [i, part] of parts.entries()) for (const place of part.others()) yield place + starts[i];
    },
  };
}
