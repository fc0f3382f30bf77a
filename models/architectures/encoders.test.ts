import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { limits } from "../../datasets/limits.ts";
import { bucketOf, type DistanceBuckets } from "../graph/distance-bias.ts";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "../testing/checkpoint.ts";
import { areTransformers, difference, tokenEmbeddingsOf } from "../testing/token-embeddings.ts";
import { learnedPositionsOf } from "./index.ts";
import { buckets } from "./mpnet.ts";

type Json = Record<string, unknown>;
interface Case {
  readonly config: Json;
  /** In the order in which the weights are drawn. */
  readonly tensors: Shapes;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: number[][];
}
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));
const { texts, kindsOfDistance, ...of4 } = fixture("encoders.json") as {
  texts: number[][];
  cases: Record<string, Case>;
  kindsOfDistance: [number, number][];
};
const of5 = fixture("encoders5.json") as {
  texts: number[][];
  cases: Record<string, Case>;
  kindsOfDistance: [number, number, [number, number][]][];
};
const cases: Record<string, Case> = { ...of4.cases, ...of5.cases };

const madeUp = (tensors: Shapes): Uint8Array =>
  safetensorsOf(
    tensors,
    madeUpValues((name) => (/norm/i.test(name) ? 1 : 0)),
  );

const tokenEmbeddings = async ({ config, tensors }: Case, batches: readonly number[][]): Promise<number[][]> =>
  tokenEmbeddingsOf(await folderSnapshot({ "model.safetensors": madeUp(tensors) }), config, texts, batches);

const together = [[0, 1, 2, 3]];
const apart = [[0], [1], [2], [3]];
const changed = (name: string, change: Json): Case => ({
  ...cases[name],
  config: { ...cases[name].config, ...change },
});

describe("token embeddings as transformers', whatever a text's company", () => {
  it("both fixtures are of the same texts", () => expect(of5.texts).toEqual(texts));

  areTransformers(cases, tokenEmbeddings, texts.length);

  const matters: [string, Json][] = [
    ["bert, silu, one token type", { hidden_act: "gelu" }],
    ["roberta, padding that stands in a text", { pad_token_id: 2 }],
    ["modernbert, all biases, an odd window", { local_attention: 8 }],
    ["modernbert, all biases, an odd window", { global_attn_every_n_layers: 3 }],
    ["modernbert, one base for all positions", { local_rope_theta: 10_000 }],
    ["modernbert, one base for all positions", { global_rope_theta: 160_000 }],
    ["electra, embeddings as wide as its layers", { hidden_act: "gelu" }],
    ["albert, two groups of two", { hidden_act: "silu" }],
    ["xlm-roberta-xl, padding that stands in a text", { pad_token_id: 2 }],
    ["xlm-roberta-xl, padding that stands in a text", { layer_norm_eps: 1e-2 }],
    ["roformer, values rotated", { rotary_value: false }],
    ["t5, gated silu", { layer_norm_epsilon: 1e-6 }],
    ["eurobert, biases, shared keys, scaled positions", { rope_parameters: { rope_theta: 500 } }],
    ["eurobert, biases, shared keys, scaled positions", { rope_theta: 10_000, rope_parameters: undefined }],
    ["t5, gated gelu", { dense_act_fn: "relu" }],
    ["t5, wide heads, odd buckets", { relative_attention_max_distance: 20 }],
  ];
  it.each(matters)("%s: %j would be something else", async (name, change) => {
    const found = await tokenEmbeddings(changed(name, change), apart);
    expect(difference(found, cases[name].expected)).toBeGreaterThan(1e-3);
  });

  it("an odd window of ModernBERT is the even one below it", async () => {
    const name = "modernbert, all biases, an odd window";
    const found = await tokenEmbeddings(changed(name, { local_attention: 6 }), apart);
    expect(difference(found, cases[name].expected)).toBeLessThan(1e-5);
  });
});

describe("kinds of distance", () => {
  const changes = (kinds: DistanceBuckets): [number, number][] => {
    const found: [number, number][] = [];
    for (let distance = -600; distance <= 600; distance++) {
      const bucket = bucketOf(distance, kinds);
      if (found.at(-1)?.[1] !== bucket) found.push([distance, bucket]);
    }
    return found;
  };
  it("MPNet's change where transformers' do", () => expect(changes(buckets)).toEqual(kindsOfDistance));

  it.each(of5.kindsOfDistance)("T5's %i up to %i change where transformers' do", (count, farthest, expected) =>
    expect(changes({ count, farthest })).toEqual(expected),
  );
});

describe("positions with embeddings", () => {
  it.each([
    [{ model_type: "bert", max_position_embeddings: 512 }, 512],
    [{ model_type: "distilbert", max_position_embeddings: 512 }, 512],
    [{ model_type: "xlm-roberta", max_position_embeddings: 514, pad_token_id: 1 }, 512],
    [{ model_type: "roberta", max_position_embeddings: 514, pad_token_id: 3 }, 510],
    [{ model_type: "mpnet", max_position_embeddings: 514, pad_token_id: 0 }, 512],
    [{ model_type: "albert", max_position_embeddings: 512 }, 512],
    [{ model_type: "electra", max_position_embeddings: 512 }, 512],
    [{ model_type: "ernie", max_position_embeddings: 2048 }, 2048],
    [{ model_type: "roformer", max_position_embeddings: 1536 }, 1536],
    [{ model_type: "xlm-roberta-xl", max_position_embeddings: 514 }, 512],
    [{ model_type: "modernbert", max_position_embeddings: 8192 }, undefined],
    [{ model_type: "unknown", max_position_embeddings: 512 }, undefined],
    [{ model_type: "bert" }, undefined],
  ])("%j: %s", (config, positions) => expect(learnedPositionsOf(config)).toBe(positions));

  it("a text of just that many tokens, and each position its own embedding", async () => {
    const name = "roberta, padding that stands in a text";
    const narrow = cases[name];
    const tensors = { ...narrow.tensors, "embeddings.position_embeddings.weight": [4 + 24, 16] };
    const config = { ...narrow.config, max_position_embeddings: 4 + 24 };
    expect(learnedPositionsOf(config)).toBe(24);
    expect((await tokenEmbeddings({ ...narrow, config, tensors }, together)).map(({ length }) => length)).toEqual(
      texts.map(({ length }) => 16 * length),
    );
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
    ["camembert, two token types", { num_attention_heads: 3 }, "num_attention_heads is 3 (must divide hidden_size)"],
    ["distilbert, relu", { n_heads: 3 }, "the distilbert config is not understood: n_heads is 3 (must divide dim)"],
    ["distilbert, relu", { activation: "relu2" }, "the activation relu2 is not known; known are gelu, gelu_new"],
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
