import type { PoolingMode } from "../graph/pooling.ts";
import type { Splade } from "../graph/sparse.ts";
import type { Lora } from "./lora.ts";
import type { TransformerSetup } from "./transformer-settings.ts";

/** Returns the own name of a module's class, which all versions of sentence-transformers share. */
export const kindOf = (type: string): string => type.split(".").at(-1) ?? "";

/** What is made of the tokens by weights that lie beside those of the Transformer. */
export type Head =
  /** A logit for each label. */
  | { readonly kind: "labels"; readonly count: number }
  /** The logit of a token at the last place, less that of another where there is one. */
  | { readonly kind: "answer"; readonly yes: number; readonly no: number | null }
  /** A shorter vector for each token (ColBERT's own repositories). */
  | { readonly kind: "projection" };

/** What is made of each token of a text likewise: a logit for every entry of the vocabulary. */
export type VocabularyHead = { readonly kind: "vocabulary" };

/** A module of a sentence-transformers model; `folder` holds its weights, relative to the repository. */
export type Module =
  | ({
      readonly type: "Transformer";
      readonly folder: string;
      readonly lora?: Lora;
      readonly choice?: readonly Lora[];
      /** True where its inputs are pairs of texts, whose tokens have types. */
      readonly pairs?: true;
      /** Texts put before others that are one token each, where the vocabulary has them. */
      readonly prefixes?: readonly string[];
      /** True where what hidden tokens give counts, as it does in queries that are filled up. */
      readonly hiddenRows?: true;
      readonly head?: Head | VocabularyHead;
    } & TransformerSetup)
  | { readonly type: "StaticEmbedding"; readonly folder: string }
  | {
      readonly type: "WordEmbeddings";
      readonly folder: string;
      /** Words of a text that count; Infinity where all do. */
      readonly maxTokens: number;
    }
  | {
      readonly type: "Pooling";
      readonly modes: readonly PoolingMode[];
      readonly includePrompt: boolean;
      /** True where no module behind it gets the tokens. */
      readonly last?: boolean;
    }
  | {
      readonly type: "Dense";
      readonly folder: string;
      readonly inputs: number;
      readonly outputs: number;
      readonly bias: boolean;
      /** True where its input is added to its output, through a layer of its own where their widths differ. */
      readonly residual: boolean;
      /** Dotted name of the PyTorch class. */
      readonly activation: string;
      /** Its input: the tokens, before pooling, or the pooled vector. */
      readonly on: "token_embeddings" | "sentence_embedding";
    }
  | {
      readonly type: "WeightedLayerPooling";
      readonly folder: string;
      /** First hidden state that counts: 0 is what the first layer reads. */
      readonly start: number;
      /** Number of layers of the Transformer. */
      readonly layers: number;
    }
  | { readonly type: "LayerNorm"; readonly folder: string; readonly dims: number }
  /** Pools the logits of a vocabulary. */
  | ({ readonly type: "SpladePooling" } & Splade)
  /** A weight for each entry of the vocabulary. */
  | { readonly type: "SparseStaticEmbedding"; readonly folder: string }
  | {
      readonly type: "SparseAutoEncoder";
      readonly folder: string;
      readonly inputs: number;
      readonly outputs: number;
      /** Values of a vector that are kept, unless the model as a whole says another number. */
      readonly kept: number;
      readonly normalize: boolean;
    }
  /** Makes a row of each token, those of hidden and of padding tokens too. */
  | { readonly type: "MultiVector" }
  | { readonly type: "Normalize" }
  /** Keeps the first values of a vector, at most `dims`. */
  | { readonly type: "Truncate"; readonly dims: number };
