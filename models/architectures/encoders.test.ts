import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "../testing/checkpoint.ts";
import { areTransformers, difference, tokenEmbeddingsOf } from "../testing/token-embeddings.ts";
import { learnedPositionsOf } from "./index.ts";
import { bucketOf } from "./mpnet.ts";

type Json = Record<string, unknown>;
interface Case {
  readonly config: Json;
  /** In the order in which the weights are drawn. */
  readonly tensors: Shapes;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: number[][];
}
const { texts, cases, kindsOfDistance } = JSON.parse(
  readFileSync(new URL("../fixtures/encoders.json", import.meta.url), "utf8"),
) as { texts: number[][]; cases: Record<string, Case>; kindsOfDistance: [number, number][] };

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
  areTransformers(cases, tokenEmbeddings, texts.length);

  const matters: [string, Json][] = [
    ["bert, silu, one token type", { hidden_act: "gelu" }],
    ["roberta, padding that stands in a text", { pad_token_id: 2 }],
    ["modernbert, all biases, an odd window", { local_attention: 8 }],
    ["modernbert, all biases, an odd window", { global_attn_every_n_layers: 3 }],
    ["modernbert, one base for all positions", { local_rope_theta: 10_000 }],
    ["modernbert, one base for all positions", { global_rope_theta: 160_000 }],
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

describe("MPNet's kinds of distance", () => {
  it("change where transformers' do", () => {
    const found: [number, number][] = [];
    for (let distance = -600; distance <= 600; distance++)
      if (found.length === 0 || found.at(-1)![1] !== bucketOf(distance)) found.push([distance, bucketOf(distance)]);
    expect(found).toEqual(kindsOfDistance);
  });
});

describe("positions with embeddings", () => {
  it.each([
    [{ model_type: "bert", max_position_embeddings: 512 }, 512],
    [{ model_type: "distilbert", max_position_embeddings: 512 }, 512],
    [{ model_type: "xlm-roberta", max_position_embeddings: 514, pad_token_id: 1 }, 512],
    [{ model_type: "roberta", max_position_embeddings: 514, pad_token_id: 3 }, 510],
    [{ model_type: "mpnet", max_position_embeddings: 514, pad_token_id: 0 }, 512],
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
