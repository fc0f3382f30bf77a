import { checkDepth, isRecord } from "./document.ts";
import { utf8Text } from "./encoding.ts";
import { limits, seeLimits, sizeText } from "./limits.ts";
import { type Allowance, spend } from "./parquet-pages.ts";

/** How the values of one file come out of its pages. */
export interface Decoding {
  /** What hyparquet asks for values of one type. */
  readonly parsers: {
    readonly stringFromBytes: (bytes: Uint8Array | undefined) => string | undefined;
    readonly jsonFromBytes: (bytes: Uint8Array | undefined) => unknown;
    readonly uuidFromBytes: (bytes: Uint8Array | undefined) => string | undefined;
    /** Shapes stay the bytes that they are stored as. */
    readonly geometryFromBytes: (bytes: Uint8Array | undefined) => Uint8Array | undefined;
    readonly geographyFromBytes: (bytes: Uint8Array | undefined) => Uint8Array | undefined;
  };
  /** Turns a value of hyparquet into one as the rest of the program knows it; lists and structs are changed in place. */
  readonly plain: (value: unknown) => unknown;
}

/** hyparquet's own decoder drops a byte order mark at the start of a text and replaces what is not UTF-8. */
function textFromBytes(bytes: Uint8Array): string {
  if (bytes.length > limits.text) {
    throw new Error(`a text of ${bytes.length} bytes, at most ${sizeText(limits.text)} are read; ${seeLimits}`);
  }
  return utf8Text(bytes);
}

/** Characters of JSON that may stand for a value: `[],` does for one. */
const jsonShare = 2;

/** hyparquet's own makes a text that takes ten times the memory: pieces of pieces. */
function uuidFromBytes(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return Buffer.from(digits, "latin1").toString("latin1");
}

const asBytes = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes;

/**
 * Returns how the values of a file are decoded.
 *
 * @param allowance What its values may still add up to. Texts count in each row, as one in a dictionary may stand in any
 *   number of them; so do the values within one of JSON.
 */
export function decodingOf(allowance: Allowance): Decoding {
  /** Values of JSON, which are plain as they are: many rows may share one. */
  const parsed = new WeakSet<object>();
  const jsonFromBytes = (bytes: Uint8Array | undefined): unknown => {
    if (bytes === undefined) return undefined;
    const text = textFromBytes(bytes);
    spend(allowance, { values: text.length / jsonShare });
    const value = checkDepth<unknown>(JSON.parse(text), "JSON");
    if (typeof value === "object" && value !== null) parsed.add(value);
    return value;
  };
  const plain = (value: unknown): unknown => {
    if (typeof value === "string") {
      spend(allowance, { characters: value.length });
      return value;
    }
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    if (value === undefined || value === null) return null;
    if (typeof value !== "object" || parsed.has(value)) return value;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = plain(value[i]);
    } else if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) {
      for (const key of Object.keys(value)) value[key] = plain(value[key]);
    }
    return value;
  };
  return {
    parsers: {
      stringFromBytes: (bytes) => bytes && textFromBytes(bytes),
      jsonFromBytes,
      uuidFromBytes: (bytes) => bytes && uuidFromBytes(bytes),
      geometryFromBytes: asBytes,
      geographyFromBytes: asBytes,
    },
    plain,
  };
}
