/** Repositories in the true shape of known models, with made-up weights, which `shapes.mjs` measures. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { xorshift } from "./random.mjs";

const rangeOf = (count) => Array.from({ length: count }, (_, i) => i);

/** Gemma 3 text as in EmbeddingGemma's config; Tarka-150M differs in `vocabulary`. */
const embeddingGemma = (vocabulary) => ({
  model_type: "gemma3_text",
  architectures: ["Gemma3TextModel"],
  vocab_size: vocabulary,
  hidden_size: 768,
  intermediate_size: 1152,
  num_hidden_layers: 24,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 256,
  hidden_activation: "gelu_pytorch_tanh",
  max_position_embeddings: 2048,
  query_pre_attn_scalar: 256,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  rope_local_base_freq: 10_000,
  sliding_window: 512,
  layer_types: rangeOf(24).map((i) => ((i + 1) % 6 === 0 ? "full_attention" : "sliding_attention")),
  use_bidirectional_attention: true,
});

/** The modules after the transformer, each with its folder's config. */
const poolAndNormalize = (hidden, mode) => [
  { type: "Pooling", config: { embedding_dimension: hidden, pooling_mode: mode } },
  { type: "Normalize" },
];
const meanAndNormalize = (hidden) => poolAndNormalize(hidden, "mean");
const lastAndNormalize = (hidden) => poolAndNormalize(hidden, "lasttoken");
const dense = (inputs, outputs) => ({
  type: "Dense",
  config: {
    in_features: inputs,
    out_features: outputs,
    bias: false,
    activation_function: "torch.nn.modules.linear.Identity",
  },
  tensors: [["linear.weight", [outputs, inputs]]],
});
const [gemmaPooling, gemmaNormalize] = meanAndNormalize(768);
const gemmaModules = [gemmaPooling, dense(768, 3072), dense(3072, 768), gemmaNormalize];

/**
 * Every shape that is measured. `parameters` is the published model's number; `layers` says where some were left out;
 * `inTransformers` is false where only the repository's own code has the model.
 */
export const shapes = [
  {
    name: "Tarka-Embedding-150M-V1",
    config: embeddingGemma(64_400),
    modules: gemmaModules,
    parameters: 155_714_304,
  },
  {
    name: "Tarka-Embedding-350M-V1",
    config: {
      model_type: "lfm2",
      architectures: ["Lfm2Model"],
      is_causal: false,
      vocab_size: 65_536,
      hidden_size: 1024,
      block_ff_dim: 6656,
      block_auto_adjust_ff_dim: true,
      block_ffn_dim_multiplier: 1,
      block_multiple_of: 256,
      conv_L_cache: 3,
      conv_bias: false,
      num_hidden_layers: 16,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      full_attn_idxs: [2, 5, 8, 10, 12, 14],
      max_position_embeddings: 128_000,
      norm_eps: 1e-5,
      rope_theta: 1_000_000,
    },
    modules: meanAndNormalize(1024),
    parameters: 354_483_968,
  },
  {
    name: "embeddinggemma-300m",
    config: embeddingGemma(262_144),
    modules: gemmaModules,
    parameters: 307_581_696,
  },
  {
    name: "multilingual-e5-large",
    config: {
      model_type: "xlm-roberta",
      architectures: ["XLMRobertaModel"],
      vocab_size: 250_002,
      hidden_size: 1024,
      intermediate_size: 4096,
      num_hidden_layers: 24,
      num_attention_heads: 16,
      hidden_act: "gelu",
      layer_norm_eps: 1e-5,
      max_position_embeddings: 514,
      type_vocab_size: 1,
      pad_token_id: 1,
      position_embedding_type: "absolute",
    },
    modules: meanAndNormalize(1024),
    parameters: 559_890_432,
  },
  {
    name: "jina-embeddings-v2-base-en",
    config: {
      model_type: "bert",
      architectures: ["JinaBertForMaskedLM"],
      position_embedding_type: "alibi",
      feed_forward_type: "geglu",
      emb_pooler: "mean",
      vocab_size: 30_528,
      hidden_size: 768,
      intermediate_size: 3072,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      layer_norm_eps: 1e-12,
      max_position_embeddings: 8192,
      type_vocab_size: 2,
      pad_token_id: 0,
    },
    modules: meanAndNormalize(768).slice(0, 1),
    parameters: 137_368_320,
    inTransformers: false,
  },
  {
    name: "Qwen3-Embedding-0.6B",
    config: {
      model_type: "qwen3",
      architectures: ["Qwen3Model"],
      vocab_size: 151_669,
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 8,
      head_dim: 128,
      hidden_act: "silu",
      max_position_embeddings: 32_768,
      rms_norm_eps: 1e-6,
      rope_theta: 1_000_000,
      attention_bias: false,
      use_sliding_window: false,
      sliding_window: null,
    },
    modules: lastAndNormalize(1024),
    parameters: 595_776_512,
  },
  {
    name: "Mistral-7B",
    config: {
      model_type: "mistral",
      architectures: ["MistralModel"],
      vocab_size: 32_000,
      hidden_size: 4096,
      intermediate_size: 14_336,
      num_hidden_layers: 3,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      max_position_embeddings: 32_768,
      rms_norm_eps: 1e-5,
      rope_theta: 10_000,
      sliding_window: 4096,
    },
    modules: lastAndNormalize(4096),
    parameters: 7_110_660_096,
    layers: 32,
  },
  {
    name: "sentence-t5-large",
    config: {
      model_type: "t5",
      architectures: ["T5EncoderModel"],
      is_encoder_decoder: false,
      vocab_size: 32_128,
      d_model: 1024,
      d_kv: 64,
      d_ff: 4096,
      num_layers: 24,
      num_heads: 16,
      feed_forward_proj: "relu",
      layer_norm_epsilon: 1e-6,
      relative_attention_num_buckets: 32,
      relative_attention_max_distance: 128,
    },
    modules: [meanAndNormalize(1024)[0], dense(1024, 768), meanAndNormalize(768)[1]],
    parameters: 335_726_080,
  },
  {
    name: "gte-multilingual-base",
    config: {
      model_type: "gte",
      architectures: ["GteModel"],
      vocab_size: 250_048,
      hidden_size: 768,
      intermediate_size: 3072,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      hidden_act: "gelu",
      layer_norm_eps: 1e-12,
      max_position_embeddings: 8192,
      type_vocab_size: 1,
      pad_token_id: 1,
      rope_parameters: { rope_type: "default", rope_theta: 20_000 },
    },
    modules: poolAndNormalize(768, "cls"),
    parameters: 305_368_320,
  },
  {
    name: "nomic-embed-text-v1.5",
    config: {
      model_type: "nomic_bert",
      architectures: ["NomicBertModel"],
      vocab_size: 30_528,
      hidden_size: 768,
      intermediate_size: 3072,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      hidden_act: "silu",
      layer_norm_eps: 1e-12,
      max_position_embeddings: 8192,
      type_vocab_size: 2,
      pad_token_id: 0,
      rope_parameters: { rope_type: "default", rope_theta: 1000 },
    },
    modules: meanAndNormalize(768),
    parameters: 136_731_648,
  },
  {
    name: "EuroBERT-210m",
    config: {
      model_type: "eurobert",
      architectures: ["EuroBertModel"],
      vocab_size: 128_256,
      hidden_size: 768,
      intermediate_size: 3072,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      num_key_value_heads: 12,
      hidden_act: "silu",
      max_position_embeddings: 8192,
      rms_norm_eps: 1e-5,
      rope_parameters: { rope_type: "default", rope_theta: 250_000 },
    },
    modules: meanAndNormalize(768),
    parameters: 211_766_016,
  },
];

const named = (prefix, tensors) => tensors.map(([name, dims]) => [`${prefix}.${name}`, dims]);
export const layersIn = (config) => config.num_hidden_layers ?? config.num_layers;
const layersOf = (config, prefix, tensorsOf) =>
  rangeOf(layersIn(config)).flatMap((i) => named(`${prefix}.${i}`, tensorsOf(i)));
const linear = (name, out, width) => [
  [`${name}.weight`, [out, width]],
  [`${name}.bias`, [out]],
];
const layerNorm = (name, hidden) => ["weight", "bias"].map((part) => [`${name}.${part}`, [hidden]]);

/** Names and sizes of the tensors of a family. */
const tensorsOf = {
  gemma3_text: (config) => {
    const { hidden_size: hidden, intermediate_size: inner, head_dim: head } = config;
    const norms = ["input", "post_attention", "pre_feedforward", "post_feedforward"];
    return [
      ["embed_tokens.weight", [config.vocab_size, hidden]],
      ...layersOf(config, "layers", () => [
        ...norms.map((norm) => [`${norm}_layernorm.weight`, [hidden]]),
        ...attention(config, head, "o_proj", ["q_norm", "k_norm"]),
        ...gated(hidden, inner, "mlp", ["gate_proj", "up_proj", "down_proj"]),
      ]),
      ["norm.weight", [hidden]],
    ];
  },
  lfm2: (config) => {
    const { hidden_size: hidden, block_multiple_of: multiple } = config;
    const inner = Math.ceil(Math.floor((2 * config.block_ff_dim) / 3) / multiple) * multiple;
    const convolution = [
      ["conv.conv.weight", [hidden, 1, config.conv_L_cache]],
      ["conv.in_proj.weight", [3 * hidden, hidden]],
      ["conv.out_proj.weight", [hidden, hidden]],
    ];
    const head = hidden / config.num_attention_heads;
    return [
      ["embed_tokens.weight", [config.vocab_size, hidden]],
      ...layersOf(config, "layers", (i) => [
        ["operator_norm.weight", [hidden]],
        ["ffn_norm.weight", [hidden]],
        ...(config.full_attn_idxs.includes(i)
          ? attention(config, head, "out_proj", ["q_layernorm", "k_layernorm"])
          : convolution),
        ...gated(hidden, inner, "feed_forward", ["w1", "w3", "w2"]),
      ]),
      ["embedding_norm.weight", [hidden]],
    ];
  },
  qwen3: (config) => decoder(config, ["q_norm", "k_norm"]),
  mistral: (config) => decoder(config, []),
  "xlm-roberta": (config) => {
    const { hidden_size: hidden, intermediate_size: inner } = config;
    const positions = ["embeddings.position_embeddings.weight", [config.max_position_embeddings, hidden]];
    return encoder(config, [positions], () => [
      ...linear("intermediate.dense", inner, hidden),
      ...linear("output.dense", hidden, inner),
      ...layerNorm("output.LayerNorm", hidden),
    ]);
  },
  // Jina's BERT v2.
  bert: (config) => {
    const { hidden_size: hidden, intermediate_size: inner } = config;
    return encoder(config, [], () => [
      ["mlp.gated_layers.weight", [2 * inner, hidden]],
      ...linear("mlp.wo", hidden, inner),
      ...layerNorm("mlp.layernorm", hidden),
    ]);
  },
  t5: ({ d_model: hidden, d_ff: inner, d_kv: head, num_heads: heads, ...config }) => [
    ["shared.weight", [config.vocab_size, hidden]],
    ...layersOf(config, "encoder.block", (i) => [
      ...["q", "k", "v"].map((part) => [`layer.0.SelfAttention.${part}.weight`, [heads * head, hidden]]),
      ["layer.0.SelfAttention.o.weight", [hidden, heads * head]],
      ...(i === 0
        ? [["layer.0.SelfAttention.relative_attention_bias.weight", [config.relative_attention_num_buckets, heads]]]
        : []),
      ["layer.0.layer_norm.weight", [hidden]],
      ["layer.1.DenseReluDense.wi.weight", [inner, hidden]],
      ["layer.1.DenseReluDense.wo.weight", [hidden, inner]],
      ["layer.1.layer_norm.weight", [hidden]],
    ]),
    ["encoder.final_layer_norm.weight", [hidden]],
  ],
  gte: (config) => {
    const { hidden_size: hidden, intermediate_size: inner } = config;
    return [
      ...encoderTables(config),
      ...layerNorm("embeddings.LayerNorm", hidden),
      ...layersOf(config, "encoder.layer", () => [
        ...linear("attention.qkv_proj", 3 * hidden, hidden),
        ...linear("attention.o_proj", hidden, hidden),
        ...layerNorm("attn_ln", hidden),
        ["mlp.up_gate_proj.weight", [2 * inner, hidden]],
        ...linear("mlp.down_proj", hidden, inner),
        ...layerNorm("mlp_ln", hidden),
      ]),
    ];
  },
  nomic_bert: (config) => {
    const { hidden_size: hidden, intermediate_size: inner } = config;
    return [
      ...encoderTables(config),
      ...layerNorm("emb_ln", hidden),
      ...layersOf(config, "encoder.layers", () => [
        ["attn.Wqkv.weight", [3 * hidden, hidden]],
        ["attn.out_proj.weight", [hidden, hidden]],
        ...gated(hidden, inner, "mlp", ["fc12", "fc11", "fc2"]),
        ...layerNorm("norm1", hidden),
        ...layerNorm("norm2", hidden),
      ]),
    ];
  },
  eurobert: (config) => decoder(config, []),
};

/** Tables of words and of token types. */
function encoderTables({ vocab_size: vocabulary, type_vocab_size: types, hidden_size: hidden }) {
  return [
    ["embeddings.word_embeddings.weight", [vocabulary, hidden]],
    ["embeddings.token_type_embeddings.weight", [types, hidden]],
  ];
}

/** An encoder of BERT's order: its tables, its layers' attention and what follows it, and the pooler. */
function encoder(config, positions, feedForward) {
  const { hidden_size: hidden } = config;
  return [
    ["embeddings.word_embeddings.weight", [config.vocab_size, hidden]],
    ...positions,
    ["embeddings.token_type_embeddings.weight", [config.type_vocab_size, hidden]],
    ...layerNorm("embeddings.LayerNorm", hidden),
    ...layersOf(config, "encoder.layer", () => [
      ...["query", "key", "value"].flatMap((part) => linear(`attention.self.${part}`, hidden, hidden)),
      ...linear("attention.output.dense", hidden, hidden),
      ...layerNorm("attention.output.LayerNorm", hidden),
      ...feedForward(),
    ]),
    ...linear("pooler.dense", hidden, hidden),
  ];
}

function decoder(config, norms) {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  return [
    ["embed_tokens.weight", [config.vocab_size, hidden]],
    ...layersOf(config, "layers", () => [
      ["input_layernorm.weight", [hidden]],
      ["post_attention_layernorm.weight", [hidden]],
      ...attention(config, config.head_dim ?? hidden / heads, "o_proj", norms),
      ...gated(hidden, config.intermediate_size, "mlp", ["gate_proj", "up_proj", "down_proj"]),
    ]),
    ["norm.weight", [hidden]],
  ];
}

function attention(
  { hidden_size: hidden, num_attention_heads: heads, num_key_value_heads: keys },
  head,
  output,
  norms,
) {
  return named("self_attn", [
    ["q_proj.weight", [heads * head, hidden]],
    ["k_proj.weight", [keys * head, hidden]],
    ["v_proj.weight", [keys * head, hidden]],
    [`${output}.weight`, [hidden, heads * head]],
    ...norms.map((norm) => [`${norm}.weight`, [head]]),
  ]);
}

const gated = (hidden, inner, name, [gate, up, down]) =>
  named(name, [
    [`${gate}.weight`, [inner, hidden]],
    [`${up}.weight`, [inner, hidden]],
    [`${down}.weight`, [hidden, inner]],
  ]);

const sizeOf = (dims) => dims.reduce((product, size) => product * size, 1);

/** Counts the parameters of a shape as published, with all layers. */
export function fullParameters({ config, layers = layersIn(config), modules }) {
  const key = "num_layers" in config ? "num_layers" : "num_hidden_layers";
  const tensors = tensorsOf[config.model_type]({ ...config, [key]: layers });
  const all = [...tensors, ...modules.flatMap((module) => module.tensors ?? [])];
  return all.reduce((sum, [, dims]) => sum + sizeOf(dims), 0);
}

/** Writes a shape's repository: configs, and weights drawn from a fixed seed. */
export function writeRepository(folder, { config, modules }) {
  mkdirSync(folder, { recursive: true });
  const json = (path, value) => writeFileSync(join(folder, path), JSON.stringify(value, null, 2));
  json("config.json", { dtype: "float32", ...config });
  writeTensors(join(folder, "model.safetensors"), tensorsOf[config.model_type](config));
  const listed = modules.map(({ type }, i) => ({
    idx: i + 1,
    path: `${i + 1}_${type}`,
    type: `sentence_transformers.models.${type}`,
  }));
  json("modules.json", [{ idx: 0, path: "", type: "sentence_transformers.models.Transformer" }, ...listed]);
  for (const [i, { type, config: settings, tensors }] of modules.entries()) {
    mkdirSync(join(folder, `${i + 1}_${type}`), { recursive: true });
    if (settings) json(`${i + 1}_${type}/config.json`, settings);
    if (tensors) writeTensors(join(folder, `${i + 1}_${type}/model.safetensors`), tensors);
  }
}

/**
 * Adds a tokenizer and modules' names, without which sentence-transformers opens no repository. Of made-up weights any
 * tokenizer does whose ids the table has, since no meaning of ids matters.
 * @param tokenizer Folder of the tokenizer's files.
 */
export function makeLoadable(folder, tokenizer) {
  for (const file of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"])
    writeFileSync(join(folder, file), readFileSync(join(tokenizer, file)));
  const list = join(folder, "modules.json");
  const modules = JSON.parse(readFileSync(list, "utf8"));
  writeFileSync(list, JSON.stringify(modules.map((module, i) => ({ name: String(i), ...module }))));
}

const blockValues = 2 ** 22;
/** Half the width of the weights' even distribution, whose deviation is that of the usual initialization, 0.02. */
const spread = 0.02 * Math.sqrt(3);

/** Writes a safetensors file piece by piece. Norms get 1 (which Gemma reads as 2), matrices pieces of one random block. */
function writeTensors(path, tensors) {
  let at = 0;
  const entries = tensors.map(([name, dims]) => {
    const begin = at;
    at += 4 * sizeOf(dims);
    return [name, { dtype: "F32", shape: dims, data_offsets: [begin, at] }];
  });
  const text = JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(entries) });
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 64) * 64 - 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, "w");
  writeSync(file, length);
  writeSync(file, header);
  const random = randomBlock();
  let from = 0;
  for (const [, dims] of tensors) {
    let left = sizeOf(dims);
    if (dims.length === 1) {
      writeSync(
        file,
        Float32Array.from({ length: left }, () => 1),
      );
      continue;
    }
    while (left > 0) {
      const piece = random.subarray(from, from + Math.min(left, blockValues - from));
      writeSync(file, piece);
      left -= piece.length;
      from = (from + piece.length) % blockValues;
    }
    // The next tensor starts elsewhere in the block.
    from = (from + 40_961) % blockValues;
  }
  closeSync(file);
}

/** Draws evenly distributed values by Marsaglia's xorshift. */
function randomBlock() {
  const draw = xorshift();
  return Float32Array.from({ length: blockValues }, () => (draw() / 2 ** 31) * spread);
}
