import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { messageFrom } from "../../datasets/testing/hub-world.ts";
import { fullPrecision } from "../graph/builder.ts";
import { writeEncoderGraph } from "../graph/pipeline.ts";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { readRepository } from "./repository.ts";
import { openWeights } from "./weights.ts";

/** Opens a folder of these files; messages call it FOLDER. */
async function opened(files: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-repository-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  const snapshot = await openSnapshot(
    { kind: "model", id: folder },
    hubSettings({ HF_HOME: folder, HF_HUB_OFFLINE: "1" }),
  );
  return { snapshot, shorten: (message: string) => message.replaceAll(folder, "FOLDER") };
}
async function failure(files: Readonly<Record<string, unknown>>): Promise<string> {
  const { snapshot, shorten } = await opened(files);
  return shorten(await messageFrom(readRepository(snapshot)));
}
const bert = {
  model_type: "bert",
  vocab_size: 10,
  hidden_size: 4,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  intermediate_size: 4,
  max_position_embeddings: 8,
};
const listed = { "modules.json": [{ path: "", type: "sentence_transformers.models.Transformer" }] };

const jinaCode = { AutoModel: "jinaai/xlm-roberta-flash-implementation--modeling_lora.XLMRobertaLoRA" };

describe("repositories that others made up", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a config that is null",
      { "config.json": null },
      "model: FOLDER/config.json is null; expected an object with settings",
    ],
    [
      "a config that is a list",
      { "config.json": [1] },
      "model: FOLDER/config.json is [1]; expected an object with settings",
    ],
    [
      "a module's folder outside",
      { "modules.json": [{ path: "../../etc", type: "sentence_transformers.models.Dense" }] },
      "model: FOLDER has no ../../etc/config.json, which its module sentence_transformers.models.Dense needs",
    ],
    [
      "a module of its own code",
      { "modules.json": [{ path: "", type: "custom_st.\u001b[2JEvil" }] },
      "model: FOLDER has a module of the type custom_st.\\u001b[2JEvil; known are Transformer",
    ],
    [
      "a module called as what all objects have",
      { "modules.json": [{ path: "", type: "constructor" }] },
      "model: FOLDER has a module of the type constructor; known are",
    ],
    [
      "thousands of modules",
      { "modules.json": new Array(1000).fill({ path: "", type: "Normalize" }) },
      "model: FOLDER/modules.json is not a list of modules with path and type",
    ],
    [
      "settings without end",
      { "config.json": `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}` },
      "model: FOLDER/config.json: its lists and objects lie more than 100 deep within each other; see docs/safety.md",
    ],
  ])("%s", async (_, files, message) => {
    expect(await failure(files)).toContain(message);
  });

  const own = (name: string, path: string) => ({ path, type: `sentence_transformers.models.${name}` });
  const dense = { in_features: 4, out_features: 4 };
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a class of its own called like one of ours",
      { "modules.json": [{ path: "", type: "custom_st.Transformer" }], "config.json": bert },
      "model: FOLDER/modules.json has a module of the type custom_st.Transformer, whose code is not run; read are",
    ],
    [
      "a class of another kind of model called like one of ours",
      { "modules.json": [{ path: "a", type: "pylate.models.Dense.Dense" }], "a/config.json": dense },
      "has a module of the type pylate.models.Dense.Dense, whose code is not run",
    ],
    [
      "arguments for a module",
      { "modules.json": [{ ...own("Transformer", ""), kwargs: ["task"] }], "config.json": bert },
      "model: FOLDER/modules.json gives its module sentence_transformers.models.Transformer arguments of each call (kwargs: task); none were expected",
    ],
    [
      "known code, and another class of its own",
      { "modules.json": [{ path: "", type: "custom_st.Other" }], "config.json": { ...bert, auto_map: jinaCode } },
      "model: FOLDER has a module of the type custom_st.Other; known are Transformer",
    ],
    [
      "a key of a module",
      { "modules.json": [{ ...own("Transformer", ""), scale: 2 }], "config.json": bert },
      "0.scale is not known",
    ],
    [
      "a key of pooling",
      { "modules.json": [own("Pooling", "a")], "a/config.json": { pooling_mode: "mean", layers: 2 } },
      "model: the a/config.json config is not understood: layers is not known",
    ],
    [
      "a dense layer that makes a text's vector of each token",
      {
        "modules.json": [own("Dense", "a")],
        "a/config.json": { ...dense, module_input_name: "token_embeddings", module_output_name: "sentence_embedding" },
      },
      "model: the a/config.json config is not understood: module_output_name is sentence_embedding for the input token_embeddings",
    ],
    [
      "tokens that are normalized",
      { "modules.json": [own("Normalize", "a")], "a/config.json": { module_input_name: "token_embeddings" } },
      'model: the a/config.json config is not understood: module_input_name is "token_embeddings" ',
    ],
    [
      "a key of the model as a whole",
      { "config.json": bert, ...listed, "config_sentence_transformers.json": { truncate_dims: 8 } },
      "model: the config_sentence_transformers.json config is not understood: truncate_dims is not known",
    ],
    [
      "a model of another kind",
      { "config.json": bert, ...listed, "config_sentence_transformers.json": { model_type: "SparseEncoder" } },
      'model_type is "SparseEncoder" ',
    ],
  ])("%s", async (_, files, message) => {
    expect(await failure(files)).toContain(message);
  });

  it("a dense layer whose output no module reads is left out; a shorter vector is cut last", async () => {
    const { snapshot } = await opened({
      "config.json": bert,
      "modules.json": [own("Transformer", ""), own("Pooling", "a"), own("Dense", "b"), own("Normalize", "c")],
      "a/config.json": { word_embedding_dimension: 4, pooling_mode_cls_token: true },
      "b/config.json": { ...dense, module_output_name: "projected", use_residual: false },
      "config_sentence_transformers.json": { truncate_dim: 2 },
    });
    const { modules } = await readRepository(snapshot);
    expect(modules.map(({ type }) => type)).toEqual(["Transformer", "Pooling", "Normalize", "Truncate"]);
  });

  it("a list of architectures that is none, and auto_map, run nothing", async () => {
    const config = { ...bert, architectures: 5, auto_map: { AutoModel: "evil--modeling.Evil" } };
    const { snapshot } = await opened({ "config.json": config, "modeling.py": "raise SystemExit" });
    expect((await readRepository(snapshot)).modules.map(({ type }) => type)).toEqual(["Transformer", "Pooling"]);
  });

  it("a billion layers are refused before the first is made", async () => {
    const { snapshot } = await opened({
      "config.json": { ...bert, num_hidden_layers: 1e9 },
      "model.safetensors": "\u0002\0\0\0\0\0\0\0{}",
    });
    const { modules } = await readRepository(snapshot);
    expect(await messageFrom(writeEncoderGraph(snapshot, modules, { format: fullPrecision }))).toContain(
      "num_hidden_layers is 1000000000 (Too big: expected number to be <=4096)",
    );
  });

  it("shards outside of the repository are not there", async () => {
    const index = { weight_map: { a: "../../x.safetensors", b: "/etc/passwd" } };
    const { snapshot, shorten } = await opened({ "model.safetensors.index.json": index });
    expect(shorten(await messageFrom(openWeights(snapshot, "")))).toBe(
      "model: FOLDER/model.safetensors.index.json lists ../../x.safetensors, /etc/passwd, which the repository has not; fetch it again",
    );
  });

  it.each<[string, unknown, unknown, string]>([
    ["a class called as what all objects have", { model: {} }, { tokenizer_class: "constructor" }, "cannot be used: "],
    ["a tokenizer that is a list", [], {}, "is damaged: it is [], expected an object; fetch it again"],
    [
      "a tokenizer without end",
      `{"a":${"[".repeat(90_000)}${"]".repeat(90_000)}}`,
      {},
      "lie more than 100 deep within each other",
    ],
  ])("%s", async (_, definition, config, message) => {
    const { snapshot } = await opened({ "tokenizer.json": definition, "tokenizer_config.json": config });
    const found = await messageFrom(openTokenizer(snapshot, { folder: "", specialTokens: true }));
    expect(found).toContain(message);
    expect(found).not.toMatch(/Cannot read|not a function/);
  });
});
