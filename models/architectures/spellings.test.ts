import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "../testing/checkpoint.ts";
import { areTransformers, difference, tokenEmbeddingsOf } from "../testing/token-embeddings.ts";

type Json = Record<string, unknown>;
interface Case {
  readonly config: Json;
  /** In the order in which the weights are drawn. */
  readonly tensors: Shapes;
  /** Embeddings of each text's tokens, run by itself, row by row. */
  readonly expected: number[][];
}
const { texts, cases } = JSON.parse(readFileSync(new URL("../fixtures/spellings.json", import.meta.url), "utf8")) as {
  texts: number[][];
  cases: Record<string, Case>;
};

const apart = [[0], [1], [2], [3]];

const tokenEmbeddings = async ({ config, tensors }: Case, batches: readonly number[][]): Promise<number[][]> => {
  const values = madeUpValues((name) => (/norm/i.test(name) ? 1 : 0));
  const snapshot = await folderSnapshot({ "model.safetensors": safetensorsOf(tensors, values) });
  return tokenEmbeddingsOf(snapshot, config, texts, batches);
};

describe("configs of transformers 5, as it reads them", () => {
  areTransformers(cases, tokenEmbeddings, texts.length);

  const reordered = "modernbert, layers in another order, stretched positions";
  const full = { rope_type: "default", rope_theta: 1000 };
  const sliding = { rope_type: "default", rope_theta: 500 };
  const matters: [string, Json][] = [
    [reordered, { layer_types: null }],
    [reordered, { rope_parameters: null }],
    [reordered, { rope_parameters: { full_attention: full, sliding_attention: sliding } }],
    ["modernbert, a period, one base left out", { local_rope_theta: 10_000 }],
    ["modernbert, a period, one base left out", { global_attn_every_n_layers: 3 }],
    ["mistral, not causal, a window", { is_causal: true }],
    ["mistral, not causal, a window", { sliding_window: 3 }],
    ["mistral, not causal, a window", { sliding_window: null }],
    ["qwen3, not causal, a window in one layer", { layer_types: ["sliding_attention", "full_attention"] }],
  ];
  it.each(matters)("%s: %j would be something else", async (name, change) => {
    const found = await tokenEmbeddings({ ...cases[name], config: { ...cases[name].config, ...change } }, apart);
    expect(difference(found, cases[name].expected)).toBeGreaterThan(1e-3);
  });

  it("a list of layers wins over the period; a key that transformers reads nowhere changes nothing", async () => {
    const change = { global_attn_every_n_layers: 2, position_embedding_type: "sans_pos" };
    const one = cases[reordered];
    const found = await tokenEmbeddings({ ...one, config: { ...one.config, ...change } }, apart);
    expect(difference(found, one.expected)).toBeLessThan(1e-5);
  });

  const faults: [Json, string][] = [
    [{ rope_parameters: { rope_theta: 500 } }, "rope_theta is not known"],
    [{ rope_parameters: { full_attention: { rope_type: "longrope" } } }, 'the rope_type is "longrope"'],
    [{ rope_parameters: { full_attention: { partial_rotary_factor: 0.5 } } }, "(partial_rotary_factor must be 1)"],
    [{ layer_types: ["full_attention"] }, "layer_types has 1 entries for 4 layers"],
    [{ layer_types: ["linear_attention", "a", "b", "c"] }, "layer_types.0 is"],
  ];
  it.each(faults)("%j is refused", async (change, message) => {
    const one = cases[reordered];
    await expect(tokenEmbeddings({ ...one, config: { ...one.config, ...change } }, apart)).rejects.toThrow(message);
  });
});
