import type { GraphBuilder } from "../graph/builder.ts";
import type { Weights } from "../repository/weights.ts";

/** The graph's inputs, [batch, tokens] int32 each. */
export interface TokenInputs {
  readonly ids: string;
  /** 1 for a token, 0 for padding, which stands on the right. */
  readonly mask: string;
  /** 0 for a token of the first text of a pair, 1 for one of the second; absent for single texts. */
  readonly types?: string;
}

/** Token embeddings, [batch, tokens, hidden], and their width. */
export interface TokenEmbeddings {
  readonly embeddings: string;
  readonly hidden: number;
}

/** A family of models, which turns a config and stored weights into a graph. */
export interface Architecture {
  /** Values of `model_type` in `config.json`. */
  readonly modelTypes: readonly string[];
  /** Longest input in tokens for which there are position embeddings; absent where positions are computed. */
  learnedPositions?(config: Readonly<Record<string, unknown>>): number;
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
