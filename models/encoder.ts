import type { Matrix } from "./matrix.ts";
import type { Precision } from "./runtime/precision.ts";

/** What a text is to its task; only retrieval and reranking tell the two apart. */
export type Role = "query" | "document";

/** A model's own similarity; distances are negated, so that higher is always closer. */
export type Similarity = "cosine" | "dot" | "euclidean" | "manhattan";

/** Who says what is put before a model's texts: the user, the model's repository, or what is published about it. */
export type PromptSource = "user" | "repository" | "published";

/** What a text should be read for: for all texts, or by role, where a missing role gets nothing. */
export type Instruction = string | Readonly<Record<string, string>>;

/** A query with its answer, shown before the text in question. */
export interface Example {
  readonly query: string;
  readonly response: string;
}

/** How a model that takes instructions is asked. */
export interface Instruct {
  /** Put before a text; `{instruction}` and `{examples}` are replaced, and the text goes to `{text}` where there is one. */
  readonly template: string;
  /** Whether documents get the instruction too, without examples. */
  readonly applyToDocuments: boolean;
  /** By task, type or role. */
  readonly instructions: Readonly<Record<string, Instruction>>;
  /** By task, type or role; formatted by `exampleTemplate`. */
  readonly examples?: Readonly<Record<string, readonly Example[]>>;
  /** One example; `{instruction}`, `{query}` and `{response}` are replaced. */
  readonly exampleTemplate?: string;
}

/** Facts about a loaded model of any kind that results and tables show. */
export interface ModelInfo {
  /** `organisation/name`. */
  readonly id: string;
  /** Commit hash, or for a folder the hash of its contents. */
  readonly revision: string;
  /** Longest input in tokens, special tokens counted; longer texts are cut. Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Number of weights; NaN where that is not known. */
  readonly parameters: number;
  readonly precision: Precision | "unknown";
  /** Where it runs: `cpu`, the GPUs (`cuda:0`, `cuda:0,1`), `remote` behind an address, or `precomputed`. */
  readonly device: string;
  /** Threads of one operator; 0 where the model runs elsewhere. */
  readonly threads: number;
}

/** Facts about a model that makes vectors. */
export interface EncoderInfo extends ModelInfo {
  /** Length of a vector. */
  readonly dims: number;
  readonly similarity: Similarity;
  /** Whether the model brings its vectors to length 1; absent where that is not known. */
  readonly normalized?: boolean;
  /** For a pair of models: which one a role's texts go to (`models/forms/asymmetric.ts`). */
  readonly sides?: Readonly<Record<Role, EncoderInfo>>;
  /** Prompts by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where no other does. */
  readonly defaultPromptName: string | null;
  /** For a model that takes instructions; it then decides, and the prompts only serve where it says nothing. */
  readonly instruct?: Instruct;
  /** Who gave the instructions, or without them the prompts; the repository where absent. */
  readonly promptSource?: PromptSource;
}

export interface EncodeOptions {
  readonly role?: Role;
  /** Put before every text as it is; where it holds `{text}`, every text goes there instead (`applyPrompt`). */
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
  /** Seconds spent on turning texts into tokens; absent where that cannot be told. */
  readonly tokenizingSeconds?: number;
  /** Seconds that vectors taken from a cache took when they were made; absent where there were none. */
  readonly recalledSeconds?: number;
}

/** Texts in, vectors out. Knows nothing of tasks. */
export interface Encoder {
  readonly kind: "vectors";
  readonly info: EncoderInfo;
  /** One row per text, in the order of the texts, [texts.length, dims]. Throws the signal's reason once it aborts. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Matrix>;
  close(): Promise<void>;
}
