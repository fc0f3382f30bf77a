import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";
import type { ModelOptions } from "./open-modules.ts";
import { madeUpValues, openFolder, type Shapes, safetensorsOf } from "./testing/checkpoint.ts";

/** Files of a repository: JSON as values. */
type Files = Readonly<Record<string, unknown>>;

/** Vectors by each adapter, and without one where the reference gives them (regenerate_task_adapters.py). */
interface Case {
  readonly config: Readonly<Record<string, unknown>>;
  /** By file; JSON beside weights. */
  readonly tensors: Readonly<Record<string, Shapes>>;
  /** `adapter_config.json` of each adapter, where they lie in files of their own. */
  readonly adapter?: Files;
  readonly prompt: string;
  readonly without?: number[][];
  readonly expected: Readonly<Record<string, number[][]>>;
}

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const { texts, cases }: { texts: string[]; cases: Record<string, Case> } = JSON.parse(
  readFileSync(fixture("task-adapters.json"), "utf8"),
);

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

const library = "sentence_transformers.models";
const v3Files: Files = {
  "modules.json": [
    { idx: 0, name: "transformer", path: "", type: "custom_st.Transformer", kwargs: ["task"] },
    { idx: 1, name: "pooler", path: "1_Pooling", type: `${library}.Pooling` },
    { idx: 2, name: "normalizer", path: "2_Normalize", type: `${library}.Normalize` },
  ],
  "1_Pooling/config.json": { word_embedding_dimension: 16, pooling_mode_mean_tokens: true },
  "sentence_bert_config.json": { max_seq_length: 64, do_lower_case: false },
};

const v5Files: Files = {
  "modules.json": [
    { idx: 0, name: "transformer", path: "", type: "custom_st.Transformer", kwargs: ["task", "truncate_dim"] },
  ],
  "config_sentence_transformers.json": {
    prompts: { query: "Query: ", document: "Document: " },
    default_prompt_name: "document",
    similarity_fn_name: "cosine",
  },
};

/** Writes a made-up repository, with other values in its config or other files, and returns its folder. */
function write(name: string, config: Files = {}, files: Files = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-adapters-"));
  const one = cases[name];
  for (const file of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]) {
    cpSync(join(fixture("xlm-roberta-instruct"), file), join(folder, file));
  }
  const draw = madeUpValues((tensor) => (/norm/i.test(tensor) ? 1 : 0));
  for (const [path, shapes] of Object.entries(one.tensors)) {
    put(folder, path, safetensorsOf(shapes, draw));
    if (one.adapter && path !== "model.safetensors") put(folder, besides(path), JSON.stringify(one.adapter));
  }
  const own = one.adapter ? v5Files : v3Files;
  for (const [path, value] of Object.entries({ "config.json": { ...one.config, ...config }, ...own, ...files })) {
    put(folder, path, JSON.stringify(value));
  }
  return folder;
}

const besides = (path: string): string => join(dirname(path), "adapter_config.json");

function put(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

async function open(folder: string, options: Partial<ModelOptions> = {}): Promise<Encoder> {
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

/** Returns the largest difference of the vectors by an adapter from the expected ones, in one batch and one by one. */
async function difference(encoder: Encoder, prompt: string, adapter: string | undefined, expected: number[][]) {
  const options = { prompt, ...(adapter === undefined ? {} : { adapter }) };
  const together = (await encoder.encode(texts, options)).data;
  const apart: number[] = [];
  for (const text of texts) apart.push(...(await encoder.encode([text], options)).data);
  const all = expected.flat();
  expect([together.length, apart.length]).toEqual([all.length, all.length]);
  return Math.max(...all.flatMap((value, i) => [Math.abs(value - together[i]), Math.abs(value - apart[i])]));
}

const tolerance = 1e-5;

describe("jina-embeddings-v3 as it was published", () => {
  const { prompt, expected, without = [] } = cases["jina-embeddings-v3"];
  const names = Object.keys(expected);

  it("gives the reference's vectors by each adapter and by none, one after the other", async () => {
    const encoder = await open(write("jina-embeddings-v3"));
    expect(encoder.info.adapters).toEqual({ names, required: false });
    for (const name of [...names, ...names.toReversed()]) {
      expect(await difference(encoder, prompt, name, expected[name])).toBeLessThan(tolerance);
      expect(await difference(encoder, prompt, undefined, without)).toBeLessThan(tolerance);
    }
  });

  it("takes no vector of another adapter from the cache", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-cache-"));
    const cache = { folder, limit: 1e9, environment: ["1.0"], now: () => 1000 };
    const encoder = await open(write("jina-embeddings-v3"), { cache });
    for (const name of [...names, ...names]) {
      expect(await difference(encoder, prompt, name, expected[name])).toBeLessThan(tolerance);
    }
    expect(await difference(encoder, prompt, undefined, without)).toBeLessThan(tolerance);
  });

  it("computes in every precision", async () => {
    const folder = write("jina-embeddings-v3");
    for (const precision of ["fp16", "bf16", "int8"] as const) {
      const encoder = await open(folder, { precision });
      const [query, none] = [await encoder.encode(texts, { adapter: names[0] }), await encoder.encode(texts)];
      const off = Math.max(...query.data.map((value, i) => Math.abs(value - none.data[i])));
      expect([query.data.every(Number.isFinite), off > 0.1]).toEqual([true, true]);
    }
  });

  it("an adapter that it does not have is an error that lists them", async () => {
    const encoder = await open(write("jina-embeddings-v3"));
    await expect(encoder.encode(["a"], { adapter: "retrieval.querry" })).rejects.toThrow(
      `has no adapter named retrieval.querry (did you mean "retrieval.query"?); it has ${names.join(", ")}`,
    );
    const plain = await open(fixture("bert-mean"));
    await expect(plain.encode(["a"], { adapter: "separation" })).rejects.toThrow("; it has no adapters");
  });

  it("says nothing of code that is not run", async () => {
    const said: string[] = [];
    await open(write("jina-embeddings-v3"), { warn: (text) => said.push(text) });
    expect(said).toEqual([]);
  });

  it.each<[string, Files, string]>([
    ["learned positions", { position_embedding_type: "absolute" }, 'position_embedding_type is "absolute"'],
    ["adapters that were never trained", { load_trained_adapters: false }, "load_trained_adapters is false"],
    ["no base of the rotation", { rotary_emb_base: undefined }, "rotary_emb_base is missing"],
    ["pairs side by side", { rotary_emb_interleaved: true }, "rotary_emb_interleaved is true"],
    ["positions with a scale", { rotary_emb_scale_base: 512 }, "rotary_emb_scale_base is 512"],
    ["an activation that its code does not know", { hidden_act: "relu" }, 'hidden_act is "relu"'],
    ["no adapters", { lora_adaptations: [] }, "lora_adaptations is []"],
    ["an adapter twice", { lora_adaptations: ["a", "a"] }, "expected names that are all different"],
    ["no factor", { lora_alpha: undefined }, "lora_alpha is missing"],
    ["another rank", { lora_rank: 3 }, "lora_A has the shape [5,600,2], its config asks for [5,600,3]"],
    ["another number of adapters", { lora_adaptations: ["a", "b"] }, "its config asks for [2,600,2]"],
    [
      "fewer layers",
      { num_hidden_layers: 1 },
      "left over are roberta.encoder.layers.1.mixer.Wqkv.bias, roberta.encoder.layers.1.mixer.Wqkv.parametrizations",
    ],
    [
      "unknown code",
      { auto_map: { AutoModel: "modeling_lora.XLMRobertaLoRA" } },
      "has a module of the type custom_st.Transformer, whose code is not run",
    ],
  ])("%s: refused", async (_, config, message) => {
    await expect(open(write("jina-embeddings-v3", config))).rejects.toThrow(message);
  });

  it("a layer without its adapters is refused, and so is the exported model", async () => {
    const { tensors } = cases["jina-embeddings-v3"];
    const folder = write("jina-embeddings-v3");
    const lost = "roberta.encoder.layers.1.mlp.fc1.parametrizations.weight.0.lora_B";
    const { [lost]: _, ...others } = tensors["model.safetensors"];
    put(folder, "model.safetensors", safetensorsOf(others));
    put(folder, "onnx/model.onnx", "");
    await expect(open(folder)).rejects.toThrow(`missing are ${lost}`);
    await expect(open(folder, { exported: true })).rejects.toThrow("has adapters, of which onnx/model.onnx takes one");
  });
});

describe.each(["jina-embeddings-v5-text-nano", "jina-embeddings-v5-text-small"])("%s", (name) => {
  const { prompt, expected, adapter = {}, tensors } = cases[name];
  const names = Object.keys(expected);

  it("gives PEFT's vectors by each adapter, one after the other", async () => {
    const encoder = await open(write(name));
    expect(encoder.info.adapters).toEqual({ names, required: true });
    for (const one of [...names, ...names.toReversed()]) {
      expect(await difference(encoder, prompt, one, expected[one])).toBeLessThan(tolerance);
    }
    const counts = Object.values(tensors).flatMap((shapes) =>
      Object.values(shapes).map((dims) => dims.reduce((a, b) => a * b)),
    );
    expect(encoder.info.parameters).toBe(counts.reduce((a, b) => a + b));
  });

  it("encodes nothing without an adapter, and says which ones there are", async () => {
    const encoder = await open(write(name));
    await expect(encoder.encode(["a"])).rejects.toThrow(
      "encodes no text without an adapter, and none was named; it has retrieval, text-matching, clustering, classification; `pramana embed` takes --adapter NAME, and `pramana run` --prompts jinaai/jina-embeddings-v5-text-nano",
    );
  });

  it("says nothing of code that is not run", async () => {
    const said: string[] = [];
    await open(write(name), { warn: (text) => said.push(text) });
    expect(said).toEqual([]);
  });

  it.each<[string, Files, Files, string]>([
    [
      "an adapter whose folder is not there",
      { task_names: [...names, "code"] },
      {},
      "there is no adapters/code/adapter_config.json",
    ],
    ["no adapters", { task_names: [] }, {}, "task_names is []"],
    [
      "adapters of different ranks",
      {},
      { "adapters/clustering/adapter_config.json": { ...adapter, r: 1 } },
      "tensor layers.0.self_attn.q_proj.lora_A.weight is float",
    ],
    [
      "an adapter over fewer layers than the others",
      {},
      { "adapters/clustering/adapter_config.json": { ...adapter, target_modules: ["q_proj"] } },
      "left over are layers.0.",
    ],
    [
      "an adapter with a magnitude",
      {},
      { "adapters/clustering/adapter_config.json": { ...adapter, use_dora: true } },
      "the adapter of adapters/clustering/adapter_config.json is not applied: use_dora is true",
    ],
    [
      "an adapter beside all of them",
      {},
      { "adapter_config.json": adapter },
      "has adapter_config.json beside the adapters",
    ],
    [
      "a module that loads no adapters",
      {},
      { "modules.json": [{ path: "", type: `${library}.Transformer` }] },
      "whose adapters only a module of the published code loads; expected a modules.json with custom_st.Transformer",
    ],
    [
      "unknown code",
      { auto_map: { AutoModel: "someone/else--modeling_jina_embeddings_v5.JinaEmbeddingsV5Model" } },
      {},
      "has a module of the type custom_st.Transformer, whose code is not run",
    ],
    [
      "tokens that are pooled once more",
      {},
      {
        ...v3Files,
        "modules.json": [...(v5Files["modules.json"] as object[]), ...(v3Files["modules.json"] as object[]).slice(1)],
      },
      "its module Pooling needs token embeddings, which no module before it makes",
    ],
  ])("%s: refused", async (_, config, files, message) => {
    await expect(open(write(name, config, files))).rejects.toThrow(message);
  });

  it("adapters that are not alike are refused, and so is a lost one", async () => {
    const path = "adapters/clustering/adapter_model.safetensors";
    const half = Object.fromEntries(Object.entries(tensors[path]).filter(([tensor]) => /q_proj/.test(tensor)));
    const uneven = write(name, {}, { [besides(path)]: { ...adapter, target_modules: ["q_proj"] } });
    put(uneven, path, safetensorsOf(half));
    await expect(open(uneven)).rejects.toThrow(
      "are not alike, as they have to be to be chosen from: layers.0.self_attn.k_proj",
    );
    const alone = write(name);
    rmSync(join(alone, "modules.json"));
    await expect(open(alone)).rejects.toThrow("whose adapters only a module of the published code loads");
    const lost = write(name);
    rmSync(join(lost, path));
    await expect(open(lost)).rejects.toThrow("expected adapters/clustering/adapter_model.safetensors or");
  });

  it("cuts texts where its config says, whatever the tokenizer says", async () => {
    const folder = write(name, { max_position_embeddings: 32 });
    const settings = JSON.parse(readFileSync(join(folder, "tokenizer_config.json"), "utf8"));
    put(folder, "tokenizer_config.json", JSON.stringify({ ...settings, model_max_length: 16 }));
    expect((await open(folder)).info.maxTokens).toBe(32);
  });
});
