import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFolder } from "../testing/checkpoint.ts";
import { type RepositoryKind, tellKind } from "./kind.ts";

const settings = "config_sentence_transformers.json";
const modules = (...types: string[]) => types.map((type, idx) => ({ idx, name: `${idx}`, path: "", type }));
const transformer = "sentence_transformers.models.Transformer";
const bare = (architecture: string, more = {}) => ({ "config.json": { architectures: [architecture], ...more } });

async function told(files: Readonly<Record<string, unknown>>, name = "model", chosen?: RepositoryKind) {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-kind-")), name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }
  return tellKind(await openFolder(folder), chosen);
}

describe("the kind of a repository", () => {
  it.each<[RepositoryKind, string, Readonly<Record<string, unknown>>, string?]>([
    ["dense", "SentenceTransformer", { [settings]: { model_type: "SentenceTransformer" } }],
    ["cross-encoder", "CrossEncoder", { [settings]: { model_type: "CrossEncoder" }, ...bare("BertModel") }],
    ["sparse", "SparseEncoder", { [settings]: { model_type: "SparseEncoder" } }],
    ["late-interaction", "MultiVectorEncoder", { [settings]: { model_type: "MultiVectorEncoder" } }],
    ["late-interaction", "ColBERT", { [settings]: { model_type: "ColBERT" } }],
    [
      "sparse",
      "SpladePooling",
      { "modules.json": modules(transformer, "sentence_transformers.sparse_encoder.models.SpladePooling") },
    ],
    [
      "cross-encoder",
      "LogitScore",
      { "modules.json": modules(transformer, "sentence_transformers.cross_encoder.modules.logit_score.LogitScore") },
    ],
    ["late-interaction", "pylate", { "modules.json": modules(transformer, "pylate.models.Dense.Dense") }],
    [
      "late-interaction",
      "query_prefix",
      { "modules.json": modules(transformer), [settings]: { query_prefix: "[Q] ", document_prefix: "[D] " } },
    ],
    ["late-interaction", "HF_ColBERT", { "modules.json": modules(transformer), ...bare("HF_ColBERT") }],
    ["dense", "modules.json", { "modules.json": modules(transformer), ...bare("BertForSequenceClassification") }],
    ["cross-encoder", "BertForSequenceClassification", bare("BertForSequenceClassification")],
    ["late-interaction", "HF_ColBERT", bare("HF_ColBERT")],
    ["cross-encoder", "num_labels", bare("Qwen3ForCausalLM", { num_labels: 1 })],
    ["cross-encoder", "rerank", bare("Qwen3ForCausalLM"), "Some-Reranker"],
    ["dense", "Qwen3ForCausalLM", bare("Qwen3ForCausalLM")],
    ["dense", "BertForMaskedLM", bare("BertForMaskedLM"), "reranker"],
  ])("is %s by %s", async (kind, sign, files, name) => {
    const found = await told(files, name);
    expect(found.kind).toBe(kind);
    expect(found.toldBy).toContain(sign);
  });

  it("is asked for where only an adapter says that it was trained with a head of labels", async () => {
    const adapter = (task_type: string) => ({ "adapter_config.json": { peft_type: "LORA", task_type } });
    await expect(told(adapter("SEQ_CLS"))).rejects.toThrow(
      /is of a kind that cannot be told: task_type of adapter_config.json is SEQ_CLS, as of a head of labels, .*; --kind says which/,
    );
    expect((await told(adapter("SEQ_CLS"), "model", "dense")).kind).toBe("dense");
    expect((await told({ ...adapter("SEQ_CLS"), ...bare("BertForSequenceClassification") })).kind).toBe(
      "cross-encoder",
    );
    expect((await told(adapter("FEATURE_EXTRACTION"))).kind).toBe("dense");
  });

  it("is what the user says", async () => {
    expect(await told(bare("BertForMaskedLM"), "model", "sparse")).toEqual({ kind: "sparse", toldBy: "--kind" });
  });

  it("cannot be told where a sign is not known, or two contradict each other", async () => {
    await expect(told({ [settings]: { model_type: "Unheard" } })).rejects.toThrow(
      /is of a kind that cannot be told: model_type of config_sentence_transformers.json is "Unheard"; expected one of .*; --kind says which \(dense, cross-encoder, sparse, late-interaction\)/,
    );
    const both = modules(
      "sentence_transformers.sparse_encoder.models.SpladePooling",
      "sentence_transformers.cross_encoder.modules.logit_score.LogitScore",
    );
    await expect(told({ "modules.json": both })).rejects.toThrow(
      /modules.json names .*SpladePooling \(sparse\) and .*LogitScore/,
    );
  });
});
