import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeEncoderGraph } from "../graph/pipeline.ts";
import { openRepository } from "../index.ts";
import { readRepository } from "../repository/repository.ts";
import { formatOf } from "../runtime/providers/index.ts";
import { folderSnapshot, madeUpValues, safetensorsOf } from "../testing/checkpoint.ts";
import { apart, cases, changed, type Json, tokenEmbeddings } from "../testing/encoder-cases.ts";
import { difference, tokenEmbeddingsOf } from "../testing/token-embeddings.ts";
import { cosine } from "../testing/vectors.ts";

/** Families that only the published code of repositories has; that their vectors are its, encoders.test.ts holds. */
const experts = "nomic_bert, experts in every other layer";
const voyage = "voyage, tokens widened";
const latent = "nvembed, a narrow window that does not count";
const withText = (change: Json): Json => ({
  text_config: { ...(cases[latent].config["text_config"] as Json), ...change },
});

describe("what would be something else", () => {
  const matters: [string, Json][] = [
    ["nomic_bert, experts in every other layer", { moe_top_k: 1 }],
    ["nomic_bert, three of four experts in the second of three layers", { moe_top_k: 2 }],
    ["nomic_bert, longer texts than trained", { rotary_scaling_factor: null }],
    ["nomic_bert, longer texts than trained", { max_trained_positions: undefined }],
    [latent, withText({ rms_norm_eps: 1e-2 })],
    [voyage, { rope_theta: 10 }],
    [latent, withText({ rope_theta: 100 })],
    ["jina_bert_v2, gated gelu, six heads", { feed_forward_type: "reglu" }],
    ["jina_bert_v2, gated relu, eight heads", { layer_norm_eps: 1e-12 }],
    ["jina_bert_v2, gated relu, eight heads", { num_attention_heads: 4 }],
    ["jina_bert_v2, normalized queries and keys", { feed_forward_type: "reglu" }],
    ["jina_bert_v2, normalized queries and keys, gated relu", { layer_norm_eps: 1e-12 }],
  ];
  it.each(matters)("%s: %j", async (name, change) => {
    const found = await tokenEmbeddings(changed(name, change), apart);
    expect(difference(found, cases[name].expected)).toBeGreaterThan(1e-3);
  });
});

describe("experts in other formats, those that no token goes through too", () => {
  it.each([
    ["fp16", "cuda:0", 0.999],
    ["int8", "cpu", 0.99],
  ] as const)("%s", async (precision, device, least) => {
    const one = cases[experts];
    const found = await tokenEmbeddings(one, apart, formatOf(precision, device));
    expect(
      Math.min(...found.map((row, i) => cosine(Float32Array.from(row), Float32Array.from(one.expected[i])))),
    ).toBeGreaterThan(least);
    expect(difference(found, one.expected)).toBeGreaterThan(1e-5);
  });
});

it("voyage's width is the number of labels where it is not stated", async () => {
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, `LABEL_${i}`]));
  const found = await tokenEmbeddings(changed(voyage, { num_labels: undefined, id2label: labels }), apart);
  expect(difference(found, cases[voyage].expected)).toBeLessThan(1e-5);
});

it.each([
  [{}, "has tensors that its architecture does not use, and that its own code may use: more.weight"],
  [{ auto_map: undefined }, "has tensors that its architecture does not use, as in the reference: more.weight"],
])("tensors beside the model are told, with %j in the config", async (change, told) => {
  const { config, tensors } = changed("jina_bert_v2, gated gelu, six heads", change);
  const files = {
    "config.json": JSON.stringify(config),
    "model.safetensors": safetensorsOf({ ...tensors, "more.weight": [1] }),
  };
  const snapshot = await folderSnapshot(files);
  const lines: string[] = [];
  const { modules } = await readRepository(snapshot);
  await writeEncoderGraph(snapshot, modules, { warn: (line) => void lines.push(line) });
  expect(lines).toEqual([`model: ${snapshot.id} ${told}`]);
});

it("NV-Embed as a repository: the end token is one of the text's, the prompt none of the pooled ones", async () => {
  const tokenizer = (name: string): string =>
    readFileSync(new URL(`../fixtures/bert-mean/${name}`, import.meta.url), "utf8");
  const { tensors } = cases[latent];
  const { config } = changed(latent, withText({ vocab_size: 600 }));
  const shapes = { ...tensors, "embedding_model.embed_tokens.weight": [600, 8] };
  const named = {
    tokenizer_class: "LlamaTokenizer",
    bos_token: "[CLS]",
    eos_token: "[SEP]",
    pad_token: "[SEP]",
    unk_token: "[UNK]",
  };
  const snapshot = await folderSnapshot({
    "config.json": JSON.stringify(config),
    "model.safetensors": safetensorsOf(
      shapes,
      madeUpValues((name) => (/norm/.test(name) ? 1 : 0)),
    ),
    "tokenizer.json": tokenizer("tokenizer.json"),
    "tokenizer_config.json": JSON.stringify({ ...named, add_eos_token: false }),
    "modules.json": JSON.stringify([
      { path: "", type: "sentence_transformers.models.Transformer" },
      { path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    ]),
    "1_Pooling/config.json": JSON.stringify({ pooling_mode_mean_tokens: true, include_prompt: false }),
  });
  const ids = [2, 41, 40, 3];
  const [tokens] = await tokenEmbeddingsOf(snapshot, config, [ids], [[0]]);
  const meanFrom = (first: number): number[] =>
    Array.from({ length: 8 }, (_, i) => {
      const values = ids.slice(first).map((_, token) => tokens[(first + token) * 8 + i]);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1 });
  try {
    const whole = await encoder.encode(["b a"], {});
    expect(difference([Array.from(whole.data)], [meanFrom(0)])).toBeLessThan(1e-5);
    const prompted = await encoder.encode(["a"], { prompt: "b " });
    expect(difference([Array.from(prompted.data)], [meanFrom(2)])).toBeLessThan(1e-5);
  } finally {
    await encoder.close();
  }
});

describe("configs that are not understood", () => {
  const faults: [string, Json, string][] = [
    [experts, { moe_normalize_expert_weights: true }, "moe_normalize_expert_weights is true"],
    [experts, { moe_top_k: 9 }, "moe_top_k is 9 (must be at most num_experts)"],
    [experts, { moe_top_k: undefined }, "moe_top_k is missing (must be at most num_experts)"],
    [experts, { num_experts: 4096 }, "num_experts is 4096 (times n_layer must be at most 4096)"],
    [experts, { expert_choice_router: true }, "expert_choice_router is true"],
    [experts, { num_shared_experts: 1 }, "num_shared_experts is 1"],
    [experts, { ffn_div: 2 }, "ffn_div is 2"],
    [
      experts,
      { num_experts: 4 },
      "encoder.layers.1.mlp.experts.mlp.w1 has the shape [192,16], its config asks for [96,16]",
    ],
    [experts, { moe_every_n_layers: 1 }, "left over are encoder.layers.1.mlp.experts.bias"],
    [experts, { moe_every_n_layers: -1 }, "left over are encoder.layers.1.mlp.experts.bias"],
    [voyage, { is_causal: true }, "the qwen3 (voyage) config is not understood: is_causal is true"],
    [voyage, { use_bidirectional_attention: false }, "is_causal is false and use_bidirectional_attention is false"],
    [voyage, { use_sliding_window: true }, "use_sliding_window is true"],
    [voyage, { layer_types: ["full_attention", "sliding_attention"] }, 'layer_types.1 is "sliding_attention"'],
    [voyage, { num_labels: undefined }, "tensor linear.weight has the shape [20,16], its config asks for [2,16]"],
    [latent, { mask_type: "c" }, 'the nvembed config is not understood: mask_type is "c"'],
    [latent, { text_config: undefined }, "text_config is missing"],
    [latent, withText({ is_causal: true }), "the nvembed text_config config is not understood: is_causal is true"],
    [latent, withText({ model_type: "llama" }), 'model_type is "llama"'],
    [
      latent,
      { latent_attention_config: { latent_dim: 8 } },
      "the nvembed latent_attention_config config is not understood: hidden_dim is missing (must be, like latent_dim, the",
    ],
    ["jina_bert_v2, gated gelu, six heads", { feed_forward_type: "swiglu" }, 'feed_forward_type is "swiglu"'],
    ["jina_bert_v2, gated gelu, six heads", { feed_forward_type: "original" }, 'feed_forward_type is "original"'],
    ["jina_bert_v2, gated gelu, six heads", { feed_forward_type: undefined }, "feed_forward_type is missing"],
    ["jina_bert_v2, gated gelu, six heads", { emb_pooler: "cls" }, 'emb_pooler is "cls"'],
    ["jina_bert_v2, gated gelu, six heads", { is_decoder: true }, "is_decoder is true"],
    ["jina_bert_v2, gated gelu, six heads", { num_attention_heads: 5 }, "num_attention_heads is 5 (must divide"],
    [
      "jina_bert_v2, gated gelu, six heads",
      { intermediate_size: 20 },
      "encoder.layer.0.mlp.gated_layers.weight has the",
    ],
    [
      "jina_bert_v2, gated gelu, six heads",
      { model_type: "jina_bert_v2", position_embedding_type: "absolute" },
      'the jina_bert_v2 config is not understood: position_embedding_type is "absolute"',
    ],
    [
      "jina_bert_v2, gated gelu, six heads",
      { position_embedding_type: "absolute" },
      "left over are encoder.layer.0.mlp",
    ],
    ["jina_bert_v2, normalized queries and keys", { num_hidden_layers: 1 }, "left over are encoder.layer.1.attention"],
    ["bert, silu, one token type", { position_embedding_type: "alibi" }, "feed_forward_type is missing"],
  ];
  it.each(faults)("%s: %j", async (name, change, message) => {
    await expect(tokenEmbeddings(changed(name, change), apart)).rejects.toThrow(message);
  });
});
