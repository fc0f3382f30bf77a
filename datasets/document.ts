import { InputError, messageOf } from "./errors.ts";
import { limits } from "./limits.ts";

/** The way out of a limit. */
export const seeLimits = "see docs/safety.md";

/** 16777216 as `16 MiB`, 1500 as `1500 bytes`. */
export function sizeText(bytes: number): string {
  const unit = [
    { name: "MiB", bytes: 2 ** 20 },
    { name: "KiB", bytes: 2 ** 10 },
  ].find((one) => bytes >= one.bytes && bytes % one.bytes === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit.bytes} ${unit.name}`;
}

/** How deep lists and objects lie within each other: 0 for a value that is neither. Counts no further than `most` + 1. */
function depthOf(value: unknown, most: number): number {
  let depth = 0;
  let level: unknown[] = [value];
  for (;;) {
    const inner: unknown[] = [];
    let found = false;
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      found = true;
      for (const item of Array.isArray(one) ? one : Object.values(one)) {
        if (typeof item === "object" && item !== null) inner.push(item);
      }
    }
    if (!found) return depth;
    depth++;
    if (depth > most) return depth;
    level = inner;
  }
}

/**
 * A parsed value, if its lists and objects lie no deeper within each other than any real file has them: what goes through
 * it step by step would run out of stack.
 *
 * @param subject What a message calls the value.
 * @throws InputError
 */
export function checkDepth<Value>(value: Value, subject: string): Value {
  if (depthOf(value, limits.depth) <= limits.depth) return value;
  throw tooDeep(subject);
}

const tooDeep = (subject: string): InputError =>
  new InputError(
    `${subject}: its lists and objects lie more than ${limits.depth} deep within each other; ${seeLimits}`,
  );

const [quote, backslash, openList, closeList, openObject, closeObject] = [...'"\\[]{}'].map((one) => one.charCodeAt(0));

/**
 * `depthOf` the value of a JSON text, a tenth of its time where an object has tens of thousands of keys, as a tokenizer's
 * vocabulary has. Where a key comes twice, the value that JSON.parse drops counts too.
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
 * JSON of a file.
 *
 * @param fail Makes the error of a text that is no JSON, from the reason.
 * @throws what `fail` makes; InputError for what lies too deep
 */
export function parseDocument(text: string, subject: string, fail: (reason: string) => InputError): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(messageOf(error));
  }
  if (depthOfText(text) > limits.depth) throw tooDeep(subject);
  return value;
}

/** True for an object of JSON: no list, not null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
