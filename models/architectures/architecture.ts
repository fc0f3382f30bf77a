import type { TaskAdapters } from "../encoder.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { PoolingMode } from "../graph/pooling.ts";
import type { Weights } from "../repository/weights.ts";

/** The graph's inputs, [batch, tokens] int32 each. */
export interface TokenInputs {
  readonly ids: string;
  /** 1 for a token, 0 for padding, which stands on the right. */
  readonly mask: string;
  /** 0 for a token of the first text of a pair, 1 for one of the second; absent for single texts. */
  readonly types?: string;
  /** True where what hidden tokens give counts. */
  readonly hiddenRows?: boolean | undefined;
}

/** Token embeddings, [batch, tokens, hidden], and their width. */
export interface TokenEmbeddings {
  readonly embeddings: string;
  readonly hidden: number;
  /**
   * What the first layer reads and what each layer gives, the last of them `embeddings` (transformers' hidden_states);
   * absent where a family does not say.
   */
  readonly layers?: readonly string[];
}

/** The first module of repositories that bring a class of their own for it. */
export interface OwnModule {
  /** As in `modules.json`. */
  readonly type: string;
  /** True where it takes the blanks off both ends of a text. */
  readonly strips?: boolean;
  /** Folder that holds a folder of PEFT's for each of the model's adapters. */
  readonly adaptersIn?: string;
  /** How it pools tokens, where it does: it then also brings vectors to length 1. */
  readonly pools?: PoolingMode;
}

/** A family of models, which turns a config and stored weights into a graph. */
export interface Architecture {
  /** Values of `model_type` in `config.json`. */
  readonly modelTypes: readonly string[];
  /** Longest input in tokens for which there are position embeddings; absent where positions are computed. */
  learnedPositions?(config: Readonly<Record<string, unknown>>): number;
  /** @throws InputError naming a config value that it does not understand */
  adapters?(config: Readonly<Record<string, unknown>>): TaskAdapters | undefined;
  /** Published code that is not run, since it does nothing that is not done here. */
  readonly module?: OwnModule;
  /** Tells whether its own code puts the end token behind each text; absent where the tokenizer decides. */
  addsEndToken?(config: Readonly<Record<string, unknown>>): boolean;
  /**
   * Adds the layers to the graph.
   * @throws InputError naming a config value or tensor that it does not understand
   */
  build(
    graph: GraphBuilder,
    config: Readonly<Record<string, unknown>>,
    weights: Weights,
    inputs: TokenInputs,
  ): TokenEmbeddings;
}
