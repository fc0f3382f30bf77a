import { InputError } from "../datasets/errors.ts";

const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** White space and one token of JSON; the sticky flag makes it match at `lastIndex` and nowhere else. */
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in its strings
  /[ \t\n\r]*([{}[\]:,]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)|(?:true|false|null|NaN|-?Infinity)\b|$)/y;

interface Token {
  /** Empty at the end of the text, undefined where no token begins. */
  readonly text: string | undefined;
  readonly at: number;
}

/** A value and the position of the token behind it. */
interface Read {
  readonly value: unknown;
  readonly next: number;
}

class Damage extends Error {
  readonly at: number;
  constructor(found: Token, expected: string) {
    super(
      found.text === ""
        ? `the text ends, expected ${expected}`
        : `expected ${expected}${found.text === undefined ? "" : `, found ${found.text}`}`,
    );
    this.at = found.at;
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (true) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) {
      const start = text.slice(at).search(/[^ \t\n\r]/);
      return [...tokens, { text: undefined, at: at + start }];
    }
    const found = match[1] as string;
    at = token.lastIndex;
    tokens.push({ text: found, at: at - found.length });
    if (found === "") return tokens;
  }
}

/** The text of token i, which must be one of `allowed`. */
function expectToken(tokens: readonly Token[], i: number, allowed: readonly string[]): string {
  const found = tokens[i] as Token;
  if (found.text === undefined || !allowed.includes(found.text)) throw new Damage(found, allowed.join(" or "));
  return found.text;
}

function readMembers(tokens: readonly Token[], start: number): Read {
  const members: [string, unknown][] = [];
  if (tokens[start]?.text === "}") return { value: {}, next: start + 1 };
  let i = start;
  while (true) {
    const key = tokens[i] as Token;
    if (!key.text?.startsWith('"')) throw new Damage(key, "a key");
    expectToken(tokens, i + 1, [":"]);
    const { value, next } = readValue(tokens, i + 2);
    members.push([JSON.parse(key.text) as string, value]);
    i = next + 1;
    if (expectToken(tokens, next, [",", "}"]) === "}") return { value: Object.fromEntries(members), next: i };
  }
}

function readItems(tokens: readonly Token[], start: number): Read {
  const items: unknown[] = [];
  if (tokens[start]?.text === "]") return { value: items, next: start + 1 };
  let i = start;
  while (true) {
    const { value, next } = readValue(tokens, i);
    items.push(value);
    i = next + 1;
    if (expectToken(tokens, next, [",", "]"]) === "]") return { value: items, next: i };
  }
}

function readValue(tokens: readonly Token[], i: number): Read {
  const found = tokens[i] as Token;
  const { text } = found;
  if (text === "{") return readMembers(tokens, i + 1);
  if (text === "[") return readItems(tokens, i + 1);
  if (text === undefined || /^[}\]:,]?$/.test(text)) throw new Damage(found, "a value");
  return { value: text in nonFinite ? nonFinite[text] : JSON.parse(text), next: i + 1 };
}

function parseWithNonFinite(text: string, source: string): unknown {
  try {
    const tokens = tokenize(text);
    const { value, next } = readValue(tokens, 0);
    const rest = tokens[next] as Token;
    if (rest.text !== "") throw new Damage(rest, "the end of the text");
    return value;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    const before = text.slice(0, error.at).split("\n");
    const column = (before[before.length - 1] as string).length + 1;
    throw new InputError(
      `${source}: damaged JSON at line ${before.length}, column ${column}: ${error.message}; ` +
        "delete the file or make it again",
    );
  }
}

/**
 * JSON as Python writes it: also with bare `NaN`, `Infinity` and `-Infinity`.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError naming the line and column of the damage.
 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseWithNonFinite(text, source);
  }
}
