import type { Matrix } from "./matrix.ts";
import type { Precision } from "./runtime/precision.ts";

/** A text's side in its task; only retrieval and reranking tell the two apart. */
export type Role = "query" | "document";

/** A model's own similarity; distances are negated, so that higher is always closer. */
export type Similarity = "cosine" | "dot" | "euclidean" | "manhattan";

/** Origin of a model's prompts: the user, the model's repository, or the table of published ones. */
export type PromptSource = "user" | "repository" | "published";

/** Instruction for all texts, or one for each role; a role that is missing gets none. */
export type Instruction = string | Readonly<Record<string, string>>;

/** A query with its answer, shown before the text to be encoded. */
export interface Example {
  readonly query: string;
  readonly response: string;
}

/** Instructions of a model that takes them, and the form in which it takes them. */
export interface Instruct {
  /** Text before an input, or around it where it holds `{text}`; `{instruction}` and `{examples}` are replaced. */
  readonly template: string;
  /** True where documents get the instruction too, without examples. */
  readonly applyToDocuments: boolean;
  /** By task, type or role. */
  readonly instructions: Readonly<Record<string, Instruction>>;
  /** By task, type or role; formatted by `exampleTemplate`. */
  readonly examples?: Readonly<Record<string, readonly Example[]>>;
  /** Template of one example; `{instruction}`, `{query}` and `{response}` are replaced. */
  readonly exampleTemplate?: string;
}

/** Facts about a loaded model of any kind that results and tables show. */
export interface ModelInfo {
  /** `organisation/name`. */
  readonly id: string;
  /** Commit hash, or for a folder the hash of its contents. */
  readonly revision: string;
  /** Hash of the folder's contents, where the revision is a name that the user gave. */
  readonly contents?: string;
  /** Longest input in tokens, special tokens counted; longer texts are cut. Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Number of weights; NaN where that is not known. */
  readonly parameters: number;
  readonly precision: Precision | "unknown";
  /** `cpu`, the GPUs (`cuda:0`, `cuda:0,1`), `remote` behind an address, or `precomputed`. */
  readonly device: string;
  /** Threads of one operator; 0 where the model runs elsewhere. */
  readonly threads: number;
  /** Most padded tokens of a batch; absent where no batches are made here. */
  readonly batchTokens?: number;
}

/** Adapters of a model, of which each batch has one or none. */
export interface TaskAdapters {
  /** In the order of their numbers in the graph (`adapterInput`). */
  readonly names: readonly string[];
  /** True where the reference encodes nothing without one. */
  readonly required: boolean;
}

/** Which of its adapters a model takes for the texts of a task. */
export interface AdapterChoice {
  /** Names of adapters by task, type or role, looked up as prompts are. */
  readonly byTask: Readonly<Record<string, string>>;
  /** The adapter for all other texts; none where absent. */
  readonly otherwise?: string;
}

/** Facts about a model that makes vectors. */
export interface EncoderInfo extends ModelInfo {
  /** Length of a vector. */
  readonly dims: number;
  readonly similarity: Similarity;
  /** True where the model brings its vectors to length 1; absent where that is not known. */
  readonly normalized?: boolean;
  /** True where a vector that was made once is had again for little: it is kept on disk, or looked up in a table. */
  readonly recallsVectors?: boolean;
  /** For a pair of models (`models/variants/asymmetric.ts`): the one that a role's texts go to. */
  readonly sides?: Readonly<Record<Role, EncoderInfo>>;
  /** Prompts by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where no other does. */
  readonly defaultPromptName: string | null;
  /** For a model that takes instructions: they come first, and prompts serve only where no instruction applies. */
  readonly instruct?: Instruct;
  /** Adapters of which a call of `encode` names one; absent where the model has none. */
  readonly adapters?: TaskAdapters;
  /** How a task chooses among them; it chooses none where absent. */
  readonly adapterChoice?: AdapterChoice;
  /** Origin of the instructions, or without them of the prompts; the repository where absent. */
  readonly promptSource?: PromptSource;
}

/** Facts about a model that runs, or ran, somewhere else, as far as they are the same for all such models. */
export const externalFacts = {
  maxTokens: Number.POSITIVE_INFINITY,
  parameters: Number.NaN,
  prompts: {},
  defaultPromptName: null,
  precision: "unknown",
  threads: 0,
} as const satisfies Partial<EncoderInfo>;

export interface EncodeOptions {
  readonly role?: Role;
  /** Text put before every input; where it holds `{text}`, the input is put there instead (`applyPrompt`). */
  readonly prompt?: string;
  /** Name of the model's adapter for the texts (`EncoderInfo.adapters`); none where absent. */
  readonly adapter?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: EncodeProgress) => void;
}

/** Progress of one call of `encode`. */
export interface EncodeProgress {
  /** Texts done, repetitions counted. */
  readonly done: number;
  readonly total: number;
  /** Texts that the model has seen, each once. */
  readonly encoded: number;
  /** Tokens that the model has seen, padding left out. */
  readonly tokens: number;
  /** Seconds spent on tokenizing; absent where they cannot be told. */
  readonly tokenizingSeconds?: number;
  /** Seconds that the vectors found in a cache took when they were made; absent where there were none. */
  readonly cachedSeconds?: number;
}

/** Turns texts into vectors. It knows nothing of tasks. */
export interface Encoder {
  readonly kind: "vectors";
  readonly info: EncoderInfo;
  /** Returns a row for each text, in their order, [texts.length, dims]. Throws the signal's reason once it aborts. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Matrix>;
  close(): Promise<void>;
}
