import { describe, expect, it } from "vitest";
import { revisionOf } from "../revision.ts";
import { folderSnapshot } from "../testing/checkpoint.ts";
import { readLateInteraction } from "./late-interaction.ts";

type Files = Readonly<Record<string, object>>;

const own = "sentence_transformers.base.modules";
const transformer = { path: "", type: `${own}.transformer.Transformer` };
const dense = { path: "1_Dense", type: "pylate.models.Dense.Dense" };
const mask = {
  path: "2_MultiVectorMask",
  type: "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask",
};
const normalize = { path: "3_Normalize", type: `${own}.normalize.Normalize` };
const pooling = { path: "4_Pooling", type: "sentence_transformers.models.Pooling" };
const settings = "config_sentence_transformers.json";

const common: Files = {
  "config.json": { model_type: "bert", architectures: ["BertModel"] },
  "1_Dense/config.json": { in_features: 32, out_features: 16, bias: false },
  "2_MultiVectorMask/config.json": { skiplist_words: ["."] },
  "3_Normalize/config.json": { module_input_name: "token_embeddings" },
  "4_Pooling/config.json": { pooling_mode: "mean" },
  "modules.json": [transformer, dense],
};

async function read(files: Files) {
  const texts = Object.entries({ ...common, ...files }).map(([name, value]) => [name, JSON.stringify(value)]);
  return readLateInteraction(await folderSnapshot(Object.fromEntries(texts)));
}
const kinds = ({ modules }: Awaited<ReturnType<typeof read>>): string[] => modules.map(({ type }) => type);

describe("layouts of late interaction", () => {
  it("of PyLate get what they leave unsaid", async () => {
    const spec = await read({
      [settings]: { model_type: "ColBERT", query_prefix: "[Q] ", prompts: { query: "[Q] ask: ", document: "x" } },
    });
    expect(kinds(spec)).toEqual(["Transformer", "Dense", "MultiVector", "Normalize"]);
    expect(spec.mask?.skipped).toHaveLength(32);
    expect(spec.expansion).toEqual({ strategy: "fixed", attend: false, token: null, length: 32 });
    expect(spec.prompts).toEqual({ query: "[Q] ask: ", document: "x" });
    expect(spec.modules[0]).toMatchObject({ prefixes: ["[Q] "], hiddenRows: true });
    expect(spec.modules[1]).toMatchObject({ on: "token_embeddings" });
  });

  it("of sentence-transformers are what they list", async () => {
    const listed = [transformer, { ...dense, type: `${own}.dense.Dense` }, mask, normalize];
    const model = { [settings]: { model_type: "MultiVectorEncoder", similarity_fn_name: "meanmaxsim" } };
    const spec = await read({ ...model, "modules.json": listed });
    expect(kinds(spec)).toEqual(["Transformer", "Dense", "MultiVector", "Normalize"]);
    expect(spec).toMatchObject({ similarity: "meanmaxsim", expansion: null, queryLimit: undefined });
    expect(spec.mask).toEqual({ skipped: ["."], roles: ["document"] });
    expect(kinds(await read({ ...model, "modules.json": listed.slice(0, 2) }))).toEqual([
      ...["Transformer", "Dense", "MultiVector"],
    ]);
  });

  it("without a kind lose what makes one vector of a text", async () => {
    const spec = await read({
      [settings]: { query_length: 24, do_query_expansion: false },
      "modules.json": [transformer, pooling, dense],
      "1_Dense/config.json": { in_features: 8, out_features: 4, module_input_name: "sentence_embedding" },
    });
    expect(kinds(spec)).toEqual(["Transformer", "Dense", "MultiVector", "Normalize"]);
    expect(spec.modules[1]).toMatchObject({ on: "token_embeddings" });
    expect(spec.queryLimit).toEqual({ maxTokens: 24, from: "query_length" });
    expect(spec.mask?.skipped).toEqual([]);
  });

  it("of the Transformer's settings go before those of PyLate's keys", async () => {
    const spec = await read({
      [settings]: { model_type: "ColBERT", query_length: 16, document_length: 40 },
      "sentence_bert_config.json": { query_expansion: null, document_length: 50 },
    });
    expect(spec.expansion).toBeNull();
    expect(spec.documentLimit).toEqual({ maxTokens: 50, from: "document_length" });
  });

  it.each<[string, Files, RegExp | string]>([
    [
      "an unknown key",
      { [settings]: { model_type: "ColBERT", pool_factor: 2 } },
      "the config_sentence_transformers.json config is not understood: pool_factor is not known",
    ],
    [
      "an unknown similarity",
      { [settings]: { model_type: "ColBERT", similarity_fn_name: "xtr" } },
      'similarity_fn_name is "xtr"',
    ],
    [
      "tokens that are pooled",
      {
        [settings]: { model_type: "ColBERT" },
        "modules.json": [
          transformer,
          dense,
          { path: "2", type: "sentence_transformers.multi_vector_encoder.modules.token_pooling.TokenPooling" },
        ],
      },
      "TokenPooling, a part of a model of late interaction",
    ],
    [
      "a module that makes one vector of a text",
      { [settings]: { model_type: "MultiVectorEncoder" }, "modules.json": [transformer, dense, pooling] },
      /modules.json lists Transformer, Dense, Pooling; in a model of late interaction a Transformer was expected/,
    ],
    [
      "a module of its own code",
      { [settings]: { model_type: "ColBERT" }, "modules.json": [transformer, { path: "1_Dense", type: "own.Dense" }] },
      "lists Transformer, Dense; in a model of late interaction",
    ],
    [
      "a layer over a pooled vector",
      {
        [settings]: { model_type: "ColBERT" },
        "1_Dense/config.json": { in_features: 8, out_features: 4, module_input_name: "sentence_embedding" },
      },
      "module_input_name is sentence_embedding; in a model of late interaction it is token_embeddings",
    ],
    [
      "a mask of images",
      {
        [settings]: { model_type: "MultiVectorEncoder" },
        "modules.json": [transformer, dense, mask],
        "2_MultiVectorMask/config.json": { keep_only_token_ids: [7] },
      },
      "the 2_MultiVectorMask/config.json config is not understood: keep_only_token_ids is [7]",
    ],
    [
      "no projection",
      { [settings]: { model_type: "ColBERT" }, "modules.json": [transformer] },
      "has no layer that shortens the vectors of tokens (Dense)",
    ],
    [
      "a family whose hidden tokens are not known",
      { [settings]: { model_type: "ColBERT", query_length: 32 }, "config.json": { model_type: "qwen3" } },
      "fills queries up, of which it is not known how a qwen3 treats what is added; it is known of albert, bert,",
    ],
    [
      "lengths at odds",
      {
        [settings]: { model_type: "ColBERT" },
        "sentence_bert_config.json": { query_length: 8, query_expansion: { strategy: "fixed", length: 16 } },
      },
      "cuts queries to 8 tokens (query_length) and fills them up to 16",
    ],
    [
      "an expansion that is not known",
      {
        [settings]: { model_type: "ColBERT" },
        "sentence_bert_config.json": { query_expansion: { strategy: "max", length: 16 } },
      },
      'query_expansion.strategy is "max"',
    ],
  ])("with %s are refused", async (_, files, fault) => {
    await expect(read(files)).rejects.toThrow(fault);
  });
});

it("settings of ColBERT's own count for the revision of a folder", async () => {
  const revision = async (length: number): Promise<string> =>
    revisionOf(await folderSnapshot({ "artifact.metadata": JSON.stringify({ query_maxlen: length }) }));
  expect(await revision(32)).not.toBe(await revision(24));
  expect(await revision(32)).toBe(await revision(32));
});
