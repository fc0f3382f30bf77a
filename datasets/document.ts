import { InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";

/** Tells whether the lists and objects of a value lie deeper within each other than the limit. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0 && depth < limits.depth; depth++) {
    const inner: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const item of Array.isArray(one) ? one : Object.values(one)) {
        if (typeof item === "object" && item !== null) inner.push(item);
      }
    }
    level = inner;
  }
  return level.length > 0;
}

/**
 * Returns a parsed value whose lists and objects lie no deeper within each other than any real file has them: a
 * recursive reader of a deeper one would run out of stack.
 *
 * @param subject What a message calls the value.
 * @throws InputError for a deeper one
 */
export function checkDepth<Value>(value: Value, subject: string): Value {
  if (isTooDeep(value)) throw tooDeep(subject);
  return value;
}

const tooDeep = (subject: string): InputError =>
  new InputError(
    `${subject}: its lists and objects lie more than ${limits.depth} deep within each other; ${seeLimits}`,
  );

const [quote, backslash, openList, closeList, openObject, closeObject] = [...'"\\[]{}'].map((one) => one.charCodeAt(0));

/**
 * Returns how deep the lists and objects of a JSON text lie within each other, in a tenth of the time of `isTooDeep`
 * where an object has tens of thousands of keys, such as a vocabulary. Of a key that comes twice, both values count.
 *
 * @param text JSON that has been parsed without error.
 */
function depthOfText(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) quoted = !quoted;
    else if (quoted) i += code === backslash ? 1 : 0;
    else if (code === openList || code === openObject) deepest = Math.max(deepest, ++depth);
    else if (code === closeList || code === closeObject) depth--;
  }
  return deepest;
}

/**
 * Parses the JSON of a file.
 *
 * @param fail Makes the error of a text that is no JSON, from the reason.
 * @throws what `fail` makes; InputError for lists and objects that lie too deep within each other
 */
export function parseDocument(text: string, subject: string, fail: (reason: string) => InputError): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(placed(messageOf(error), text));
  }
  if (depthOfText(text) > limits.depth) throw tooDeep(subject);
  return value;
}

/** Adds line and column to a place that is told as a position alone, as Node 20 does. */
const placed = (reason: string, text: string): string =>
  reason.replace(/ at position (\d+)$/, (told, position: string) => {
    const before = text.slice(0, Number(position)).split("\n");
    return `${told} (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
  });

/** Tells whether a value is an object of JSON: no list, not null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
