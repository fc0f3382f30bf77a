import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { openRepository } from "../index.ts";
import { completeConfig } from "./known-configs.ts";
import type { Module } from "./repository.ts";

const open = async (id: string) =>
  openRepository(await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" })), {
    device: "cpu",
    threads: 1,
  });

/** Copies a fixture, so that it can be changed. */
function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-model-"));
  cpSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)), folder, { recursive: true });
  return folder;
}
const edit = (path: string, changes: object): void =>
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));

describe("repositories that cannot be used", () => {
  const broken: [string, (folder: string) => void, RegExp | string][] = [
    ["unknown family", (f) => edit(join(f, "config.json"), { model_type: "bart" }), "is of the type bart"],
    [
      "a family's name misspelt",
      (f) => edit(join(f, "config.json"), { model_type: "modern-bert" }),
      'is of the type modern-bert (did you mean "modernbert"?); its graph can be written for albert, bert',
    ],
    [
      "a config without a family",
      (f) => edit(join(f, "config.json"), { model_type: undefined }),
      "has no model_type in its config.json; its graph can be written for albert, bert",
    ],
    [
      "heads that do not share the hidden values",
      (f) => edit(join(f, "config.json"), { num_attention_heads: 5 }),
      "the bert config is not understood: num_attention_heads is 5 (must divide hidden_size)",
    ],
    [
      "unknown activation",
      (f) => edit(join(f, "config.json"), { hidden_act: "gelu_11" }),
      "the activation gelu_11 is not known",
    ],
    [
      "a config value that is not understood",
      (f) => edit(join(f, "config.json"), { position_embedding_type: "relative_key" }),
      'the bert config is not understood: position_embedding_type is "relative_key"',
    ],
    [
      "a config at odds with the weights",
      (f) => edit(join(f, "config.json"), { hidden_size: 96 }),
      "has the shape [600,48], its config asks for [600,96]",
    ],
    [
      "more layers than there are",
      (f) => edit(join(f, "config.json"), { num_hidden_layers: 9 }),
      "(55 tensors) are not those of its config: missing are encoder.layer.3.attention.self.query.weight, ",
    ],
    [
      "fewer layers than there are",
      (f) => edit(join(f, "config.json"), { num_hidden_layers: 2 }),
      "(55 tensors) are not those of its config: left over are encoder.layer.2.attention.output.LayerNorm.bias, ",
    ],
    [
      "no weights",
      (f) => rmSync(join(f, "model.safetensors")),
      "has no model.safetensors and no onnx/model.onnx; its files: 1_Pooling/config.json, config.json, ",
    ],
    [
      "no weights but an exported model",
      (f) => {
        rmSync(join(f, "model.safetensors"));
        mkdirSync(join(f, "onnx"));
        writeFileSync(join(f, "onnx/model.onnx"), "");
      },
      "has no model.safetensors; it ships onnx/model.onnx, which --onnx runs",
    ],
    [
      "pickled weights that are none",
      (f) => {
        rmSync(join(f, "model.safetensors"));
        writeFileSync(join(f, "pytorch_model.bin"), "");
      },
      "pytorch_model.bin is not a file of PyTorch's weights that is read: it is neither a zip archive nor a pickle; fetch it again, or convert it",
    ],
    [
      "other pickles",
      (f) => {
        rmSync(join(f, "model.safetensors"));
        writeFileSync(join(f, "model.ckpt"), "");
      },
      "has no model.safetensors and no pytorch_model.bin, only other pickles (model.ckpt), which are not read; convert them",
    ],
    [
      "an unknown module",
      (f) => writeFileSync(join(f, "modules.json"), JSON.stringify([{ path: "", type: "custom.Router" }])),
      "has a module of the type custom.Router; known are Transformer",
    ],
    [
      "a module that is known and not read",
      (f) =>
        writeFileSync(
          join(f, "modules.json"),
          JSON.stringify([{ path: "", type: "sentence_transformers.sparse_encoder.models.SpladePooling" }]),
        ),
      "SpladePooling, a part of a sparse encoder, with a value for each token of its vocabulary, which is not read; vectors that were made elsewhere are scored as precomputed:FOLDER; known are Transformer",
    ],
    [
      "no way to pool",
      (f) => writeFileSync(join(f, "1_Pooling/config.json"), JSON.stringify({ pooling_mode: [] })),
      "the 1_Pooling/config.json config is not understood: pooling_mode is []",
    ],
    [
      "a Router within a Router",
      (f) => {
        writeFileSync(
          join(f, "modules.json"),
          JSON.stringify([{ path: "", type: "sentence_transformers.models.Router" }]),
        );
        writeFileSync(
          join(f, "router_config.json"),
          JSON.stringify({
            types: { inner: "sentence_transformers.models.Asym" },
            structure: { query: ["inner"] },
            parameters: {},
          }),
        );
      },
      "has a module of the type sentence_transformers.models.Asym, a Router within a Router's route, which is not read",
    ],
    [
      "modules in an order that makes no sense",
      (f) =>
        writeFileSync(
          join(f, "modules.json"),
          JSON.stringify([
            { path: "", type: "sentence_transformers.models.Transformer" },
            { path: "", type: "sentence_transformers.models.Normalize" },
          ]),
        ),
      "its module Normalize needs a vector, which no module before it makes",
    ],
    [
      "an adapter of another kind beside the weights",
      (f) => writeFileSync(join(f, "adapter_config.json"), '{"peft_type": "IA3", "target_modules": ["query"]}'),
      'model: the adapter of adapter_config.json is not applied: peft_type is "IA3" (',
    ],
    [
      "several chat templates for a model that sentence-transformers did not save",
      (f) => {
        rmSync(join(f, "modules.json"));
        edit(join(f, "tokenizer_config.json"), { chat_template: [{ name: "default", template: "" }] });
      },
      "takes messages of a chat, for which one chat template was expected, in chat_template.jinja or as text",
    ],
    [
      "a tokenizer of code of its own",
      (f) =>
        edit(join(f, "tokenizer_config.json"), {
          auto_map: { AutoTokenizer: ["tokenization_qwen.Qwen2Tokenizer", null] },
        }),
      'the tokenizer brings code of its own (auto_map in tokenizer_config.json: ["tokenization_qwen.Qwen2Tokenizer",null]), which is not run',
    ],
    [
      "another tokenizer of code of its own",
      (f) => edit(join(f, "tokenizer_config.json"), { auto_map: ["own.Qwen2Tokenizer", null], add_eos_token: true }),
      "the tokenizer brings code of its own",
    ],
    ["damaged JSON", (f) => writeFileSync(join(f, "config.json"), "{"), "config.json is not valid JSON: "],
    [
      "not a model at all",
      (f) => {
        for (const name of ["modules.json", "config.json"]) rmSync(join(f, name));
      },
      "has neither modules.json nor config.json; its files: ",
    ],
    [
      "the weights of an adapter alone",
      (f) => {
        for (const name of ["modules.json", "config.json"]) rmSync(join(f, name));
        writeFileSync(join(f, "adapter_model.safetensors"), "");
      },
      "it holds the weights of an adapter, and lacks adapter_config.json",
    ],
    [
      "a folder of models",
      (f) => {
        for (const name of ["modules.json", "config.json"]) rmSync(join(f, name));
        mkdirSync(join(f, "checkpoint-5", "1_Pooling"), { recursive: true });
        for (const name of ["config.json", "1_Pooling/config.json"]) writeFileSync(join(f, "checkpoint-5", name), "{}");
      },
      /models lie in it: [^ ]+\/checkpoint-5$/,
    ],
  ];

  it.each(broken)("%s", async (_, damage, message) => {
    const folder = copyOf("bert-mean");
    damage(folder);
    await expect(open(folder)).rejects.toThrow(message);
  });
});

describe("a model's code of its own", () => {
  const config = (changes: object) => ({ model_type: "qwen2", auto_map: { AutoModel: "modeling.Model" }, ...changes });
  const completed = (changes: object, values = {}) => {
    const transformer = {
      type: "Transformer",
      folder: "",
      config: config(changes),
      lowerCase: false,
      fewerLayers: false,
    };
    return completeConfig("own/model", [transformer as Module], values).assumption;
  };

  it("is refused where it decides which way attention looks, unless that is said", () => {
    expect(() => completed({})).toThrow(
      'model: own/model brings code of its own (auto_map in config.json: "modeling.Model"), which is not run, and the config does not say which way attention looks; say it by --model-config is_causal=false (both ways) or is_causal=true',
    );
    expect(completed({}, { is_causal: true })).toMatch("which is not run; it is taken for a plain qwen2");
    expect(completed({ use_bidirectional_attention: true })).toMatch("it is taken for a plain qwen2");
  });

  it("is told of another family's, and of none where only a head is", () => {
    expect(completed({ model_type: "bert" })).toMatch("it is taken for a plain bert");
    expect(completed({ auto_map: { AutoModelForSequenceClassification: "modeling.Head" } })).toBeUndefined();
  });
});
