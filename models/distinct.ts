import { InputError } from "../datasets/errors.ts";
import type { EncodeOptions, EncodeProgress } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";

/** Called after a batch with the indices of its texts, their tokens, and the seconds of the call so far. */
export type OnBatch = (
  indices: readonly number[],
  tokens: number,
  seconds?: Pick<EncodeProgress, "tokenizingSeconds" | "cachedSeconds">,
) => void;

/** Returns the vectors of texts that are all different, in their order; reports each text once. */
export type EncodeDistinct<Rows = Matrix> = (
  texts: readonly string[],
  options: EncodeOptions,
  onBatch: OnBatch,
) => Promise<Rows>;

/**
 * Makes an encoder's `encode`, which encodes repeated texts once, reports progress and returns every text's vector.
 * @param select Copies the rows at some places, in their order.
 */
export function encodeOnce<Rows>(
  encodeDistinct: EncodeDistinct<Rows>,
  select: (rows: Rows, places: Int32Array) => Rows,
): (texts: readonly string[], options?: EncodeOptions) => Promise<Rows> {
  return async (texts, options = {}) => {
    checkTexts(texts);
    const { unique, indexOf, counts } = deduplicate(texts);
    let done = 0;
    let encoded = 0;
    let tokens = 0;
    const vectors = await encodeDistinct(unique, options, (indices, batchTokens, seconds) => {
      done += indices.reduce((sum, index) => sum + counts[index], 0);
      encoded += indices.length;
      tokens += batchTokens;
      options.onProgress?.({ done, total: texts.length, encoded, tokens, ...seconds });
    });
    return unique.length === texts.length ? vectors : select(vectors, indexOf);
  };
}

function checkTexts(texts: readonly unknown[]): void {
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0)
    throw new InputError(`encode: text ${wrong} is ${JSON.stringify(texts[wrong])}; a string was expected`);
}

/** Finds the different texts, the index of each text's own among them, and how often each of them occurs. */
function deduplicate(texts: readonly string[]): { unique: string[]; indexOf: Int32Array; counts: number[] } {
  const indices = new Map<string, number>();
  const counts: number[] = [];
  const indexOf = Int32Array.from(texts, (text) => {
    const index = indices.get(text) ?? indices.size;
    indices.set(text, index);
    counts[index] = (counts[index] ?? 0) + 1;
    return index;
  });
  return { unique: [...indices.keys()], indexOf, counts };
}
