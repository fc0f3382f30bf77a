import { endianness } from "node:os";
import { isRecord } from "../../datasets/document.ts";
import { shownJson } from "../../datasets/shown.ts";

/** Vectors of one request. */
export interface Answer {
  /** In the order of the texts, all of one length. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that the server counted; 0 where it says nothing. */
  readonly tokens: number;
}

/** The fault of an answer, for people. */
export class Unreadable extends Error {}

const show = (value: unknown): string => (value === undefined ? "nothing" : shownJson(value, 40));

/**
 * Reads the answer of `/v1/embeddings`: `{ data: [{ index, embedding }], usage }`, where an embedding is a list of
 * numbers or the base64 of float32. Rows are put in the order of their `index`; where none has one, they keep theirs.
 * @param count number of texts that were sent
 * @throws Unreadable
 */
export function readAnswer(text: string, count: number): Answer {
  const { data, usage } = parseObject(text);
  if (!Array.isArray(data)) throw new Unreadable(`its "data" is ${show(data)}; expected a list`);
  if (data.length !== count) throw new Unreadable(`it holds ${data.length} vectors for ${count} texts`);
  const rows = data.map((row: unknown) => (isRecord(row) ? row : {}));
  const vectors: Float32Array[] = new Array(count);
  const numbered = rows.some(({ index }) => index !== undefined);
  for (const [place, { index, embedding }] of rows.entries()) {
    const target = numbered ? Number(index) : place;
    if (!Number.isInteger(target) || target < 0 || target >= count || vectors[target] !== undefined) {
      throw new Unreadable(`row ${place} has the index ${show(index)}; expected 0 to ${count - 1}, each once`);
    }
    vectors[target] = readVector(embedding, target);
  }
  const [first] = vectors;
  const other = vectors.findIndex((vector) => vector.length !== first?.length);
  if (other >= 0) {
    throw new Unreadable(`vector 0 has ${first?.length} numbers and vector ${other} ${vectors[other]?.length}`);
  }
  return { vectors, tokens: readTokens(usage) };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable(`it is not JSON (${show(text)})`);
  }
  if (isRecord(value)) return value;
  throw new Unreadable(`it is ${show(value)}; expected an object with "data"`);
}

function readVector(embedding: unknown, place: number): Float32Array {
  const vector = typeof embedding === "string" ? decode(embedding, place) : toFloats(embedding, place);
  const wrong = vector.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return vector;
  const value = Array.isArray(embedding) ? embedding[wrong] : vector[wrong];
  const shown = typeof value === "number" ? String(value) : show(value);
  throw new Unreadable(`number ${wrong} of vector ${place} is ${shown}; expected a finite number`);
}

function toFloats(embedding: unknown, place: number): Float32Array {
  if (!Array.isArray(embedding) || embedding.length === 0) {
    throw new Unreadable(`vector ${place} is ${show(embedding)}; expected a list of numbers or base64`);
  }
  return Float32Array.from(embedding, (value: unknown) => (typeof value === "number" ? value : Number.NaN));
}

/** Decodes the base64 of little-endian float32. */
function decode(base64: string, place: number): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.length % 4 > 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new Unreadable(`vector ${place} is the text ${show(base64)}; expected the base64 of whole float32 numbers`);
  }
  if (endianness() === "BE") bytes.swap32();
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function readTokens(usage: unknown): number {
  const { total_tokens: total, prompt_tokens: prompt } = isRecord(usage) ? usage : {};
  return [total, prompt].find((value): value is number => typeof value === "number" && value >= 0) ?? 0;
}
