import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activate } from "../graph/activations.ts";
import { linear, linearOf, project } from "../graph/layers.ts";
import { ropeFields, ropeOf } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { encoderSizeFields, evenHeads } from "./post-norm.ts";
import { addRotatedEncoder, sizesOf } from "./rotated-encoder.ts";

const configSchema = z
  .object({
    ...encoderSizeFields,
    ...ropeFields,
    hidden_act: z.string().default("gelu"),
    layer_norm_eps: z.number().positive().default(1e-5),
    max_position_embeddings: z.int().positive().max(limits.tableRows).default(8194),
    type_vocab_size: z.int().positive().max(limits.tableRows).default(1),
  })
  .refine(evenHeads.check, evenHeads.fault);

const names = {
  embeddingNorm: "emb_ln",
  layers: "encoder.layers",
  joined: "mixer.Wqkv",
  output: "mixer.out_proj",
  attentionNorm: "norm1",
  outputNorm: "norm2",
};

/**
 * Jina embeddings v3 (Sturua et al. 2024; transformers' JinaEmbeddingsV3Model): XLM-RoBERTa with rotated positions, as
 * transformers 5 writes it, without the adapters of its tasks.
 */
export const jinaEmbeddingsV3: Architecture = {
  modelTypes: ["jina_embeddings_v3"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("jina_embeddings_v3", configSchema, rawConfig);
    const { hidden_size: hidden, intermediate_size: inner } = config;
    const sizes = sizesOf(config);
    return addRotatedEncoder(graph, weights, inputs, {
      ...sizes,
      biases: true,
      rope: ropeOf("jina_embeddings_v3", config, sizes.headDim, 20_000),
      names,
      feedForward: (place, x) => {
        const up = linearOf(graph, weights, `${place}.mlp.fc1`, [inner, hidden]);
        const activated = activate(graph, config.hidden_act, project(graph, x, up), up.bias);
        return linear(graph, activated, linearOf(graph, weights, `${place}.mlp.fc2`, [hidden, inner]));
      },
    });
  },
};
