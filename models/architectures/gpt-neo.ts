import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { type AttentionScope, attend, attentionMask } from "../graph/attention.ts";
import { firstRows, linear, linearOf, sequenceLength } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { addPreNormLayers } from "./pre-norm.ts";

const kinds = z.array(z.enum(["global", "local"])).max(limits.layers);

const configSchema = z
  .object({
    vocab_size: z.int().positive().max(limits.tableRows),
    hidden_size: z.int().positive().max(limits.width),
    num_layers: z.int().nonnegative().max(limits.layers),
    num_heads: z.int().positive().max(limits.width),
    intermediate_size: z.int().positive().max(limits.width).nullish(),
    max_position_embeddings: z.int().positive().max(limits.positions),
    activation_function: z.string().default("gelu_new"),
    layer_norm_epsilon: z.number().positive().default(1e-5),
    window_size: z.int().positive().default(256),
    /** Kinds of layers, and how often they come. */
    attention_types: z
      .array(z.tuple([kinds, z.int().nonnegative().max(limits.layers)]))
      .max(limits.layers)
      .nullish(),
    is_causal: z.literal(true, "GPT-Neo looks only back").nullish(),
    use_bidirectional_attention: z.literal(false, "GPT-Neo looks only back").nullish(),
    quantization_config: z.null().optional(),
  })
  .refine((config) => config.hidden_size % config.num_heads === 0, {
    path: ["num_heads"],
    error: "must divide hidden_size",
  });

const names = {
  prefix: "h",
  attentionNorm: "ln_1",
  feedForwardNorm: "ln_2",
  up: "mlp.c_fc",
  down: "mlp.c_proj",
  last: "ln_f",
};

/**
 * GPT-Neo (Black et al. 2021; transformers' GPTNeoModel): learned positions, products of query and key as they are, a
 * window in layers that attend locally.
 */
export const gptNeo: Architecture = {
  modelTypes: ["gpt_neo"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, { ids, mask }) => {
    const config = parseConfig("gpt_neo", configSchema, rawConfig);
    const { hidden_size: hidden, num_heads: heads, max_position_embeddings: positions } = config;
    const table = (name: string, rows: number): string =>
      graph.weight(weights.tensor(`${name}.weight`, [rows, hidden]));
    const words = graph.op("Gather", [table("wte", config.vocab_size), ids]);
    const places = firstRows(graph, table("wpe", positions), sequenceLength(graph, ids));
    const masks = scopesOf(config).map((scope) => attentionMask(graph, scope, mask));
    return addPreNormLayers(graph, weights, graph.op("Add", [words, places]), {
      hidden,
      inner: config.intermediate_size ?? 4 * hidden,
      activation: config.activation_function,
      epsilon: config.layer_norm_epsilon,
      layers: config.num_layers,
      names,
      parallel: false,
      attention: (x, i) => {
        const part = (which: string, bias: boolean, from: string): string =>
          linear(graph, from, linearOf(graph, weights, `h.${i}.attn.attention.${which}`, [hidden, hidden], bias));
        const [q, k, v] = ["q_proj", "k_proj", "v_proj"].map((which) => part(which, false, x));
        return part("out_proj", true, attend(graph, [q, k, v], { queries: heads, keys: heads, scale: 1 }, masks[i]));
      },
    });
  },
};

/**
 * Returns what each layer sees: by turns the whole and a window, unless the config says otherwise.
 * @throws InputError when the config names the kinds of more or fewer layers
 */
function scopesOf(config: z.infer<typeof configSchema>): AttentionScope[] {
  const { num_layers: layers, window_size: window } = config;
  const types = config.attention_types ?? [[["global", "local"], 12] as const];
  const named = types.reduce((sum, [some, times]) => sum + some.length * times, 0);
  if (named !== layers) {
    throw new InputError(
      `model: the gpt_neo config is not understood: attention_types has ${named} entries for ${layers} layers`,
    );
  }
  const byLayer = types.flatMap(([some, times]) => Array<readonly string[]>(times).fill(some).flat());
  return byLayer.map((kind) => (kind === "local" ? { causal: true, window } : { causal: true }));
}
