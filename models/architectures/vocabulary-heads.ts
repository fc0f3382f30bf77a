/** Heads that give each token a logit for every entry of the vocabulary. Source: transformers 5.24, `models/*\/modeling_*.py`. */
import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import { activateByName } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, layerNorm, linear, linearOf } from "../graph/layers.ts";
import type { Vocabulary } from "../graph/sparse.ts";
import { familyTypeOf } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import { normOf } from "./post-norm.ts";

type Json = Readonly<Record<string, unknown>>;

/** How a family makes logits: a dense layer, an activation, a norm, and the table of token embeddings, tied as a rule. */
interface VocabularyHead {
  readonly dense: string;
  readonly biased?: (config: Json) => boolean;
  readonly activation: (config: Json) => unknown;
  readonly norm: string;
  readonly epsilon: (config: Json) => unknown;
  /** Whether the norm has a shift; it has where absent. */
  readonly shifted?: (config: Json) => boolean;
  /** The table of token embeddings, behind the prefix of all the model's names. */
  readonly embeddings: string;
  /** The last layer, whose weight is that table where it is tied and not stored. */
  readonly out: string;
  /** The last layer's bias under the name to which it is tied, where it is. */
  readonly bias?: string;
  /** Whether logits have a bias; they have where absent. */
  readonly hasBias?: (config: Json) => boolean;
}

const words = "embeddings.word_embeddings.weight";
const actOf = (config: Json): unknown => config["hidden_act"] ?? "gelu";

const bert: VocabularyHead = {
  dense: "cls.predictions.transform.dense",
  activation: actOf,
  norm: "cls.predictions.transform.LayerNorm",
  epsilon: (config) => config["layer_norm_eps"] ?? 1e-12,
  embeddings: words,
  out: "cls.predictions.decoder",
  bias: "cls.predictions.bias",
};
const roberta: VocabularyHead = {
  dense: "lm_head.dense",
  activation: () => "gelu",
  norm: "lm_head.layer_norm",
  epsilon: (config) => config["layer_norm_eps"] ?? 1e-12,
  embeddings: words,
  out: "lm_head.decoder",
  bias: "lm_head.bias",
};

const heads: Readonly<Record<string, VocabularyHead>> = {
  bert,
  camembert: roberta,
  distilbert: {
    dense: "vocab_transform",
    activation: (config) => config["activation"] ?? "gelu",
    norm: "vocab_layer_norm",
    epsilon: () => 1e-12,
    embeddings: words,
    out: "vocab_projector",
  },
  modernbert: {
    dense: "head.dense",
    biased: (config) => config["classifier_bias"] === true,
    activation: (config) => config["classifier_activation"] ?? "gelu",
    norm: "head.norm",
    epsilon: (config) => config["norm_eps"] ?? 1e-5,
    shifted: (config) => config["norm_bias"] === true,
    embeddings: "embeddings.tok_embeddings.weight",
    out: "decoder",
    hasBias: (config) => config["decoder_bias"] !== false,
  },
  roberta,
  "xlm-roberta": roberta,
};

/**
 * Adds all of a masked-language head but the product with the table of its vocabulary, in full precision.
 * @param tokens [batch, tokens, hidden]
 * @throws InputError for a family whose head is not known
 */
export function addVocabularyHead(
  graph: GraphBuilder,
  id: string,
  config: Json,
  weights: Weights,
  { tokens, hidden }: { readonly tokens: string; readonly hidden: number },
): Vocabulary {
  const type = familyTypeOf(config);
  if (!Object.hasOwn(heads, type)) {
    throw new InputError(
      `model: ${id} is a sparse encoder of the type ${shown(type)}, whose masked-language head is not known; it is known of ${Object.keys(heads).join(", ")}`,
    );
  }
  const head = heads[type];
  const { beside } = weights;
  const size = Number(config["vocab_size"]);
  const { biased = () => true, shifted = () => true, hasBias = () => true } = head;
  const dense = linear(graph, tokens, linearOf(graph, beside, head.dense, [hidden, hidden], biased(config)));
  const epsilon = Number(head.epsilon(config));
  const norm = shifted(config)
    ? normOf(graph, beside, head.norm, hidden, epsilon)
    : affineOf(graph, beside, head.norm, hidden, epsilon, ["weight"]);
  // What is stored under its own name counts, tied or not: transformers 5 ties no tensors that differ.
  const isOwn = (part: string): boolean => config["tie_word_embeddings"] === false || beside.has(`${head.out}.${part}`);
  const table = isOwn("weight")
    ? beside.tensor(`${head.out}.weight`, [size, hidden])
    : weights.tensor(head.embeddings, [size, hidden]);
  const biasName = head.bias === undefined || isOwn("bias") ? `${head.out}.bias` : head.bias;
  const bias = hasBias(config) ? beside.tensor(biasName, [size]) : undefined;
  return {
    tokens: layerNorm(graph, activateByName(graph, String(head.activation(config)), dense), norm),
    table: graph.weight(table),
    ...(bias && { bias: graph.weight(bias) }),
    size,
  };
}
