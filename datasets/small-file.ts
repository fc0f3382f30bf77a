import { open } from "node:fs/promises";
import { InputError, messageOf } from "./errors.ts";
import { limits } from "./limits.ts";

const wayOut = "see docs/safety.md";
const spare = 2 ** 12;

/** 16777216 as `16 MiB`, 1500 as `1500 bytes`. */
export function sizeText(bytes: number): string {
  const unit = [
    { name: "MiB", bytes: 2 ** 20 },
    { name: "KiB", bytes: 2 ** 10 },
  ].find((one) => bytes >= one.bytes && bytes % one.bytes === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit.bytes} ${unit.name}`;
}

/**
 * The text of a file or pipe of at most `limit` bytes, UTF-8; a larger file is not read at all.
 *
 * @param subject What a message calls the file.
 * @throws InputError for a larger one; the system's error where it cannot be read
 */
export async function readSmallFile(path: string, subject: string, limit: number): Promise<string> {
  const tooLarge = (bytes: string): InputError =>
    new InputError(`${subject} has ${bytes}, at most ${sizeText(limit)} are read; ${wayOut}`);
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > limit) throw tooLarge(`${size} bytes`);
    const pieces: Buffer[] = [];
    let length = 0;
    // A pipe has no size, and a file may grow while it is read.
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.max(size - length, 0) + spare);
      const { bytesRead } = await handle.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return Buffer.concat(pieces).toString("utf8");
      length += bytesRead;
      if (length > limit) throw tooLarge(`more than ${limit} bytes`);
      pieces.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
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
  throw new InputError(
    `${subject}: its lists and objects lie more than ${limits.depth} deep within each other; ${wayOut}`,
  );
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
  return checkDepth(value, subject);
}

/** True for an object of JSON: no list, not null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The text of an answer of at most `limit` bytes, unpacked; more is not taken in.
 *
 * @param subject What a message calls the answer.
 * @throws InputError for more
 */
export async function readBody(response: Response, subject: string, limit: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces).toString("utf8");
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw new InputError(`${subject} is longer than ${sizeText(limit)}, which is all that is read; ${wayOut}`);
    }
    pieces.push(value);
  }
}
