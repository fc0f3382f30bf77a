import type { EncodeOptions, EncoderInfo, ModelInfo } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";

/** Vectors of the tokens of several texts, one text after the other. */
export interface TokenVectors {
  /** [tokens of all texts, dims] */
  readonly vectors: Matrix;
  /** First row of each text, and behind the last one the number of rows, [texts + 1]. A text may have no row. */
  readonly starts: Int32Array;
}

/**
 * How a query is compared with a document: of each vector of the query the greatest dot product with one of the document's,
 * summed, or the mean of these.
 */
export const tokenSimilarities = ["maxsim", "meanmaxsim"] as const;
export type TokenSimilarity = (typeof tokenSimilarities)[number];

/** Facts about a model that makes a vector of each token. */
export interface LateInteractionInfo extends ModelInfo, Pick<EncoderInfo, "dims" | "prompts" | "defaultPromptName"> {
  readonly similarity: TokenSimilarity;
}

/** Turns texts into vectors of their tokens, which are compared one by one. It knows nothing of tasks. */
export interface LateInteraction {
  readonly kind: "late-interaction";
  readonly info: LateInteractionInfo;
  /**
   * Returns the vectors of the tokens that count, in the order of the texts. Queries and documents are cut, filled up and
   * thinned out differently; a text without a role is neither. Throws the signal's reason once it aborts.
   */
  encode(texts: readonly string[], options?: Omit<EncodeOptions, "adapter">): Promise<TokenVectors>;
  close(): Promise<void>;
}

/** Returns where each of some lists starts that lie one behind the other, and at last where they end. */
export function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    starts[i + 1] = starts[i] + length;
  });
  return starts;
}

/** Returns the vectors of the texts at some places, in that order; a copy. */
export function selectTexts(
  { vectors: { data, dims }, starts }: TokenVectors,
  places: ArrayLike<number>,
): TokenVectors {
  const chosen = startsOf(Array.from(places, (place) => starts[place + 1] - starts[place]));
  const rows = chosen[places.length];
  const copy = new Float32Array(rows * dims);
  for (let i = 0; i < places.length; i++) {
    copy.set(data.subarray(starts[places[i]] * dims, starts[places[i] + 1] * dims), chosen[i] * dims);
  }
  return { vectors: { data: copy, rows, dims }, starts: chosen };
}
