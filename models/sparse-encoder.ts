import type { EncodeOptions, EncoderInfo } from "./encoder.ts";
import type { SparseMatrix } from "./sparse-matrix.ts";

/** Facts about a model that makes sparse vectors. */
export interface SparseEncoderInfo extends EncoderInfo {
  /** Most values of a vector that are not 0; Infinity where there is no limit. */
  readonly maxActive: number;
}

/** Turns texts into vectors of which most values are 0, one for each token of a vocabulary. It knows nothing of tasks. */
export interface SparseEncoder {
  readonly kind: "sparse";
  readonly info: SparseEncoderInfo;
  /** Returns a row for each text, in their order. Throws the signal's reason once it aborts. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<SparseMatrix>;
  close(): Promise<void>;
}
