import { InputError } from "../datasets/errors.ts";
import type { EncodeOptions, EncodeProgress, Encoder } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";

/** Told the places of the texts that a batch has encoded, the tokens it took, and seconds of the call so far. */
export type OnBatch = (
  places: readonly number[],
  tokens: number,
  seconds?: Pick<EncodeProgress, "tokenizingSeconds" | "cachedSeconds">,
) => void;

/** Vectors of texts that are all different, in their order; each text is told once. */
export type EncodeDistinct = (texts: readonly string[], options: EncodeOptions, onBatch: OnBatch) => Promise<Matrix>;

/** An encoder's `encode` that hands each different text on once, tells the progress, and gives every text its vector. */
export function encodeOnce(encodeDistinct: EncodeDistinct): Encoder["encode"] {
  return async (texts, options = {}) => {
    checkTexts(texts);
    const { unique, placeOf, counts } = deduplicate(texts);
    let done = 0;
    let encoded = 0;
    let tokens = 0;
    const vectors = await encodeDistinct(unique, options, (places, batchTokens, seconds) => {
      done += places.reduce((sum, place) => sum + counts[place], 0);
      encoded += places.length;
      tokens += batchTokens;
      options.onProgress?.({ done, total: texts.length, encoded, tokens, ...seconds });
    });
    return unique.length === texts.length ? vectors : spread(vectors, placeOf);
  };
}

function checkTexts(texts: readonly unknown[]): void {
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0)
    throw new InputError(`encode: text ${wrong} is ${JSON.stringify(texts[wrong])}; a string was expected`);
}

function deduplicate(texts: readonly string[]): { unique: string[]; placeOf: Int32Array; counts: number[] } {
  const places = new Map<string, number>();
  const counts: number[] = [];
  const placeOf = Int32Array.from(texts, (text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  return { unique: [...places.keys()], placeOf, counts };
}

function spread({ data, dims }: Matrix, placeOf: Int32Array): Matrix {
  const all = new Float32Array(placeOf.length * dims);
  placeOf.forEach((place, row) => {
    all.set(data.subarray(place * dims, (place + 1) * dims), row * dims);
  });
  return { data: all, rows: placeOf.length, dims };
}
