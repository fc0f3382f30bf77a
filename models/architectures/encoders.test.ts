import { describe, expect, it } from "vitest";
import { bucketOf } from "../graph/distance-bias.ts";
import {
  apart,
  cases,
  changed,
  type Json,
  of4,
  of5,
  published,
  texts,
  together,
  tokenEmbeddings,
} from "../testing/encoder-cases.ts";
import { areTransformers, difference } from "../testing/token-embeddings.ts";
import { logBucketOf } from "./deberta-v2.ts";
import { learnedPositionsOf } from "./index.ts";
import { buckets } from "./mpnet.ts";

describe("token embeddings as transformers', whatever a text's company", () => {
  it("all fixtures are of the same texts", () => expect([of5.texts, published.texts]).toEqual([texts, texts]));

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
    ["deberta-v2, no distances", { pos_att_type: null }],
    ["deberta-v2, position to content, odd buckets", { max_relative_positions: 9 }],
    ["deberta-v2, position to content, odd buckets", { layer_norm_eps: 1e-7 }],
    ["deberta, no distances", { pos_att_type: null }],
    ["luke, without entity queries", { pad_token_id: 2 }],
    ["t5, gated silu", { layer_norm_epsilon: 1e-6 }],
    ["nomic_bert, wide heads", { rope_parameters: { rope_theta: 1000 } }],
    ["nomic_bert, wide heads", { hidden_act: "silu" }],
    ["nomic_bert, wide heads", { layer_norm_eps: 1e-12 }],
    ["gte, no token types", { hidden_act: "gelu" }],
    ["gte, stretched positions", { rope_parameters: { rope_theta: 500 } }],
    ["jina_embeddings_v3, two token types", { rope_theta: 10 }],
    ["eurobert, biases, shared keys, scaled positions", { rope_parameters: { rope_theta: 500 } }],
    ["eurobert, biases, shared keys, scaled positions", { rope_theta: 10_000, rope_parameters: undefined }],
    ["t5, gated gelu", { dense_act_fn: "relu" }],
    ["umt5, a bias in each layer", { relative_attention_max_distance: 9 }],
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
  const changes = (kindOf: (distance: number) => number): [number, number][] => {
    const found: [number, number][] = [];
    for (let distance = -600; distance <= 600; distance++) {
      const kind = kindOf(distance);
      if (found.at(-1)?.[1] !== kind) found.push([distance, kind]);
    }
    return found;
  };
  it("MPNet's change where transformers' do", () =>
    expect(changes((distance) => bucketOf(distance, buckets))).toEqual(of4.kindsOfDistance));

  it.each(of5.kindsOfDistance)("T5's %i up to %i change where transformers' do", (count, farthest, expected) =>
    expect(changes((distance) => bucketOf(distance, { count, farthest }))).toEqual(expected),
  );

  it.each(of5.logKindsOfDistance)(
    "DeBERTa's %i up to %i change where transformers' do",
    (count, farthest, expected) => {
      const within = (kind: number): number => Math.max(-count, Math.min(count, kind));
      expect(changes((distance) => within(logBucketOf(distance, count, farthest)))).toEqual(expected);
    },
  );
});

describe("positions with embeddings", () => {
  it.each([
    [{ model_type: "bert", max_position_embeddings: 512 }, 512],
    [{ model_type: "bert", position_embedding_type: "alibi", max_position_embeddings: 512 }, undefined],
    [{ model_type: "distilbert", max_position_embeddings: 512 }, 512],
    [{ model_type: "xlm-roberta", max_position_embeddings: 514, pad_token_id: 1 }, 512],
    [{ model_type: "roberta", max_position_embeddings: 514, pad_token_id: 3 }, 510],
    [{ model_type: "mpnet", max_position_embeddings: 514, pad_token_id: 0 }, 512],
    [{ model_type: "albert", max_position_embeddings: 512 }, 512],
    [{ model_type: "electra", max_position_embeddings: 512 }, 512],
    [{ model_type: "ernie", max_position_embeddings: 2048 }, 2048],
    [{ model_type: "roformer", max_position_embeddings: 1536 }, 1536],
    [{ model_type: "xlm-roberta-xl", max_position_embeddings: 514 }, 512],
    [{ model_type: "luke", max_position_embeddings: 514 }, 512],
    [{ model_type: "deberta", max_position_embeddings: 512, position_biased_input: false }, undefined],
    [{ model_type: "deberta-v2", max_position_embeddings: 512 }, 512],
    [{ model_type: "deberta-v2", max_position_embeddings: 512, position_biased_input: false }, undefined],
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
