import { describe, expect, it } from "vitest";
import { limits } from "../../datasets/limits.ts";
import { apart, cases, changed, type EncoderCase, type Json, tokenEmbeddings } from "../testing/encoder-cases.ts";
import { difference } from "../testing/token-embeddings.ts";

describe("two spellings of the same", () => {
  const nomic = {
    model_type: "nomic_bert",
    vocab_size: 49,
    pad_vocab_size_multiple: 10,
    n_embd: 16,
    n_head: 4,
    n_inner: 24,
    n_layer: 2,
    activation_function: "swiglu",
    layer_norm_epsilon: 1e-12,
    type_vocab_size: 2,
    qkv_proj_bias: false,
    mlp_fc1_bias: false,
    mlp_fc2_bias: false,
    rotary_emb_base: 1000,
    rotary_emb_fraction: 1,
    rotary_scaling_factor: null,
  };
  const name = "nomic_bert, what it takes by default";
  const publishedNomic = (change: Json): EncoderCase => ({ ...cases[name], config: { ...nomic, ...change } });

  it("nomic_bert as published", async () => {
    expect(difference(await tokenEmbeddings(publishedNomic({}), apart), cases[name].expected)).toBeLessThan(1e-5);
    const other = await tokenEmbeddings(publishedNomic({ rotary_emb_base: 10 }), apart);
    expect(difference(other, cases[name].expected)).toBeGreaterThan(1e-3);
  });

  const refused: [Json, string][] = [
    [{ num_experts: 8, moe_every_n_layers: 2 }, 'activation_function is "swiglu" (must be gelu with experts)'],
    [{ rotary_emb_fraction: 0.5 }, "rotary_emb_fraction is 0.5"],
    [{ rotary_emb_interleaved: true }, "rotary_emb_interleaved is true"],
    [{ rotary_scaling_factor: 0.5 }, "rotary_scaling_factor is 0.5"],
    [{ norm_mlp: true }, "norm_mlp is true"],
    [{ prenorm: true }, "prenorm is true"],
    [{ causal: true }, "causal is true"],
    [{ activation_function: "gelu_new" }, 'activation_function is "gelu_new"'],
    [{ activation_function: "gelu" }, "missing are encoder.layers.0.mlp.fc1.weight"],
    [{ mlp_fc1_bias: true }, "mlp_fc2_bias is false (must be what mlp_fc1_bias is)"],
    [{ qkv_proj_bias: true }, "missing are encoder.layers.0.attn.Wqkv.bias"],
    [{ n_head: 5 }, "n_head is 5 (must divide n_embd)"],
  ];
  it.each(refused)("nomic_bert as published, %j", (change, message) =>
    expect(tokenEmbeddings(publishedNomic(change), apart)).rejects.toThrow(message),
  );

  it("new, whose ntk scaling is a larger base and smaller angles", async () => {
    const stretched = "gte, stretched positions";
    const change = {
      model_type: "new",
      rope_parameters: undefined,
      rope_theta: 31.25,
      rope_scaling: { type: "ntk", factor: 16 },
      pack_qkv: true,
      position_embedding_type: "rope",
      layer_norm_type: "layer_norm",
      logn_attention_scale: false,
    };
    const found = await tokenEmbeddings(changed(stretched, change), apart);
    expect(difference(found, cases[stretched].expected)).toBeLessThan(1e-5);
  });
});

describe("what a checkpoint stores beside", () => {
  const stored = (name: string, tensors: EncoderCase["tensors"]): EncoderCase => ({ ...cases[name], tensors });
  const t5 = "t5, gated silu";
  const found = (one: EncoderCase): Promise<number[][]> => tokenEmbeddings(one, apart);

  it("T5's decoder is left out", async () => {
    const beside = {
      ...cases[t5].tensors,
      "decoder.block.0.layer.0.SelfAttention.q.weight": [16, 16],
      "lm_head.weight": [1],
    };
    expect(difference(await found(stored(t5, beside)), cases[t5].expected)).toBeLessThan(1e-5);
  });

  it("T5's table may be the encoder's own, which counts where both are stored", async () => {
    const renamed = Object.entries(cases[t5].tensors).map(([name, dims]) => [
      name === "shared.weight" ? "encoder.embed_tokens.weight" : name,
      dims,
    ]);
    expect(difference(await found(stored(t5, Object.fromEntries(renamed))), cases[t5].expected)).toBeLessThan(1e-5);
    const both = { ...cases[t5].tensors, "encoder.embed_tokens.weight": [50, 16] };
    expect(difference(await found(stored(t5, both)), cases[t5].expected)).toBeGreaterThan(1e-3);
  });

  it("DeBERTa's positions do not count where its config says so", async () => {
    const name = "deberta-v2, buckets, a norm, own projections";
    const unused = { ...cases[name].tensors, "embeddings.position_embeddings.weight": [32, 6] };
    expect(difference(await found(stored(name, unused)), cases[name].expected)).toBeLessThan(1e-5);
  });
});

describe("configs that are not understood", () => {
  const faults: [string, Json, string][] = [
    ["bert, silu, one token type", { is_decoder: true }, "the bert config is not understood: is_decoder is true"],
    ["bert, silu, one token type", { is_causal: true }, "the bert config is not understood: is_causal is true"],
    [
      "distilbert, relu",
      { use_bidirectional_attention: false },
      "the distilbert config is not understood: use_bidirectional_attention is false",
    ],
    [
      "modernbert, one base for all positions",
      { sliding_window: 64 },
      "the modernbert config is not understood: sliding_window is 64",
    ],
    [
      "camembert, two token types",
      { position_embedding_type: "relative_key" },
      'the roberta config is not understood: position_embedding_type is "relative_key"',
    ],
    [
      "electra, narrow embeddings",
      { position_embedding_type: "relative_key_query" },
      'the electra config is not understood: position_embedding_type is "relative_key_query"',
    ],
    [
      "electra, narrow embeddings",
      { embedding_size: 16 },
      "left over are embeddings_project.bias, embeddings_project.",
    ],
    ["ernie, a task", { is_decoder: true }, "the ernie config is not understood: is_decoder is true"],
    ["ernie, a task", { use_task_id: false }, "left over are embeddings.task_type_embeddings.weight"],
    [
      "albert, two groups of two",
      { num_hidden_groups: 1 },
      "left over are encoder.albert_layer_groups.1.albert_layers.0.attention.LayerNorm.bias",
    ],
    [
      "albert, two groups of two",
      { inner_group_num: limits.layers },
      `the albert config is not understood: inner_group_num is ${limits.layers} (times num_hidden_layers must be at most`,
    ],
    ["xlm-roberta-xl, padding that stands in a text", { is_decoder: true }, "is_decoder is true"],
    [
      "roformer, values rotated",
      { num_attention_heads: 16 },
      "the roformer config is not understood: num_attention_heads is 16 (must divide hidden_size into even parts)",
    ],
    [
      "eurobert, biases, shared keys, scaled positions",
      { is_causal: true },
      "the eurobert config is not understood: is_ca",
    ],
    [
      "eurobert, biases, shared keys, scaled positions",
      { rope_parameters: { rope_type: "default" } },
      "rope_theta is missing (expected a number, here or in rope_parameters)",
    ],
    [
      "eurobert, biases, shared keys, scaled positions",
      { mlp_bias: false },
      "left over are layers.0.mlp.down_proj.bias",
    ],
    ["nomic_bert, wide heads", { num_experts: 8 }, "the nomic_bert config is not understood: num_experts is 8"],
    ["nomic_bert, wide heads", { partial_rotary_factor: 0.5 }, "partial_rotary_factor is 0.5"],
    ["gte, no token types", { type_vocab_size: 1 }, "missing are embeddings.token_type_embeddings.weight"],
    ["gte, no token types", { position_embedding_type: "absolute" }, 'position_embedding_type is "absolute"'],
    ["gte, no token types", { pack_qkv: false }, "the gte config is not understood: pack_qkv is false"],
    ["gte, no token types", { logn_attention_scale: true }, "logn_attention_scale is true"],
    ["gte, no token types", { layer_norm_type: "rms_norm" }, 'layer_norm_type is "rms_norm"'],
    ["gte, no token types", { rope_parameters: undefined }, "rope_theta is missing (expected a number, here or in"],
    [
      "gte, no token types",
      { rope_parameters: undefined, rope_theta: 77, rope_scaling: { type: "ntk", factor: 2, mixed_b: 0.6 } },
      "the gte rope_scaling config is not understood: mixed_b is 0.6",
    ],
    [
      "gte, no token types",
      { rope_parameters: { rope_theta: 77, rope_type: "longrope", factor: 2 } },
      'the rope_type is "longrope"',
    ],
    [
      "jina_embeddings_v3, two token types",
      { type_vocab_size: 0 },
      "the jina_embeddings_v3 config is not understood: type_vocab_size is 0",
    ],
    [
      "deberta-v2, no distances",
      { conv_kernel_size: 3 },
      "the deberta-v2 config is not understood: conv_kernel_size is 3",
    ],
    ["deberta-v2, no distances", { pos_att_type: "c2p|p2p" }, 'pos_att_type is "c2p|p2p"'],
    [
      "deberta-v2, no distances",
      { attention_head_size: 3 },
      "attention_head_size is 3 (times num_attention_heads must",
    ],
    [
      "deberta-v2, buckets, a norm, own projections",
      { max_relative_positions: 5 },
      "max_relative_positions is 5 (must be more than half of position_buckets by two)",
    ],
    ["deberta-v2, buckets, a norm, own projections", { position_buckets: 4 }, "position_buckets is 4"],
    [
      "deberta-v2, buckets, a norm, own projections",
      { share_att_key: true },
      "left over are encoder.layer.0.attention.self.pos_key_proj.bias",
    ],
    ["deberta-v2, buckets, a norm, own projections", { norm_rel_ebd: "none" }, "left over are encoder.LayerNorm.bias"],
    ["deberta, no distances", { talking_head: true }, "the deberta config is not understood: talking_head is true"],
    ["deberta, no distances", { relative_attention: true }, "missing are encoder.rel_embeddings.weight"],
    [
      "deberta, both terms, few distances",
      { pos_att_type: ["p2p"] },
      "the deberta config is not understood: pos_att_type",
    ],
    ["luke, without entity queries", { is_decoder: true }, "is_decoder is true"],
    ["t5, gated silu", { is_decoder: true }, "the t5 config is not understood: is_decoder is true"],
    ["t5, gated silu", { feed_forward_proj: "gated-silu-glu" }, 'feed_forward_proj is "gated-silu-glu" (expected the'],
    ["t5, gated silu", { feed_forward_proj: "gated-snake" }, "the activation snake is not known; known are gelu"],
    ["t5, gated silu", { is_gated_act: false }, "missing are encoder.block.0.layer.1.DenseReluDense.wi.weight"],
    [
      "mt5, exact gelu",
      { relative_attention_num_buckets: 2 },
      "the mt5 config is not understood: relative_attention_num",
    ],
    [
      "mt5, exact gelu",
      { relative_attention_max_distance: 2 },
      "relative_attention_max_distance is 2 (must be more than a quarter of relative_attention_num_buckets)",
    ],
    [
      "umt5, a bias in each layer",
      { model_type: "mt5" },
      "left over are encoder.block.1.layer.0.SelfAttention.relative",
    ],
    [
      "mt5, exact gelu",
      { model_type: "umt5" },
      "missing are encoder.block.1.layer.0.SelfAttention.relative_attention_bia",
    ],
    ["camembert, two token types", { num_attention_heads: 3 }, "num_attention_heads is 3 (must divide hidden_size)"],
    ["distilbert, relu", { n_heads: 3 }, "the distilbert config is not understood: n_heads is 3 (must divide dim)"],
    ["distilbert, relu", { activation: "relu3" }, "the activation relu3 is not known; known are gelu, gelu_python"],
    ["mpnet, more kinds of distance than are used", { is_decoder: true }, "is_decoder is true"],
    [
      "mpnet, more kinds of distance than are used",
      { relative_attention_num_buckets: 16 },
      "the mpnet config is not understood: relative_attention_num_buckets is 16",
    ],
    [
      "modernbert, one base for all positions",
      { rope_scaling: { rope_type: "yarn", factor: 4 } },
      'the modernbert config is not understood: rope_scaling is {"rope_type":"yarn","factor":4}',
    ],
    [
      "modernbert, one base for all positions",
      { layer_types: ["full_attention"] },
      "the modernbert config is not understood: layer_types has 1 entries for 4 layers",
    ],
    ["modernbert, one base for all positions", { vocab_size: undefined }, "vocab_size is missing"],
    [
      "modernbert, one base for all positions",
      { norm_bias: true },
      "missing are embeddings.norm.bias, layers.0.mlp_norm.bias, ",
    ],
    [
      "modernbert, all biases, an odd window",
      { attention_bias: false },
      "left over are layers.0.attn.Wo.bias, layers.0.attn.Wqkv.bias, ",
    ],
  ];
  it.each(faults)("%s: %j", async (name, change, message) => {
    await expect(tokenEmbeddings(changed(name, change), apart)).rejects.toThrow(message);
  });
});
