import type { Matrix } from "./matrix.ts";

/** What a text is to its task; only retrieval and reranking tell the two apart. */
export type Role = "query" | "document";

/** A model's own similarity; distances are negated, so that higher is always closer. */
export type Similarity = "cosine" | "dot" | "euclidean" | "manhattan";

/** Facts about a loaded model that results and tables show. */
export interface EncoderInfo {
  /** `organisation/name`. */
  readonly id: string;
  /** Commit hash, or for a folder the hash of its contents. */
  readonly revision: string;
  /** Length of a vector. */
  readonly dims: number;
  /** Longest input in tokens, special tokens counted; longer texts are cut. Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Number of weights; NaN where that is not known. */
  readonly parameters: number;
  readonly similarity: Similarity;
  /** Prompts by name, as the repository gives them. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where no other does. */
  readonly defaultPromptName: string | null;
  readonly precision: "fp32" | "fp16" | "bf16" | "int8" | "unknown";
  /** Where vectors are made: here, behind an address, or before. */
  readonly device: "cpu" | "cuda" | "remote" | "precomputed";
  /** Threads of one operator; 0 where the model runs elsewhere. */
  readonly threads: number;
}

export interface EncodeOptions {
  readonly role?: Role;
  /** Put before every text as it is. */
  readonly prompt?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: EncodeProgress) => void;
}

/** How far a call of `encode` has come. */
export interface EncodeProgress {
  /** Texts done, repetitions counted. */
  readonly done: number;
  readonly total: number;
  /** Texts that the model has seen, each once. */
  readonly encoded: number;
  /** Tokens that the model has seen, padding left out. */
  readonly tokens: number;
}

/** Texts in, vectors out. Knows nothing of tasks. */
export interface Encoder {
  readonly info: EncoderInfo;
  /** One row per text, in the order of the texts, [texts.length, dims]. Throws the signal's reason once it aborts. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Matrix>;
  close(): Promise<void>;
}
