import { limits } from "./limits.ts";
import { shownJson } from "./shown.ts";

const words: readonly (readonly [string, unknown])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
/** What Python writes for numbers that JSON has no words for. */
const numberWords: readonly (readonly [string, number])[] = [
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];
/** What datasets makes of them where it reads a list of records: no value. */
const lostWords = numberWords.map(([word]) => [word, null] as const);

const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const whiteSpace = /[ \t\r\n]*/y;

/** Integers of sixteen digits may be beyond ±2^53. */
const longDigits = /\d{16}/;
/** A character beyond the first 65,536 is written as two halves, of which one may be lost. */
const escapedHalf = /\\u[dD][89a-fA-F]/;

/**
 * Parses one value of JSON as Python writes it: integers beyond ±2^53 stay exact, as bigints, wherever they are, and
 * NaN, Infinity and -Infinity are numbers, or null where `losesNaN`. Throws `SyntaxError`, also for half a character,
 * which datasets refuses on a line and loses in a list; of a key that comes twice the last counts.
 */
export function parseJsonValue(text: string, losesNaN = false): unknown {
  const value = parseAny(text, losesNaN);
  const half = escapedHalf.test(text) ? findHalf(value) : undefined;
  if (half === undefined) return value;
  throw new SyntaxError(`half a character (a surrogate without its other half) in the text ${shownJson(half, 40)}`);
}

/** Finds a text, or a key, that holds half a character. */
function findHalf(value: unknown): string | undefined {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const half = findHalf(key) ?? findHalf(inner);
    if (half !== undefined) return half;
  }
  return undefined;
}

function parseAny(text: string, losesNaN: boolean): unknown {
  if (longDigits.test(text)) return parseExactly(text, losesNaN);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/NaN|Infinity/.test(text)) return parseExactly(text, losesNaN);
    throw error;
  }
}

/** A text that is being parsed, and how far. */
interface Reading {
  readonly text: string;
  readonly words: readonly (readonly [string, unknown])[];
  at: number;
}

function parseExactly(text: string, losesNaN: boolean): unknown {
  const reading = { text, words: [...words, ...(losesNaN ? lostWords : numberWords)], at: 0 };
  const value = parseValue(reading, 0);
  skipWhite(reading);
  if (reading.at < text.length) throw unexpected(reading);
  return value;
}

function unexpected({ text, at }: Reading): SyntaxError {
  if (at >= text.length) return new SyntaxError("Unexpected end of JSON input");
  return new SyntaxError(`Unexpected ${JSON.stringify(text[at])} at position ${at}`);
}

function skipWhite(reading: Reading): void {
  whiteSpace.lastIndex = reading.at;
  whiteSpace.test(reading.text);
  reading.at = whiteSpace.lastIndex;
}

/** Passes a character behind white space; false where another one stands there. */
function take(reading: Reading, character: string): boolean {
  skipWhite(reading);
  if (reading.text[reading.at] !== character) return false;
  reading.at += 1;
  return true;
}

function parseValue(reading: Reading, depth: number): unknown {
  if (depth > limits.depth) throw new SyntaxError(`lists and objects more than ${limits.depth} deep`);
  if (take(reading, "{")) return parseRecord(reading, depth + 1);
  if (take(reading, "[")) return parseList(reading, depth + 1);
  if (reading.text[reading.at] === '"') return parseText(reading);
  const word = reading.words.find(([spelling]) => reading.text.startsWith(spelling, reading.at));
  if (word === undefined) return parseNumber(reading);
  reading.at += word[0].length;
  return word[1];
}

function parseText(reading: Reading): string {
  const { text, at } = reading;
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  reading.at = end + 1;
  return JSON.parse(text.slice(at, end + 1)) as string;
}

function parseList(reading: Reading, depth: number): unknown[] {
  const items: unknown[] = [];
  if (take(reading, "]")) return items;
  do items.push(parseValue(reading, depth));
  while (take(reading, ","));
  if (!take(reading, "]")) throw unexpected(reading);
  return items;
}

function parseRecord(reading: Reading, depth: number): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  if (take(reading, "}")) return {};
  do {
    skipWhite(reading);
    if (reading.text[reading.at] !== '"') throw unexpected(reading);
    const key = parseText(reading);
    if (!take(reading, ":")) throw unexpected(reading);
    entries.push([key, parseValue(reading, depth)]);
  } while (take(reading, ","));
  if (!take(reading, "}")) throw unexpected(reading);
  return Object.fromEntries(entries);
}

function parseNumber(reading: Reading): number | bigint {
  numberToken.lastIndex = reading.at;
  const token = numberToken.exec(reading.text);
  if (token === null) throw unexpected(reading);
  reading.at = numberToken.lastIndex;
  const value = Number(token[0]);
  const isWhole = token[1] === undefined && token[2] === undefined;
  return isWhole && !Number.isSafeInteger(value) ? BigInt(token[0]) : value;
}
