import type { EncodeProgress, EncoderInfo, ModelInfo } from "./encoder.ts";
import type { Matrix } from "./matrix.ts";

/** A query, and a document that may answer it. */
export type Pair = readonly [query: string, document: string];

/** Facts about a model that scores pairs. */
export interface CrossEncoderInfo extends ModelInfo, Pick<EncoderInfo, "prompts" | "defaultPromptName"> {
  /** Names of what it scores a pair by; a model that ranks has one. */
  readonly labels: readonly string[];
}

export interface ScoreOptions {
  /** Text put before each query; the model's default prompt where absent. */
  readonly prompt?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch; its `texts` are pairs. */
  readonly onProgress?: (progress: EncodeProgress) => void;
}

/** Reads a query and a document together, and scores the pair. It knows nothing of tasks. */
export interface CrossEncoder {
  readonly kind: "cross-encoder";
  readonly info: CrossEncoderInfo;
  /**
   * Returns a row for each pair, in their order, [pairs.length, labels.length]; a higher score is better. Throws the
   * signal's reason once it aborts.
   */
  score(pairs: readonly Pair[], options?: ScoreOptions): Promise<Matrix>;
  close(): Promise<void>;
}
