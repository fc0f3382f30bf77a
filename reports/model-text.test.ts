import { describe, expect, it } from "vitest";
import type { ModelDescription } from "../models/description.ts";
import { modelText } from "./model-text.ts";

const model: ModelDescription = {
  id: "own/model",
  revision: "0123456789abcdef0123456789abcdef01234567",
  refused: [],
  notes: ["model: own/model brings code of its own"],
  unseen: [],
  routes: [],
  adapters: null,
  versions: ["precision: transformers 5 computes in bf16"],
  architecture: {
    modelType: "gemma3_text",
    classes: ["Gemma3TextModel"],
    layers: 6,
    hidden: 16,
    attention: { sees: "both ways", windows: [9], by: "is_causal=false, by --model-config" },
  },
  weights: [
    { form: "safetensors", files: ["a", "b", "c", "d"], bytes: 87_700, parameters: 20_016, storedType: "bfloat16" },
  ],
  modules: [
    { type: "Transformer", folder: "", lowerCase: false },
    { type: "Pooling", modes: ["cls", "mean"], includePrompt: false },
    { type: "Normalize" },
  ],
  dims: 32,
  kind: "dense",
  toldBy: "modules.json, which names no other kind",
  similarity: "dot",
  maxActive: null,
  scores: null,
  interaction: null,
  tokenizer: {
    className: "GemmaTokenizer",
    writtenBy: 5,
    truncationSide: "left",
    maxTokens: 2048,
    maxTokensFrom: "max_seq_length of sentence_bert_config.json",
    ends: { before: [{ id: 2, token: "<bos>" }], after: [] },
    chatTemplate: "not used",
  },
  prompting: {
    prompts: { query: "query: ", document: "" },
    defaultPromptName: "query",
    promptSource: "published",
    instruct: { template: "Instruct: {instruction}\n", applyToDocuments: false, instructions: {} },
  },
  keys: {
    "config.json": { read: ["hidden_size"], other: ["dtype"] },
    "tokenizer_config.json": { read: [], other: [] },
  },
};

describe("the text of a description", () => {
  it("has a line for all that is known", () => {
    expect(modelText(model)).toBe(`own/model (0123456) runs

Kind
  dense  told by modules.json, which names no other kind

Weights
  a, b, c and 1 more  safetensors, bf16, 20,016 parameters, 87.7 kB

Architecture
  family     gemma3_text (Gemma3TextModel)
  layers     6
  width      16
  attention  both ways; in some layers less than 9 tokens far (is_causal=false, by --model-config)

Modules
  1 Transformer  lowerCase no
  2 Pooling      modes cls+mean, includePrompt no
  3 Normalize
  → a vector     32 values, of length 1; similarity dot

Tokens
  tokenizer      GemmaTokenizer, files of transformers 5
  before a text  <bos> (2)
  after a text   nothing
  longest input  2,048 tokens (max_seq_length of sentence_bert_config.json)
  longer ones    lose their beginning
  chat template  not used

Prompts, published about the model
  query                   "query: "
  document                ""
  where no other applies  query
  instructions            "Instruct: {instruction}\\n"
  for documents too       no

Keys of config files
  config.json  read hidden_size; change nothing here: dtype

Assumed or left out
  - model: own/model brings code of its own

Where transformers 4 and 5 differ
  - precision: transformers 5 computes in bf16
`);
  });

  it("tells each route of a Router, and the adapters among which a task chooses", () => {
    const { architecture, modules, dims, tokenizer, versions } = model;
    const row = { architecture, modules, dims, tokenizer, versions, adapters: { names: ["a", "b"], required: false } };
    const table = {
      architecture: null,
      modules: [{ type: "StaticEmbedding" as const, folder: "d" }],
      dims,
      tokenizer: null,
    };
    const text = modelText({
      ...model,
      routes: [
        { name: "query", texts: ["query", "text"], ...row },
        { name: "document", texts: ["document"], ...table, adapters: null, versions: [] },
      ],
    });
    expect(text).toContain("\nArchitecture, route query: queries, texts without a role\n");
    expect(text).toContain("\n  adapters       a, b; a task takes one, or none\n");
    expect(text).toContain("\nModules, route document: documents\n  1 StaticEmbedding  folder d\n");
    expect(text).not.toContain("Architecture, route document");
  });

  it("tells how many values of a sparse vector are kept", () => {
    expect(modelText({ ...model, maxActive: 12 })).toContain(
      "→ a vector     32 values, of length 1, at most 12 of them not 0; similarity dot",
    );
  });

  it("begins with the reasons of a refusal, and leaves out what is not known", () => {
    const unknown = { architecture: null, weights: [], modules: [], dims: null, tokenizer: null, prompting: null };
    const text = modelText({
      ...model,
      ...unknown,
      keys: {},
      notes: [],
      versions: [],
      refused: ["one", "two"],
      kind: null,
      similarity: null,
    });
    expect(text).toBe("own/model (0123456) is refused\n  - one\n  - two\n");
  });

  it("says what was not there to be seen", () => {
    const text = modelText({ ...model, unseen: ["model.safetensors is not in the cache"], weights: [], dims: null });
    expect(text).toContain("own/model (0123456) runs, as far as can be seen\n");
    expect(text).toContain("\nNot seen\n  - model.safetensors is not in the cache\n");
    expect(text).toContain("→ a vector     — values");
  });

  it("writes what strangers chose on one line, without control characters", () => {
    const text = modelText({ ...model, keys: { "a\nb": { read: ["\u001b[31mred"], other: [] } } });
    expect(text).toContain("  a\\nb  read \\u001b[31mred\n");
  });
});
