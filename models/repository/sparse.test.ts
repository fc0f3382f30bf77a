import { describe, expect, it } from "vitest";
import { folderSnapshot } from "../testing/checkpoint.ts";
import { readSparse } from "./sparse.ts";

const settings = "config_sentence_transformers.json";
const config = { model_type: "bert", vocab_size: 50, architectures: ["BertForMaskedLM"] };
const own = "sentence_transformers.sparse_encoder.modules";
const transformer = "sentence_transformers.base.modules.transformer.Transformer";

const modules = (...types: string[]) => types.map((type, i) => ({ path: i === 0 ? "" : `${i}_Module`, type }));

async function read(files: Readonly<Record<string, unknown>>) {
  const texts = Object.entries(files).map(([name, content]) => [name, JSON.stringify(content)]);
  const { modules: found, ...spec } = await readSparse(await folderSnapshot(Object.fromEntries(texts)));
  return { ...spec, modules: found.map((module) => (module.type === "Transformer" ? module.head : module)) };
}

const vocabulary = { kind: "vocabulary" };
const pooling = { type: "SpladePooling", strategy: "max", activation: "relu" };

describe("a sparse encoder", () => {
  it.each([
    ["of today", transformer, `${own}.splade_pooling.SpladePooling`],
    ["of 5.0 to 5.3", "sentence_transformers.sparse_encoder.models.MLMTransformer", `${own}.SpladePooling`],
    [
      "whose classes name their files",
      "sentence_transformers.sparse_encoder.models.MLMTransformer.MLMTransformer",
      "sentence_transformers.sparse_encoder.models.SpladePooling.SpladePooling",
    ],
    ["with a plain Transformer", "sentence_transformers.models.Transformer", `${own}.SpladePooling`],
  ])("%s is read", async (_, first, second) => {
    const task = /MLM/.test(first) ? {} : { transformer_task: "fill-mask" };
    const {
      modules: found,
      similarity,
      maxActive,
    } = await read({
      "modules.json": modules(first, second),
      "config.json": config,
      "sentence_bert_config.json": task,
      "1_Module/config.json": { pooling_strategy: "sum", word_embedding_dimension: null },
      [settings]: { model_type: "SparseEncoder", max_active_dims: 8 },
    });
    expect(found).toEqual([vocabulary, { ...pooling, strategy: "sum" }]);
    expect([similarity, maxActive]).toEqual(["dot", 8]);
  });

  it("without modules is SPLADE with a maximum", async () => {
    const { modules: found, maxActive } = await read({ "config.json": config });
    expect(found).toEqual([vocabulary, pooling]);
    expect(maxActive).toBe(Number.POSITIVE_INFINITY);
  });

  it("of an autoencoder keeps as many values as this says, or the model as a whole", async () => {
    const files = {
      "modules.json": modules(transformer, "sentence_transformers.models.Pooling", `${own}.SparseAutoEncoder`),
      "config.json": config,
      "1_Module/config.json": { pooling_mode: "mean" },
      "2_Module/config.json": { input_dim: 16, hidden_dim: 64, k: 4 },
    };
    expect((await read(files)).maxActive).toBe(4);
    expect((await read({ ...files, [settings]: { max_active_dims: 40 } })).maxActive).toBe(40);
    await expect(read({ ...files, "2_Module/config.json": { input_dim: 16, hidden_dim: 64, k: 65 } })).rejects.toThrow(
      "2_Module/config.json config is not understood: k is 65, of a hidden_dim of 64; expected at most that",
    );
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      "without a head",
      { "config.json": { ...config, architectures: ["BertModel"] } },
      /lists no modules, and its config.json names no masked-language head \(architectures: BertModel\)/,
    ],
    [
      "with a way to pool that is not known",
      {
        "modules.json": modules(transformer, `${own}.SpladePooling`),
        "config.json": config,
        "sentence_bert_config.json": { transformer_task: "fill-mask" },
        "1_Module/config.json": { pooling_strategy: "mean" },
      },
      /1_Module\/config.json config is not understood: .*pooling_strategy/,
    ],
    [
      "of dense vectors",
      {
        "modules.json": modules(transformer, "sentence_transformers.models.Pooling"),
        "config.json": config,
        "1_Module/config.json": { pooling_mode: "mean" },
      },
      /none of its modules makes a vector sparse \(Transformer, Pooling\); expected one of SpladePooling, /,
    ],
    [
      "with static weights elsewhere",
      { "modules.json": modules(`${own}.SparseStaticEmbedding`), "config.json": { path: "idf.json" } },
      /takes the weights of its tokens from idf.json, which is not read; expected them in a model.safetensors/,
    ],
    [
      "with a limit that is none",
      { "modules.json": modules(transformer), "config.json": config, [settings]: { max_active_dims: 0 } },
      /config_sentence_transformers.json config is not understood: .*max_active_dims/,
    ],
    [
      "with a module without its config",
      { "modules.json": modules(transformer, `${own}.SpladePooling`), "config.json": config },
      /has no 1_Module\/config.json, which its module .*SpladePooling needs/,
    ],
    [
      "with a module of another package",
      { "modules.json": modules("own.sparse.SpladePooling"), "config.json": {} },
      /has a module of the type own.sparse.SpladePooling/,
    ],
  ])("%s is refused", async (_, files, fault) => {
    await expect(read(files)).rejects.toThrow(fault);
  });
});
