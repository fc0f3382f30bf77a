import { InputError } from "../datasets/errors.ts";
import type { Pair } from "./cross-encoder.ts";
import type { EncodeOptions, EncodeProgress } from "./encoder.ts";
import { type Matrix, selectRows } from "./matrix.ts";

/** Called after a batch with the indices of its texts, their tokens, and the seconds of the call so far. */
export type OnBatch = (
  indices: readonly number[],
  tokens: number,
  seconds?: Pick<EncodeProgress, "tokenizingSeconds" | "cachedSeconds">,
) => void;

/** Returns the vectors of inputs that are all different, in their order; reports each input once. */
export type EncodeDistinct<Rows = Matrix, Input = string> = (
  inputs: readonly Input[],
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
  const encode = eachOnce(encodeDistinct, select, (text) => text);
  return async (texts, options) => {
    checkTexts(texts);
    return encode(texts, options);
  };
}

/** Makes the same of pairs of texts. */
export const scoreOnce = (
  scoreDistinct: EncodeDistinct<Matrix, Pair>,
): ((pairs: readonly Pair[], options?: EncodeOptions) => Promise<Matrix>) =>
  eachOnce(scoreDistinct, selectRows, ([query, document]) => `${query.length} ${query}${document}`);

/** @param keyOf Returns the same text for equal inputs, and another for others. */
function eachOnce<Rows, Input>(
  encodeDistinct: EncodeDistinct<Rows, Input>,
  select: (rows: Rows, places: Int32Array) => Rows,
  keyOf: (input: Input) => string,
): (inputs: readonly Input[], options?: EncodeOptions) => Promise<Rows> {
  return async (texts, options = {}) => {
    const { unique, indexOf, counts } = deduplicate(texts, keyOf);
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

/** Finds the different inputs, the index of each input's own among them, and how often each of them occurs. */
function deduplicate<Input>(
  inputs: readonly Input[],
  keyOf: (input: Input) => string,
): { unique: Input[]; indexOf: Int32Array; counts: number[] } {
  const indices = new Map<string, number>();
  const unique: Input[] = [];
  const counts: number[] = [];
  const indexOf = new Int32Array(inputs.length);
  for (const [place, input] of inputs.entries()) {
    const key = keyOf(input);
    const index = indices.get(key) ?? unique.length;
    if (index === unique.length) {
      indices.set(key, index);
      unique.push(input);
    }
    counts[index] = (counts[index] ?? 0) + 1;
    indexOf[place] = index;
  }
  return { unique, indexOf, counts };
}
