import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { planBatches } from "../batching.ts";
import { openRepository } from "../index.ts";
import type { ConfigValues } from "../repository/known-configs.ts";
import { openFolder } from "../testing/checkpoint.ts";
import { cases, fixture, type Json, texts, tokenEmbeddings } from "../testing/decoder-cases.ts";
import { areTransformers, difference } from "../testing/token-embeddings.ts";
import { openTokenizer } from "../tokenizer/tokenizer.ts";

const together = [[0, 1, 2]];
const apart = [[0], [1], [2]];

describe("token embeddings as transformers', whatever a text's company", () => {
  areTransformers(cases, tokenEmbeddings, texts.length);

  const yarn = { rope_type: "yarn", rope_theta: 1000, factor: 4, original_max_position_embeddings: 8 };
  /** Settings whose change must show, or their case proves nothing. */
  const matters: [string, Json][] = [
    ["gemma3 causal, window, scaled global positions, biases", { sliding_window: 64 }],
    ["gemma3 causal, window, scaled global positions, biases", { rope_scaling: null }],
    ["gemma3 causal, window, scaled global positions, biases", { sliding_window_pattern: 1 }],
    ["gemma3 bidirectional, layer_types", { sliding_window: 8 }],
    ["gemma3 bidirectional, layer_types", { use_bidirectional_attention: false }],
    ["gemma3 bidirectional, layer_types", { rope_local_base_freq: 1_000_000 }],
    ["gemma3 bidirectional, layer_types", { query_pre_attn_scalar: 8 }],
    ["mistral, window", { sliding_window: 7 }],
    ["mistral, not causal", { is_causal: true }],
    ["qwen2, window from the second layer on", { use_sliding_window: false }],
    ["qwen2, window from the second layer on", { max_window_layers: 0 }],
    ["qwen3, biases, layer_types", { layer_types: null, max_window_layers: 1 }],
    ["llama, linear scaling", { rope_scaling: null }],
    ["llama, dynamic scaling, texts longer than trained", { max_position_embeddings: 24 }],
    ["llama, llama3 scaling", { rope_scaling: null }],
    ["llama, yarn of transformers 4", { rope_scaling: null }],
    ["ministral3, queries grow, yarn with magnitudes", { rope_parameters: { ...yarn, llama_4_scaling_beta: 0.3 } }],
    ["ministral3, not causal, magnitude as written", { is_causal: true }],
    ["ministral3, window, not stretched", { sliding_window: null }],
    ["granite, four factors, biases", { embedding_multiplier: 1 }],
    ["granite, four factors, biases", { attention_multiplier: 1 }],
    ["granite, four factors, biases", { residual_multiplier: 1 }],
    ["gemma, bidirectional", { use_bidirectional_attention: null }],
    ["gemma2, low cap, window in every other layer, biases", { attn_logit_softcapping: 50 }],
    ["gemma2, low cap, window in every other layer, biases", { query_pre_attn_scalar: 8 }],
    ["gemma2, low cap, window in every other layer, biases", { sliding_window: 6 }],
    ["gemma2, layer_types, no cap", { layer_types: null }],
    ["gemma2, layer_types, no cap", { hidden_activation: "gelu" }],
    ["phi3, half of each head rotates, window", { partial_rotary_factor: 0.75 }],
    ["phi3, half of each head rotates, window", { sliding_window: null }],
    ["olmo3 of transformers 4, yarn, biases", { rope_scaling: null }],
    ["olmo3 of transformers 4, yarn, biases", { layer_types: Array(4).fill("sliding_attention") }],
    ["olmo3, layer_types, two bases, not causal", { rope_parameters: null, rope_theta: 500_000 }],
    ["gpt_neox of transformers 4, one block after the other, whole rotation", { use_parallel_residual: true }],
    ["gpt_neox of transformers 4, one block after the other, whole rotation", { rotary_pct: undefined }],
    ["gpt_neox of transformers 4, one block after the other, whole rotation", { rotary_emb_base: undefined }],
    ["gpt_neox, half of each head rotates by linear scaling, no biases, not causal", { is_causal: true }],
    ["bloom, six heads", { n_head: 3 }],
    ["bloom, six heads", { layer_norm_epsilon: undefined }],
    ["gpt_neo, two kinds of layers, own width", { attention_types: [[["global"], 3]] }],
    ["gpt_neo, two kinds of layers, own width", { window_size: 5 }],
    ["qwen3_5, every other layer full, biases, three taps", { hidden_act: "silu" }],
    ["qwen3_5, layer_types, half of each head rotates, not causal", { is_causal: true }],
    ["qwen3_5, layer_types, half of each head rotates, not causal", { rope_parameters: null }],
    ["mistral, window, not causal", { sliding_window: 4 }],
    ["lfm2, attention not causal", { is_causal: true }],
    ["lfm2 centred", { architectures: ["Lfm2Model"], is_causal: false }],
  ];
  it.each(matters)("%s: %j would be something else", async (name, change) => {
    const { config, tensors, expected } = cases[name];
    const found = await tokenEmbeddings({ config: { ...config, ...change }, tensors, expected }, apart);
    expect(difference(found, expected)).toBeGreaterThan(1e-3);
  });

  it.each(["llama, linear scaling", "gpt_neox, half of each head rotates by linear scaling, no biases, not causal"])(
    "%s: the older spelling of rotation holds in place of the newer",
    async (name) => {
      const { config, ...one } = cases[name];
      const older = config["rope_scaling"] ?? config["rope_parameters"];
      const changed = { ...config, rope_scaling: older, rope_parameters: { rope_type: "default", rope_theta: 77 } };
      expect(difference(await tokenEmbeddings({ ...one, config: changed }, apart), one.expected)).toBeLessThan(1e-5);
      const empty = { ...config, rope_scaling: {}, rope_parameters: older };
      expect(difference(await tokenEmbeddings({ ...one, config: empty }, apart), one.expected)).toBeLessThan(1e-5);
    },
  );

  it("an even window of Gemma in both directions is half of it and one to each side, an odd one too", async () => {
    const one = cases["gemma3 bidirectional, layer_types"];
    const found = await tokenEmbeddings({ ...one, config: { ...one.config, sliding_window: 6 } }, apart);
    expect(difference(found, one.expected)).toBeLessThan(1e-5);
  });

  it.each(["gemma3 bidirectional, layer_types", "qwen2, not causal", "lfm2 centred"])(
    "%s, stored as bfloat16: as the same values in single precision",
    async (name) => {
      const rounded = await tokenEmbeddings(cases[name], apart, "cut F32");
      expect(difference(rounded, cases[name].expected)).toBeGreaterThan(1e-3);
      expect(difference(await tokenEmbeddings(cases[name], together, "BF16"), rounded)).toBeLessThan(1e-5);
    },
  );

  it.each([
    ["gpt_neox that says nothing of rotation", "layers.1.attention."],
    ["gpt_neo, gelu, local alone", "h.1.attn.attention."],
  ])("%s: masks that are stored make no embedding", async (name, prefix) => {
    const { tensors, ...one } = cases[name];
    const masks = { [`${prefix}bias`]: [1, 1, 4, 4], [`${prefix}masked_bias`]: [1] };
    const found = await tokenEmbeddings({ ...one, tensors: { ...tensors, ...masks } }, apart);
    expect(difference(found, one.expected)).toBeLessThan(1e-5);
  });

  it.each([
    ["llama, llama3 scaling", "llama_bidirec"],
    ["qwen3, biases, layer_types", "bidirectional_pplx_qwen3"],
  ])("%s: as %s it looks both ways", async (name, type) => {
    const one = cases[name];
    const set = (change: Json) => tokenEmbeddings({ ...one, config: { ...one.config, ...change } }, apart);
    const named = await set({ model_type: type });
    expect(difference(named, await set({ is_causal: false }))).toBe(0);
    expect(difference(named, one.expected)).toBeGreaterThan(1e-3);
    expect(difference(await set({ model_type: type, is_causal: true }), one.expected)).toBeLessThan(1e-5);
  });

  it("positions as transformers 5 writes them", async () => {
    const linear = cases["llama, linear scaling"];
    const flat = { rope_type: "linear", factor: 3, rope_theta: 10_000 };
    const moved = { ...linear.config, rope_theta: undefined, rope_scaling: undefined, rope_parameters: flat };
    expect(difference(await tokenEmbeddings({ ...linear, config: moved }, apart), linear.expected)).toBeLessThan(1e-5);
    const gemma = cases["gemma3 causal, window, scaled global positions, biases"];
    const nested = {
      full_attention: { rope_type: "linear", factor: 4, rope_theta: 1_000_000 },
      sliding_attention: { rope_type: "default", rope_theta: 10_000 },
    };
    const config = { ...gemma.config, rope_scaling: undefined, rope_parameters: nested };
    expect(difference(await tokenEmbeddings({ ...gemma, config }, apart), gemma.expected)).toBeLessThan(1e-5);
  });
});

interface Expected {
  readonly texts: string[];
  readonly cases: {
    readonly prompt_name: string | null;
    readonly prompt: string | null;
    readonly token_ids: readonly (readonly number[])[];
    readonly embeddings: readonly (readonly number[])[];
  }[];
}

/** Compares a checkpoint with its expected.json: all texts at once, text by text, and its token ids. */
async function compare(folder: string, config: ConfigValues): Promise<void> {
  const { texts: written, cases: runs } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  const snapshot = await openFolder(folder);
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1, config });
  const tokenizer = await openTokenizer(snapshot, { folder: "", specialTokens: true });
  try {
    for (const { prompt_name: name, prompt: given, token_ids: ids, embeddings } of runs) {
      const prompt = given ?? (name === null ? "" : encoder.info.prompts[name]);
      const encoded = await tokenizer.encode(written.map((text) => prompt + text));
      const tokens = encoded.map(({ ids }) => Array.from(ids));
      expect(tokens).toEqual(ids);
      expect(
        planBatches(
          tokens.map(({ length }) => length),
          1024,
        ).length,
      ).toBeLessThan(written.length);
      const all = await encoder.encode(written, { prompt });
      const rows = written.map((_, i) => Array.from(all.data.subarray(i * all.dims, (i + 1) * all.dims)));
      expect(difference(rows, embeddings)).toBeLessThan(1e-5);
      for (const [i, text] of written.entries()) {
        const { data } = await encoder.encode([text], { prompt });
        expect(difference([Array.from(data)], [embeddings[i]])).toBeLessThan(1e-5);
      }
    }
  } finally {
    await encoder.close();
  }
}

describe("checkpoints as sentence-transformers", () => {
  /** Two tiny LFM2 checkpoints have the same config.json, so that these values have to tell them apart. */
  const said: Readonly<Record<string, ConfigValues>> = {
    "lfm2-bidirectional-attention": { is_causal: false },
    "lfm2-centered-conv": { model_type: "lfm2_bidirectional" },
  };

  it.each(["gemma3-bidirectional", "lfm2-bidirectional-attention"])("%s", (name) =>
    compare(fixture(name), said[name] ?? {}),
  );

  const shared = sharedFolder();
  it
    .skipIf(shared === undefined)
    .each(["lfm2-centered-conv", "llama-last", "mistral-last", "qwen2-bidirectional", "qwen3-last"])(
    "%s of the reference material, of which the two above are copies",
    (name) => compare(join(shared!, "models/tiny", name), said[name] ?? {}),
  );
});

describe("what a config leaves unsaid", () => {
  const text = ["The capital of China is Beijing."];
  const first = async (folder: string, config?: ConfigValues) => {
    const warnings: string[] = [];
    const encoder = await openRepository(await openFolder(folder), {
      device: "cpu",
      threads: 1,
      warn: (warning) => void warnings.push(warning),
      ...(config ? { config } : {}),
    });
    const { data } = await encoder.encode(text);
    await encoder.close();
    return { id: encoder.info.id, vector: Array.from(data), warnings };
  };
  const lfm2 = fixture("lfm2-bidirectional-attention");

  it("is known of a repository by its name, and set by hand under a name of its own", async () => {
    const named = join(mkdtempSync(join(tmpdir(), "pramana-known-")), "tarka-embedding-350m-v1");
    cpSync(lfm2, named, { recursive: true });
    const set = await first(lfm2, { is_causal: false });
    const known = await first(named);
    expect(difference([known.vector], [set.vector])).toBe(0);
    expect([known.id, set.id]).toEqual([
      "local/tarka-embedding-350m-v1",
      "local/lfm2-bidirectional-attention[is_causal=false]",
    ]);
    const causal = await first(lfm2, { is_causal: true });
    expect(difference([causal.vector], [set.vector])).toBeGreaterThan(1e-3);
    const saying = { ...JSON.parse(readFileSync(join(named, "config.json"), "utf8")), is_causal: true };
    writeFileSync(join(named, "config.json"), JSON.stringify(saying));
    expect(difference([(await first(named)).vector], [causal.vector])).toBe(0);
  });

  it.each([
    ["mean", { is_causal: false }, "is_causal=false"],
    ["cls", { model_type: "lfm2_bidirectional" }, "model_type=lfm2_bidirectional"],
    ["lasttoken", { is_causal: true }, undefined],
  ])("is told by an LFM2's pooling: %s", async (mode, meant, assumed) => {
    const folder = join(mkdtempSync(join(tmpdir(), "pramana-pooled-")), "mine");
    cpSync(lfm2, folder, { recursive: true });
    writeFileSync(join(folder, "1_Pooling/config.json"), JSON.stringify({ pooling_mode: mode }));
    const found = await first(folder);
    expect(difference([found.vector], [(await first(folder, meant)).vector])).toBe(0);
    expect(found.id).toBe("local/mine");
    expect(found.warnings).toEqual(
      assumed === undefined
        ? []
        : [
            `model: the config.json of ${folder} does not say which way its attention looks; by its pooling it is taken for ${assumed}; --model-config says otherwise`,
          ],
    );
  });

  it("cannot be any value", async () => {
    await expect(first(lfm2, { hidden_size: 7 })).rejects.toThrow(
      "model: the config value hidden_size cannot be set; is_causal, use_bidirectional_attention, sliding_window, model_type can",
    );
  });
});
