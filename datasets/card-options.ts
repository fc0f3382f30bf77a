import { type Encoding, findEncoding } from "./encoding.ts";
import { InputError } from "./errors.ts";
import { shown, shownJson } from "./shown.ts";
import { didYouMean } from "./suggest.ts";

/** Keys of a config in a card, and their values as YAML 1.1 has them. */
export type CardValues = Readonly<Record<string, unknown>>;

/** Reads the value of a key; null stands for nothing, undefined for a value that is not followed. */
export interface ValueReader<Value> {
  /** The values that are followed, in words. */
  readonly expected: string;
  readonly read: (value: unknown) => Value | undefined;
}

export type ValueReaders = Readonly<Record<string, ValueReader<unknown>>>;
/** What the keys of a card say; a key that is absent says nothing. */
export type Given<Readers extends ValueReaders> = {
  readonly [Key in keyof Readers]?: Readers[Key] extends ValueReader<infer Value> ? Value : never;
};

/** Keys of a config that say nothing of how a file is read, or are read elsewhere. */
const otherKeys = ["config_name", "data_files", "data_dir", "default", "features", "description", "version"];

/**
 * Reads the keys of a config that say how its files are read. Throws `InputError` that begins with `place` for a key
 * that is not known and for a value that is not followed: either could change what is read.
 *
 * @param kind What a message calls the files.
 */
export function readCardValues<Readers extends ValueReaders>(
  readers: Readers,
  values: CardValues,
  { place, kind }: { readonly place: string; readonly kind: string },
): Given<Readers> {
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (otherKeys.includes(key)) continue;
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (reader === undefined) {
      const known = Object.keys(readers);
      throw new InputError(
        `${place}: "${shown(key)}" is no option of ${kind}${didYouMean(key, known)}; its options are ${known.join(", ") || "none"}`,
      );
    }
    const read = reader.read(value);
    if (read === undefined) {
      throw new InputError(`${place}: ${key} is ${shownJson(value, 80)}; expected ${reader.expected}`);
    }
    given[key] = read;
  }
  return given as Given<Readers>;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const reader = <Value>(expected: string, fits: (value: unknown) => value is Value): ValueReader<Value> => ({
  expected,
  read: (value) => (fits(value) ? value : undefined),
});

/** Allows nothing (`null`) besides. */
export const orNothing = <Value>({ expected, read }: ValueReader<Value>): ValueReader<Value | null> => ({
  expected: `${expected}, or nothing`,
  read: (value) => (value === null ? null : read(value)),
});

export const anyText = reader("a text", isText);
export const truth = reader("true or false", (value): value is boolean => typeof value === "boolean");
export const countFrom = (least: number): ValueReader<number> =>
  reader(`a whole number from ${least} on`, (value): value is number => isCount(value) && value >= least);
export const oneOf = <Value>(...values: readonly Value[]): ValueReader<Value> =>
  reader(values.map((value) => JSON.stringify(value)).join(" or "), (value): value is Value =>
    values.includes(value as Value),
  );
/** A key that changes nothing of what is read. */
export const noEffect: ValueReader<null> = { expected: "anything", read: () => null };

export const asciiCharacter = reader(
  "one character of ASCII",
  (value): value is string => isText(value) && /^[^\r\n\u0080-\uffff]$/.test(value),
);
/** A tabulator may be written as a backslash and a t. */
export const separator: ValueReader<string> = {
  expected: asciiCharacter.expected,
  read: (value) => (value === "\\t" ? "\t" : asciiCharacter.read(value)),
};
export const lines = reader(
  "a number of lines, or a list of lines from 0 on",
  (value): value is number | number[] => isCount(value) || (Array.isArray(value) && value.every(isCount)),
);
export const textList = reader(
  "a list of texts",
  (value): value is string[] => Array.isArray(value) && value.every(isText),
);

/** Names of columns; numbers are taken for texts. */
export const columnList: ValueReader<readonly string[]> = {
  expected: "a list of names that differ",
  read(value) {
    if (!Array.isArray(value) || !value.every((name) => isText(name) || isCount(name))) return undefined;
    const names = value.map(String);
    return names.length > 0 && new Set(names).size === names.length ? names : undefined;
  },
};

/** Texts and numbers, of which one may stand for itself. */
export const textsAndNumbers: ValueReader<readonly (string | number)[]> = {
  expected: "a text, a number, or a list of them",
  read(value) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.every((one): one is string | number => isText(one) || typeof one === "number") ? values : undefined;
  },
};

export const encodingName: ValueReader<Encoding> = {
  expected: "a name of UTF-8, UTF-16, ASCII, ISO 8859, Windows 125x, KOI8, GBK or EUC-KR",
  read: (value) => (isText(value) ? findEncoding(value) : undefined),
};
