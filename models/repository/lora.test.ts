import { describe, expect, it } from "vitest";
import { folderSnapshot, madeUpValues, safetensorsOf } from "../testing/checkpoint.ts";
import type { Json } from "../testing/decoder-cases.ts";
import { all, type Case, cases, changed, embed, meanOf, texts } from "../testing/lora-cases.ts";
import { areTransformers, difference, tokenEmbeddingsOf } from "../testing/token-embeddings.ts";

const bert = cases["bert, queries and values"];
const gte = cases["gte, parts of packed layers"];

describe("adapters beside a model, against PEFT", () => {
  areTransformers(cases, embed, texts.length);

  it.each(Object.keys(cases))("%s: without its adapter the model is another", async (name) => {
    const { config, tensors, expected } = cases[name];
    const plain = await folderSnapshot({ "model.safetensors": safetensorsOf(tensors, madeUpValues(meanOf)) });
    expect(difference(await tokenEmbeddingsOf(plain, config, texts, all), expected)).toBeGreaterThan(0.1);
  });
});

it("all linear layers may be said in one word, which PEFT writes out", async () => {
  const phi3 = cases["phi3, packed, all linear layers"];
  const one = changed(phi3, { target_modules: "all-linear" });
  expect(difference(await embed(one, all), phi3.expected)).toBeLessThan(1e-5);
});

const query = "encoder.layer.0.attention.self.query";
const inFile = `base_model.model.${query}`;

/** Puts a word before all names of an adapter. */
const under = (prefix: string): Case => ({
  ...bert,
  adapter: {
    ...bert.adapter,
    tensors: Object.fromEntries(
      Object.entries(bert.adapter.tensors).map(([name, shape]) => [
        name.replace(/^base_model\.model\./, `$&${prefix}`),
        shape,
      ]),
    ),
  },
});

it.each(["bert.", ""])("names may follow %j", async (prefix) => {
  expect(difference(await embed(under(prefix), all), bert.expected)).toBeLessThan(1e-5);
});

describe("adapters that are refused", () => {
  const unknown: [string, Json, string][] = [
    ["another kind", { peft_type: "IA3" }, 'peft_type is "IA3" ('],
    ["DoRA", { use_dora: true }, "use_dora is true ("],
    ["biases of its own", { lora_bias: true }, "lora_bias is true ("],
    ["the model's biases", { bias: "lora_only" }, 'bias is "lora_only" ('],
    ["first values that change the model", { init_lora_weights: "pissa" }, 'init_lora_weights is "pissa" ('],
    ["whole layers", { modules_to_save: ["embed_tokens"] }, 'modules_to_save.0 is "embed_tokens" ('],
    ["tokens", { trainable_token_indices: [1] }, "trainable_token_indices is [1] ("],
    ["parameters", { target_parameters: ["experts"] }, 'target_parameters is ["experts"] ('],
    ["layers twice", { layer_replication: [[0, 2]] }, "layer_replication is [[0,2]] ("],
    ["only some tokens", { alora_invocation_tokens: [3] }, "alora_invocation_tokens is [3] ("],
    ["a key that PEFT does not know", { use_new: true }, "use_new is not known"],
    ["no layers", { target_modules: null }, "target_modules is null ("],
    ["another task", { task_type: "IMAGE" }, 'task_type is "IMAGE" ('],
    [
      "numbers of layers beside a regular expression",
      { target_modules: ".*query", layers_to_transform: [0] },
      "layers_to_transform is [0] (must be null where target_modules is a regular expression)",
    ],
  ];
  it.each(unknown)("%s", async (_, settings, message) => {
    const refusal = embed(changed(bert, settings), all);
    await expect(refusal).rejects.toThrow(`model: the adapter of adapter_config.json is not applied: ${message}`);
    await expect(refusal).rejects.toThrow("; merge it in a copy (PEFT's merge_and_unload), or take it out of one");
  });

  const misfits: [string, Case, string][] = [
    [
      "a tensor too few",
      changed(bert, {}, { [`${inFile}.lora_B.weight`]: undefined }),
      `missing are ${query}.lora_B.weight; merge`,
    ],
    [
      "a layer too many",
      changed(bert, {}, { "base_model.model.encoder.layer.3.output.dense.lora_A.weight": [4, 16] }),
      "left over are encoder.layer.3.output.dense.lora_A.weight; merge",
    ],
    [
      "a layer that is no target",
      changed(bert, { target_modules: ["value"] }),
      "left over are encoder.layer.0.attention.self.query.lora_A.weight, ",
    ],
    [
      "a layer that is excluded",
      changed(bert, { exclude_modules: "encoder\\.layer\\.0\\..*" }),
      "left over are encoder.layer.0.attention.self.query.lora_A.weight, ",
    ],
    [
      "another rank",
      changed(bert, { rank_pattern: { "layer.0.attention.self.query": 3 } }),
      `tensor ${query}.lora_A.weight is float [4,16], expected are floats [3,16]; tensor ${query}.lora_B.weight is`,
    ],
    [
      "an adapter of the table of tokens",
      changed(
        bert,
        { target_modules: ["query", "value", "word_embeddings"] },
        { "base_model.model.embeddings.word_embeddings.lora_embedding_A": [4, 50] },
      ),
      "left over are embeddings.word_embeddings.lora_embedding_A; merge",
    ],
    [
      "names of another model",
      changed(bert, {}, { "base_model.model.0.auto_model.encoder.layer.0.attention.self.key.lora_A.weight": [4, 16] }),
      "left over are 0.auto_model.encoder.layer.0.attention.self.key.lora_A.weight; merge",
    ],
    ["names under a word of no class", under("foo."), `missing are ${query}.lora_A.weight, ${query}.lora_B.weight, `],
    [
      "a tensor too few of a packed layer",
      changed(gte, {}, { "base_model.model.layers.0.self_attn.v_proj.lora_A.weight": undefined }),
      "missing are encoder.layer.0.attention.qkv_proj.lora_A.weight, encoder.layer.0.attention.qkv_proj.lora_B.weight; left over are layers.0.self_attn.q_proj.lora_A.weight, ",
    ],
    // PEFT looks for a name before that of the list.
    [
      "a number of a layer that PEFT does not find",
      changed(cases["modernbert, packed layers of a list"], { layers_pattern: null }),
      "left over are layers.0.attn.Wqkv.lora_A.weight, ",
    ],
    [
      "a regular expression for the model with a head",
      changed(cases["qwen3, over the model with a head, a regular expression"], {
        target_modules: "model\\.layers\\..*",
      }),
      "; its target_modules name no linear layer of the model; merge",
    ],
  ];
  it.each(misfits)("%s", async (_, one, message) => {
    const refusal = embed(one, all);
    await expect(refusal).rejects.toThrow("does not fit its adapter_config.json and the model: ");
    await expect(refusal).rejects.toThrow(message);
  });

  it.each(["(?i).*query", "(?P<which>query)", ".*query\\Z", "query("])("the regular expression %j", async (pattern) => {
    await expect(embed(changed(bert, { target_modules: pattern }), all)).rejects.toThrow(
      `model: target_modules of adapter_config.json is the regular expression ${JSON.stringify(pattern)}, which is not read (`,
    );
  });

  it("factors that differ within a packed layer", async () => {
    await expect(embed(changed(gte, { alpha_pattern: { v_proj: 9 } }), all)).rejects.toThrow(
      "model: the adapter has the factors 1.5, 4.5 for parts of encoder.layer.0.attention.qkv_proj, which is stored as one layer; expected one factor; merge",
    );
  });

  it("damaged tensors over a damaged model, of which one is told", async () => {
    const { config, adapter } = bert;
    const files = { "config.json": "{}", "adapter_config.json": JSON.stringify(adapter.config) };
    const snapshot = await folderSnapshot({ ...files, "model.safetensors": "x", "adapter_model.safetensors": "x" });
    await expect(tokenEmbeddingsOf(snapshot, config, texts, all)).rejects.toThrow("model.safetensors is not a whole");
  });

  it("no tensors at all", async () => {
    const { config, tensors, adapter } = bert;
    const files = { "config.json": "{}", "adapter_config.json": JSON.stringify(adapter.config) };
    const snapshot = await folderSnapshot({ ...files, "model.safetensors": safetensorsOf(tensors) });
    await expect(tokenEmbeddingsOf(snapshot, config, texts, all)).rejects.toThrow(
      "has an adapter_config.json, but no tensors of an adapter; expected adapter_model.safetensors or adapter_model.bin",
    );
  });
});

it("what an adapter adds to a head that makes no embedding is ignored", async () => {
  const settings = { target_modules: ["query", "value", "classifier"], modules_to_save: ["score"] };
  const heads = { "classifier.lora_A.weight": [4, 16], "classifier.lora_B.weight": [2, 4], "score.weight": [1, 16] };
  const more = Object.fromEntries(Object.entries(heads).map(([name, shape]) => [`base_model.model.${name}`, shape]));
  // The heads are drawn after the layers, whose values stay the same.
  expect(difference(await embed(changed(bert, settings, more), all), bert.expected)).toBeLessThan(1e-5);
});
