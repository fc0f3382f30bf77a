import { z } from "zod";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { eurobert } from "./eurobert.ts";
import { adapterNames } from "./jina-embeddings-v3.ts";
import { qwen3 } from "./qwen3.ts";

const family = "jina_embeddings_v5";
const configSchema = z.object({ task_names: adapterNames });

/**
 * Jina embeddings v5, text (Akram et al. 2026): an adapter of PEFT's for each kind of task over EuroBERT (nano) or Qwen3
 * (small). Their configs name the same classes; the tensors tell which it is, as only Qwen3 normalizes heads.
 */
export const jinaEmbeddingsV5: Architecture = {
  modelTypes: [family],
  adapters: (config) => ({ names: parseConfig(family, configSchema, config).task_names, required: true }),
  module: { type: "custom_st.Transformer", adaptersIn: "adapters", pools: "lasttoken" },
  build: (graph, config, weights, inputs) => {
    const { build } = weights.has("layers.0.self_attn.q_norm.weight") ? qwen3 : eurobert;
    return build(graph, config, weights, inputs);
  },
};
