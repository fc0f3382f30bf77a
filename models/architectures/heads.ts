/** Heads over tokens, by family. Source: transformers 5.24, `models/*\/modeling_*.py`, `modeling_layers.py`. */
import { InputError } from "../../datasets/errors.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { activateByName } from "../graph/activations.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, layerNorm, linear, linearOf } from "../graph/layers.ts";
import { elementTypes } from "../graph/onnx.ts";
import { lastOf, pool } from "../graph/pooling.ts";
import { familyTypeOf } from "../repository/config.ts";
import type { Head } from "../repository/module.ts";
import type { Tensors, Weights } from "../repository/weights.ts";
import type { TokenInputs } from "./architecture.ts";

type Json = Readonly<Record<string, unknown>>;

/** Values of the graph that a head reads. */
interface Read extends TokenInputs {
  /** [batch, tokens, hidden] */
  readonly tokens: string;
  readonly hidden: number;
}

/** How a family makes logits of labels. */
interface LabelHead {
  /** The token that is read; `first` where absent. A mean is one over the attention mask. */
  readonly reads?: (config: Json) => unknown;
  /** A layer before the last one. */
  readonly dense?: {
    readonly name: string;
    /** True where its name is one of the model's own, behind the prefix of all of them. */
    readonly inside?: true;
    readonly activation: (config: Json) => unknown;
    readonly bias?: (config: Json) => boolean;
    /** A normalization behind the activation. */
    readonly norm?: string;
  };
  /** The last layer. */
  readonly out: string;
  /** False where it has no bias. */
  readonly biased?: boolean;
}

const tanh = (): string => "tanh";
const pooled: LabelHead = { dense: { name: "pooler.dense", inside: true, activation: tanh }, out: "classifier" };
const classified: LabelHead = { dense: { name: "classifier.dense", activation: tanh }, out: "classifier.out_proj" };
const contextual: LabelHead = {
  dense: { name: "pooler.dense", activation: (config) => config["pooler_hidden_act"] ?? "gelu" },
  out: "classifier",
};
const generative: LabelHead = { reads: () => "last", out: "score", biased: false };

const labelHeads: Readonly<Record<string, LabelHead>> = {
  albert: { dense: { name: "pooler", inside: true, activation: tanh }, out: "classifier" },
  bert: pooled,
  camembert: classified,
  deberta: contextual,
  "deberta-v2": contextual,
  distilbert: { dense: { name: "pre_classifier", activation: () => "relu" }, out: "classifier" },
  electra: { dense: { name: "classifier.dense", activation: () => "gelu" }, out: "classifier.out_proj" },
  ernie: pooled,
  modernbert: {
    reads: (config) => config["classifier_pooling"] ?? "cls",
    dense: {
      name: "head.dense",
      activation: (config) => config["classifier_activation"] ?? "gelu",
      bias: (config) => config["classifier_bias"] === true,
      norm: "head.norm",
    },
    out: "classifier",
  },
  mpnet: classified,
  new: pooled,
  roberta: classified,
  roformer: {
    dense: { name: "classifier.dense", activation: (config) => config["hidden_act"] ?? "gelu" },
    out: "classifier.out_proj",
  },
  "xlm-roberta": classified,
  "xlm-roberta-xl": classified,
  gemma: generative,
  gemma2: generative,
  gemma3_text: generative,
  llama: generative,
  ministral3: generative,
  mistral: generative,
  olmo3: generative,
  phi3: generative,
  qwen2: generative,
  qwen3: generative,
};

/** What families make of the logits of their vocabulary: x becomes cap · tanh(x / cap), or x / divisor. */
interface Answer {
  readonly cap?: (config: Json) => unknown;
  readonly divisor?: (config: Json) => unknown;
}

const answers: Readonly<Record<string, Answer>> = {
  gemma: {},
  gemma2: { cap: (config) => config["final_logit_softcapping"] ?? 30 },
  gemma3_text: { cap: (config) => config["final_logit_softcapping"] },
  granite: { divisor: (config) => config["logits_scaling"] ?? 1 },
  llama: {},
  ministral3: {},
  mistral: {},
  olmo3: {},
  phi3: {},
  qwen2: {},
  qwen3: {},
};

function headOf<Value>(heads: Readonly<Record<string, Value>>, id: string, config: Json, what: string): Value {
  const type = familyTypeOf(config);
  if (Object.hasOwn(heads, type)) return heads[type];
  throw new InputError(
    `model: ${id} is a cross-encoder of the type ${shown(type)}, whose ${what} is not known; it is known of ${Object.keys(heads).join(", ")}`,
  );
}

/**
 * Adds a head, which is computed in full precision.
 * @returns logits [batch, width], or vectors of tokens [batch, tokens, tokenWidth]
 * @throws InputError for a family or a setting of which it is not known
 */
export function addHead(
  graph: GraphBuilder,
  id: string,
  config: Json,
  weights: Weights,
  head: Head,
  read: Read,
): { readonly sentence: string; readonly width: number } | { readonly tokens: string; readonly tokenWidth: number } {
  switch (head.kind) {
    case "labels": {
      const known = headOf(labelHeads, id, config, "head of labels");
      return { sentence: addLabels(graph, id, config, weights, known, head.count, read), width: head.count };
    }
    case "answer": {
      const known = headOf(answers, id, config, "way to answer");
      return { sentence: addAnswer(graph, config, weights, known, head, read), width: 1 };
    }
    case "projection": {
      // Of weights that are not there to be looked at the usual width is told.
      const [outputs = 128] = weights.beside.tensor("linear.weight").dims;
      const layer = linearOf(graph, weights.beside, "linear", [outputs, read.hidden], false);
      return { tokens: linear(graph, read.tokens, layer), tokenWidth: outputs };
    }
    default:
      return head satisfies never;
  }
}

function addLabels(
  graph: GraphBuilder,
  id: string,
  config: Json,
  weights: Weights,
  { reads = () => "cls", dense, out, biased = true }: LabelHead,
  count: number,
  read: Read,
): string {
  const { hidden } = read;
  const one = oneOf(graph, id, config, reads(config), read);
  const last = (x: string): string => linear(graph, x, linearOf(graph, weights.beside, out, [count, hidden], biased));
  if (dense === undefined) return last(one);
  const { name, inside, activation, bias = () => true, norm } = dense;
  const tensors: Tensors = inside ? weights : weights.beside;
  const layer = linearOf(graph, tensors, name, [hidden, hidden], bias(config));
  const activated = activateByName(graph, String(activation(config)), linear(graph, one, layer));
  if (norm === undefined) return last(activated);
  const parts = config["norm_bias"] === true ? ["weight", "bias"] : ["weight"];
  return last(
    layerNorm(graph, activated, affineOf(graph, tensors, norm, hidden, Number(config["norm_eps"] ?? 1e-5), parts)),
  );
}

/** Takes what a head reads of the tokens, [batch, hidden]. */
function oneOf(graph: GraphBuilder, id: string, config: Json, reads: unknown, { tokens, mask, ids }: Read): string {
  if (reads === "cls") return graph.op("Gather", [tokens, graph.integers([0], [])], { axis: 1 });
  if (reads === "mean") return pool(graph, ["mean"], tokens, mask);
  if (reads === "last") return lastOf(graph, tokens, notPadding(graph, config, ids, mask));
  throw new InputError(`model: ${id} has the classifier_pooling ${shownJson(reads, 80)}; known are cls and mean`);
}

/**
 * Masks the tokens whose id is that of padding, also those of the texts: transformers reads the last token that has
 * another id. Without such an id it takes one pair at a time, and reads its last token.
 */
function notPadding(graph: GraphBuilder, { pad_token_id: pad }: Json, ids: string, mask: string): string {
  if (typeof pad !== "number") return mask;
  const to = { to: elementTypes.int32 };
  const isPad = graph.op("Equal", [ids, graph.op("Cast", [graph.integers([pad], [])], to)]);
  return graph.op("Mul", [mask, graph.op("Cast", [graph.op("Not", [isPad])], to)]);
}

/** Adds the logits of one or two tokens of the vocabulary at the last place, [batch, 1]. */
function addAnswer(
  graph: GraphBuilder,
  config: Json,
  weights: Weights,
  { cap, divisor }: Answer,
  { yes, no }: Extract<Head, { kind: "answer" }>,
  { tokens, hidden, mask }: Read,
): string {
  const shape = [Number(config["vocab_size"]), hidden];
  // Tied weights are not always stored a second time.
  const tied = config["tie_word_embeddings"] ?? !weights.beside.has("lm_head.weight");
  const table = tied ? weights.tensor("embed_tokens.weight", shape) : weights.beside.tensor("lm_head.weight", shape);
  const wanted = no === null ? [yes] : [yes, no];
  const rows = graph.op("Gather", [graph.weight(table), graph.integers(wanted)]);
  const logits = graph.op("FusedMatMul", [lastOf(graph, tokens, mask), rows], { transB: 1 });
  const scaled = scaledBy(graph, logits, cap?.(config), divisor?.(config));
  if (no === null) return scaled;
  const [first, second] = [0, 1].map((place) => graph.op("Gather", [scaled, graph.integers([place])], { axis: 1 }));
  return graph.op("Sub", [first, second]);
}

function scaledBy(graph: GraphBuilder, logits: string, cap: unknown, divisor: unknown): string {
  if (typeof cap === "number") {
    const limit = graph.floats([cap]);
    return graph.op("Mul", [graph.op("Tanh", [graph.op("Div", [logits, limit])]), limit]);
  }
  return typeof divisor === "number" ? graph.op("Div", [logits, graph.floats([divisor])]) : logits;
}

/** Values of `model_type` whose pooler is a dense layer and tanh over the first token (transformers' BertPooler). */
const withPooler = ["bert", "roberta", "xlm-roberta", "camembert", "mpnet"];

/** Adds the model's own pooler over token embeddings, [batch, hidden]. */
export function addPooler(
  graph: GraphBuilder,
  id: string,
  { model_type: type }: Json,
  weights: Weights,
  { tokens, mask, hidden }: Pick<Read, "tokens" | "mask" | "hidden">,
): string {
  if (!withPooler.includes(String(type))) {
    throw new InputError(
      `model: ${id} takes the pooler_output of a ${shown(type)}; it is known of ${withPooler.join(", ")}`,
    );
  }
  const layer = linearOf(graph, weights, "pooler.dense", [hidden, hidden], true);
  return graph.op("Tanh", [linear(graph, pool(graph, ["cls"], tokens, mask), layer)]);
}
