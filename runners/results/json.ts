import { checkDepth } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { plainText } from "../../datasets/shown.ts";

const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** Matches white space and one token of JSON; the sticky flag makes it match at `lastIndex` and nowhere else. */
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in its strings
  /[ \t\n\r]*([{}[\]:,]|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)|(?:true|false|null|NaN|-?Infinity)\b|$)/y;

interface Token {
  /** Empty at the end of the text, undefined where no token begins. */
  readonly text: string | undefined;
  readonly at: number;
  /** Position from which the next token is looked for. */
  readonly end: number;
}

/** A value and the position behind it. */
interface Read {
  readonly value: unknown;
  readonly next: number;
}

/** A text that is being read, and the depth of the list or object that is being read in it. */
interface Place {
  readonly text: string;
  readonly depth: number;
}

const shownCharacters = 120;
const cut = (text: string): string =>
  plainText(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);

class Damage extends Error {
  readonly at: number;
  constructor(found: Token, expected: string) {
    super(
      found.text === ""
        ? `the text ends, expected ${expected}`
        : `expected ${expected}${found.text === undefined ? "" : `, found ${cut(found.text)}`}`,
    );
    this.at = found.at;
  }
}

function readToken(text: string, at: number): Token {
  token.lastIndex = at;
  const match = token.exec(text);
  if (match === null) {
    const blank = /[^ \t\n\r]/g;
    blank.lastIndex = at;
    return { text: undefined, at: blank.exec(text)?.index ?? text.length, end: text.length };
  }
  const found = match[1];
  return { text: found, at: token.lastIndex - found.length, end: token.lastIndex };
}

/** Reads the token at a position, which must be one of `allowed`. */
function expectToken(text: string, at: number, allowed: readonly string[]): Token {
  const found = readToken(text, at);
  if (found.text === undefined || !allowed.includes(found.text)) throw new Damage(found, allowed.join(" or "));
  return found;
}

function readMembers({ text, depth }: Place, start: number): Read {
  const members: [string, unknown][] = [];
  let key = readToken(text, start);
  if (key.text === "}") return { value: {}, next: key.end };
  for (;;) {
    if (!key.text?.startsWith('"')) throw new Damage(key, "a key");
    const { value, next } = readValue({ text, depth }, expectToken(text, key.end, [":"]).end);
    members.push([JSON.parse(key.text) as string, value]);
    const after = expectToken(text, next, [",", "}"]);
    if (after.text === "}") return { value: Object.fromEntries(members), next: after.end };
    key = readToken(text, after.end);
  }
}

function readItems({ text, depth }: Place, start: number): Read {
  const items: unknown[] = [];
  const first = readToken(text, start);
  if (first.text === "]") return { value: items, next: first.end };
  for (let at = start; ; ) {
    const { value, next } = readValue({ text, depth }, at);
    items.push(value);
    const after = expectToken(text, next, [",", "]"]);
    if (after.text === "]") return { value: items, next: after.end };
    at = after.end;
  }
}

function readValue({ text, depth }: Place, start: number): Read {
  const found = readToken(text, start);
  const inner = { text, depth: depth + 1 };
  if (found.text === "{" || found.text === "[") {
    if (depth === limits.depth) throw new Damage(found, `nothing more than ${limits.depth} deep`);
    return found.text === "{" ? readMembers(inner, found.end) : readItems(inner, found.end);
  }
  if (found.text === undefined || /^[}\]:,]?$/.test(found.text)) throw new Damage(found, "a value");
  const value = Object.hasOwn(nonFinite, found.text) ? nonFinite[found.text] : JSON.parse(found.text);
  return { value, next: found.end };
}

function parseWithNonFinite(text: string, source: string): unknown {
  try {
    const { value, next } = readValue({ text, depth: 0 }, 0);
    const rest = readToken(text, next);
    if (rest.text !== "") throw new Damage(rest, "the end of the text");
    return value;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const before = text.slice(0, error.at).split("\n");
    const column = before[before.length - 1].length + 1;
    throw new InputError(
      `${source}: damaged JSON at line ${before.length}, column ${column}: ${error.message}; ` +
        "delete the file or make it again",
    );
  }
}

/**
 * Parses JSON as Python writes it: also with bare `NaN`, `Infinity` and `-Infinity`.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError naming the line and column of the damage; also for what lies too deep within each other.
 */
export function parseJson(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return parseWithNonFinite(text, source);
  }
  return checkDepth(value, source);
}

/** Characters of a piece, from which on it is handed over. */
const pieceLength = 2 ** 16;

/** Depth to which a value is taken apart; what lies deeper is small, such as the scores of one subset. */
const piecesDepth = 3;

/**
 * Yields the text of `JSON.stringify(value, null, indent)` piece by piece: that of 40,000 subsets is never a whole.
 *
 * @param indent Blanks; 0 for a text without any.
 * @param end Text behind it.
 */
export function* jsonPieces(value: object, indent: number, end = ""): Generator<string> {
  let piece = "";
  for (const part of partsOf(value, indent, piecesDepth, "")) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield piece + end;
}

/** @param margin Blanks before the line on which the value ends. */
function* partsOf(value: unknown, indent: number, depth: number, margin: string): Generator<string> {
  const isList = Array.isArray(value);
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const present = isList ? members : members.filter(([, member]) => member !== undefined);
  if (depth === 0 || present.length === 0) {
    yield (JSON.stringify(value, null, indent) ?? "null").replaceAll("\n", `\n${margin}`);
    return;
  }
  const inner = margin + " ".repeat(indent);
  const newLine = (blanks: string): string => (indent === 0 ? "" : `\n${blanks}`);
  yield isList ? "[" : "{";
  for (const [i, [key, member]] of present.entries()) {
    yield `${i === 0 ? "" : ","}${newLine(inner)}`;
    if (!isList) yield `${JSON.stringify(key)}:${indent === 0 ? "" : " "}`;
    yield* partsOf(member, indent, depth - 1, inner);
  }
  yield newLine(margin) + (isList ? "]" : "}");
}

/** Turns NaN and the infinities, which JSON has no words for, into null. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
