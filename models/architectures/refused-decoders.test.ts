import { describe, expect, it } from "vitest";
import { cases, type Json, tokenEmbeddings } from "../testing/decoder-cases.ts";

const apart = [[0], [1], [2]];

describe("configs that are not understood", () => {
  const faults: [string, Json, string][] = [
    [
      "llama, linear scaling",
      { rope_scaling: { rope_type: "longrope", factor: 4 } },
      'model: the llama config is not understood: the rope_type is "longrope"; known are default, linear, dynamic, llama3, yarn',
    ],
    [
      "llama, linear scaling",
      { rope_scaling: { rope_type: "linear" } },
      "model: the llama rope_scaling config is not understood: factor is missing",
    ],
    ["llama, linear scaling", { partial_rotary_factor: 0.5 }, "partial_rotary_factor is 0.5"],
    [
      "gemma3 bidirectional, layer_types",
      { is_causal: false },
      "is_causal is false (set use_bidirectional_attention in its place)",
    ],
    [
      "gemma3 causal, window, scaled global positions, biases",
      { rope_parameters: { full_attention: { rope_type: "default" } } },
      "(expected it or rope_parameters, not both)",
    ],
    [
      "gemma2, low cap, window in every other layer, biases",
      { attn_implementation: "sdpa" },
      'attn_implementation is "sdpa"',
    ],
    ["olmo3 of transformers 4, yarn, biases", { rope_theta: undefined }, "rope_theta is missing (expected 500000, or"],
    [
      "llama, linear scaling",
      { hidden_act: "xielu" },
      "model: the activation xielu has weights of its own, which are not read; known are gelu, gelu_python",
    ],
    ["llama, linear scaling", { quantization_config: { bits: 4 } }, 'quantization_config is {"bits":4}'],
    [
      "llama, linear scaling",
      { num_key_value_heads: 3 },
      "tensor layers.0.self_attn.k_proj.weight has the shape [16,16], its config asks for [24,16]",
    ],
    [
      "mistral, window",
      { use_bidirectional_attention: true },
      "model: the mistral config is not understood: use_bidirectional_attention is true and sliding_window is 6; where the window holds for both sides, set is_causal to false in its place, where the model was trained to see whole texts, set sliding_window to null",
    ],
    [
      "mistral, window",
      { is_causal: true, use_bidirectional_attention: true },
      "is_causal is true and use_bidirectional_attention is true; leave one of them out",
    ],
    [
      "qwen2, not causal",
      { layer_types: ["full_attention", "sliding_attention"] },
      "layer_types has sliding_attention, but there is no window (use_sliding_window is false, sliding_window undefined)",
    ],
    ["qwen3, biases, layer_types", { layer_types: ["full_attention"] }, "layer_types has 1 entries for 2 layers"],
    ["gemma3 bidirectional, layer_types", { attn_logit_softcapping: 50 }, "attn_logit_softcapping is 50"],
    ["gemma3 bidirectional, layer_types", { layer_types: ["full_attention", "chunked"] }, 'layer_types.1 is "chunked"'],
    [
      "granite, four factors, biases",
      { rope_parameters: { rope_type: "default", partial_rotary_factor: 0.5 } },
      "(partial_rotary_factor must be 1)",
    ],
    [
      "ministral3, window, not stretched",
      { rope_parameters: { rope_type: "default" } },
      "the ministral3 rope_parameters config is not understood: llama_4_scaling_beta is missing",
    ],
    [
      "gemma that says gelu, biases",
      { hidden_activation: "relu" },
      "hidden_act is gelu, and hidden_activation relu; leave one of them out",
    ],
    [
      "gemma2, layer_types, no cap",
      { use_bidirectional_attention: true },
      "use_bidirectional_attention is true (set is_causal in its place)",
    ],
    [
      "gemma2, layer_types, no cap",
      { sliding_window: null },
      "layer 2 is one of sliding_attention, and sliding_window is null; give it a window",
    ],
    [
      "phi3, half of each head rotates, window",
      { rope_scaling: { type: "longrope", short_factor: [1, 1], long_factor: [2, 2] } },
      'model: the phi3 config is not understood: the rope_type is "longrope"; in this family only default is known',
    ],
    [
      "phi3, half of each head rotates, window",
      { partial_rotary_factor: 0.1 },
      "partial_rotary_factor is 0.1, which rotates none of a head's 8 values",
    ],
    ["olmo3 of transformers 4, yarn, biases", { rope_theta: 10_000 }, "rope_theta is 10000"],
    [
      "olmo3, layer_types, two bases, not causal",
      { rope_parameters: { rope_type: "default", rope_theta: 50 } },
      "rope_parameters.rope_type, rope_theta is not known",
    ],
    [
      "gpt_neox that says nothing of rotation",
      { rope_theta: 500 },
      "rope_theta is 500, and by rotary_pct, rotary_emb_base and rope_parameters it is 10000; leave rope_theta out",
    ],
    ["gpt_neox that says nothing of rotation", { num_attention_heads: 3 }, "must divide hidden_size"],
    ["bloom, six heads", { is_causal: false }, "is_causal is false (BLOOM looks only back)"],
    ["bloom, six heads", { apply_residual_connection_post_layernorm: true }, "post_layernorm is true"],
    ["bloom, six heads", { n_head: 5 }, "n_head is 5 (must divide hidden_size)"],
    ["bloom, six heads", { num_hidden_layers: 3 }, "num_hidden_layers is 3 (must be n_layer where both are there)"],
    ["gpt_neo, gelu, local alone", { is_causal: false }, "is_causal is false (GPT-Neo looks only back)"],
    ["gpt_neo, gelu, local alone", { attention_types: null }, "attention_types has 24 entries for 3 layers"],
    [
      "qwen3_5, every other layer full, biases, three taps",
      { attn_output_gate: false },
      "the qwen3_5_text config is not understood: attn_output_gate is false",
    ],
    [
      "qwen3_5, every other layer full, biases, three taps",
      { linear_num_key_heads: 4 },
      "linear_num_value_heads is 6 (must be a multiple of linear_num_key_heads)",
    ],
    ["lfm2, no multiplier", { layer_types: ["conv", "conv", "moe"] }, 'layer_types.2 is "moe"'],
    [
      "lfm2, no multiplier",
      { block_ff_dim: 64 },
      "tensor layers.0.feed_forward.w1.weight has the shape [20,16], its config asks for [42,16]",
    ],
  ];
  it.each(faults)("%s: %j", async (name, change, message) => {
    const { config, tensors, expected } = cases[name];
    await expect(tokenEmbeddings({ config: { ...config, ...change }, tensors, expected }, apart)).rejects.toThrow(
      message,
    );
  });
});
