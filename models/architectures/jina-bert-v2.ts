import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import { alibi } from "../graph/alibi.ts";
import { paddingBias } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { type Affine, layerNorm, linear, linearOf, project, skipLayerNorm } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import { rowsOf } from "../repository/safetensors.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture, TokenInputs } from "./architecture.ts";
import { attendWith, embeddingParts, encoderSizeFields, evenHeads, normOf } from "./post-norm.ts";

/** Activations of the gate by the config's names; the published code knows no others. */
const gates = { geglu: "gelu", reglu: "relu" } as const;

const configSchema = z
  .object({
    ...encoderSizeFields,
    layer_norm_eps: z.number().positive().default(1e-12),
    type_vocab_size: z.int().positive().max(limits.tableRows).default(2),
    position_embedding_type: z.literal("alibi"),
    feed_forward_type: z.enum(["geglu", "reglu"]),
    emb_pooler: z.literal("mean").nullish(),
    is_decoder: z.literal(false).default(false),
    quantization_config: z.null().optional(),
  })
  .refine(evenHeads.check, evenHeads.fault);
type Config = z.infer<typeof configSchema>;

/**
 * Jina embeddings v2 (Günther et al. 2023; JinaBertModel of the published repositories): BERT with a bias by distance in
 * place of positions (ALiBi, to both sides), and gated feed-forward blocks.
 *
 * Of its layers there are two forms, told apart by their tensors: jina-bert-implementation, and
 * jina-bert-v2-qk-post-norm (code), which normalizes queries and keys over all heads, and adds a layer's input twice.
 */
export const jinaBertV2: Architecture = {
  modelTypes: ["jina_bert_v2"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("jina_bert_v2", configSchema, rawConfig);
    const { hidden_size: hidden, num_attention_heads: heads } = config;
    const bias = graph.op("Add", [paddingBias(graph, inputs.mask), alibi(graph, heads, inputs.ids)]);
    const addLayer = weights.has("encoder.layer.0.attention.self.layer_norm_q.weight") ? normedLayer : plainLayer;
    let embeddings = embed(graph, config, weights, inputs);
    for (let i = 0; i < config.num_hidden_layers; i++)
      embeddings = addLayer({ graph, config, weights, place: `encoder.layer.${i}` }, embeddings, bias);
    return { embeddings, hidden };
  },
};

function embed(graph: GraphBuilder, config: Config, weights: Weights, { ids, types }: TokenInputs): string {
  const shape = { hidden: config.hidden_size, epsilon: config.layer_norm_eps };
  const { words, table, norm } = embeddingParts(graph, weights, shape, config.vocab_size, ids);
  const typeTable = table("token_type_embeddings", config.type_vocab_size);
  return skipLayerNorm(graph, words, graph.op("Gather", [typeTable, types ?? graph.integers([0])]), norm);
}

/** A layer that is being written, stored under `place`. */
interface Layer {
  readonly graph: GraphBuilder;
  readonly config: Config;
  readonly weights: Weights;
  readonly place: string;
}

/** Adds a layer to x, [batch, tokens, hidden], under a bias of products, [batch, heads, tokens, tokens]. */
function plainLayer(layer: Layer, x: string, bias: string): string {
  const y = attention(layer, x, bias, (_, projected) => projected);
  const { down, output } = feedForward(layer, y, { packed: "gated_layers", down: "wo", gateFirst: true });
  return skipLayerNorm(layer.graph, output, y, norm(layer, "mlp.layernorm"), down);
}

function normedLayer(layer: Layer, x: string, bias: string): string {
  const { graph } = layer;
  const attended = attention(layer, x, bias, (part, projected) =>
    layerNorm(graph, projected, norm(layer, `attention.self.layer_norm_${part}`)),
  );
  const y = skipLayerNorm(graph, attended, x, norm(layer, "layer_norm_1"));
  const { down, output } = feedForward(layer, y, { packed: "up_gated_layer", down: "down_layer", gateFirst: false });
  return skipLayerNorm(graph, output, y, norm(layer, "layer_norm_2"), down);
}

const norm = ({ graph, config, weights, place }: Layer, name: string): Affine =>
  normOf(graph, weights, `${place}.${name}`, config.hidden_size, config.layer_norm_eps);

/** Adds attention and the normalization that follows it; queries and keys go through `normed`. */
function attention(
  layer: Layer,
  x: string,
  bias: string,
  normed: (part: "q" | "k", projected: string) => string,
): string {
  const { graph, config, weights, place } = layer;
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const linearAt = (name: string) => linearOf(graph, weights, `${place}.attention.${name}`, [hidden, hidden]);
  const part = (which: string): string => linear(graph, x, linearAt(`self.${which}`));
  const attend = attendWith(graph, heads, bias);
  const attended = attend(normed("q", part("query")), normed("k", part("key")), part("value"));
  const mixed = linearAt("output.dense");
  return skipLayerNorm(
    graph,
    project(graph, attended, mixed),
    x,
    norm(layer, "attention.output.LayerNorm"),
    mixed.bias,
  );
}

/** Names of a gated block's layers, and whether the gate comes before what it opens. */
interface GatedBlock {
  readonly packed: string;
  readonly down: string;
  readonly gateFirst: boolean;
}

/** Applies the gated block to x; its last bias is returned by itself. */
function feedForward(
  { graph, config, weights, place }: Layer,
  x: string,
  names: GatedBlock,
): { readonly output: string; readonly down: string } {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const packed = weights.tensor(`${place}.mlp.${names.packed}.weight`, [2 * inner, hidden]);
  const halves = [0, inner].map((first) => project(graph, x, { weight: graph.weight(rowsOf(packed, first, inner)) }));
  const [gate, up] = names.gateFirst ? halves : halves.toReversed();
  const opened = graph.op("Mul", [activateByName(graph, gates[config.feed_forward_type], gate), up]);
  const down = linearOf(graph, weights, `${place}.mlp.${names.down}`, [hidden, inner]);
  return { output: project(graph, opened, down), down: down.bias };
}
