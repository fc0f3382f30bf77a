import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import { attend } from "../graph/attention.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { affineOf, layerNorm, linear, linearOf, project } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import { type Weights, within } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { addDecoder, decoderFields } from "./decoder.ts";

const width = z.int().positive().max(limits.width);

/** Keys of the decoder, with transformers' defaults of MistralConfig: a config need not say what is one. */
const textSchema = z.object({
  ...decoderFields,
  model_type: z.enum(["bidir_mistral", "mistral"]),
  vocab_size: decoderFields.vocab_size.default(32_000),
  hidden_size: decoderFields.hidden_size.default(4096),
  intermediate_size: decoderFields.intermediate_size.default(14_336),
  num_hidden_layers: decoderFields.num_hidden_layers.default(32),
  num_attention_heads: decoderFields.num_attention_heads.default(32),
  num_key_value_heads: decoderFields.num_key_value_heads.default(8),
  max_position_embeddings: decoderFields.max_position_embeddings.default(131_072),
  is_causal: z.literal(false).default(false),
  use_bidirectional_attention: z.literal(true).nullish(),
});

/** Keys of the block over the decoder, with the published code's defaults. */
const latentSchema = z.object({
  model_type: z.literal("latent_attention").optional(),
  num_latents_value: width.default(512),
  num_cross_heads: width.default(8),
  hidden_dim: width.default(4096),
  latent_dim: width.default(4096),
  cross_dim_head: width.default(4096),
});
type Latents = z.infer<typeof latentSchema>;

const configSchema = z.object({
  text_config: z.record(z.string(), z.unknown()),
  latent_attention_config: z.record(z.string(), z.unknown()).default({}),
  mask_type: z.literal("b").default("b"),
  add_eos: z.boolean().default(true),
  quantization_config: z.null().optional(),
});

/** PyTorch's default of nn.LayerNorm. */
const epsilon = 1e-5;
/** Width of the feed-forward block, in widths of a token. */
const widening = 4;

/**
 * NV-Embed (Lee et al. 2024; NVEmbedModel of the published repositories): Mistral that sees whole texts, whatever window
 * its config names, and over it a block in which each token attends to trained vectors. Its tokens are pooled by the
 * repository's modules.
 */
export const nvEmbed: Architecture = {
  modelTypes: ["nvembed"],
  addsEndToken: (config) => config["add_eos"] !== false,
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("nvembed", configSchema, rawConfig);
    const text = parseConfig("nvembed text_config", textSchema, config.text_config);
    const hidden = text.hidden_size;
    const schema = latentSchema.refine((latents) => latents.hidden_dim === hidden && latents.latent_dim === hidden, {
      path: ["hidden_dim"],
      error: `must be, like latent_dim, the text_config's hidden_size, ${hidden}`,
    });
    const latents = parseConfig("nvembed latent_attention_config", schema, config.latent_attention_config);
    const { embeddings } = addDecoder(graph, within(weights, "embedding_model."), inputs, text, {
      family: "nvembed text_config",
      biases: { inputs: false, output: false, gated: false },
      windows: Array(text.num_hidden_layers).fill(undefined),
    });
    return { embeddings: addLatentAttention(graph, weights, latents, embeddings), hidden };
  },
};

/** Adds the block to x, [batch, tokens, hidden]; tokens do not see each other in it, and so are one text here. */
function addLatentAttention(graph: GraphBuilder, weights: Weights, config: Latents, x: string): string {
  const { latent_dim: hidden, num_cross_heads: heads, cross_dim_head: headDim, num_latents_value: count } = config;
  const name = "latent_attention_model";
  const blocks = `${name}.cross_attend_blocks`;
  const normed = (value: string, part: string): string =>
    layerNorm(graph, value, affineOf(graph, weights, `${blocks}.${part}`, hidden, epsilon));
  const layer = (part: string, dims: readonly [number, number], hasBias = false) =>
    linearOf(graph, weights, `${blocks}.${part}`, dims, hasBias);
  const inner = heads * headDim;
  const rows = graph.op("Reshape", [x, graph.integers([1, -1, hidden])]);

  const latents = graph.weight(weights.tensor(`${name}.latents`, [count, hidden]));
  const context = graph.op("Unsqueeze", [normed(latents, "0.norm_context"), graph.integers([0])]);
  const [keys, values] = halves(graph, project(graph, context, layer("0.fn.to_kv", [2 * inner, hidden])));
  const queries = project(graph, normed(rows, "0.norm"), layer("0.fn.to_q", [inner, hidden]));
  const shape = { queries: heads, keys: heads, scale: headDim ** -0.5 };
  const attended = attend(graph, [queries, keys, values], shape, { causal: false });
  const y = graph.op("Add", [project(graph, attended, layer("0.fn.to_out", [hidden, inner])), rows]);

  const wide = widening * hidden;
  const [up, gate] = halves(graph, linear(graph, normed(y, "1.norm"), layer("1.fn.net.0", [2 * wide, hidden], true)));
  const opened = graph.op("Mul", [up, activateByName(graph, "gelu", gate)]);
  const fed = graph.op("Add", [linear(graph, opened, layer("1.fn.net.2", [hidden, wide], true)), y]);
  return graph.op("Reshape", [fed, graph.op("Shape", [x])]);
}

const halves = (graph: GraphBuilder, x: string): string[] =>
  graph.outputs("Split", [x], [0, 1], { axis: -1, num_outputs: 2 });
