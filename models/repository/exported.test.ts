import { describe, expect, it } from "vitest";
import { writeEncoderGraph } from "../graph/pipeline.ts";
import { folderSnapshot, safetensorsOf } from "../testing/checkpoint.ts";
import { takesExported } from "./exported.ts";
import type { Module } from "./module.ts";

const config = {
  ...{ model_type: "bert", vocab_size: 8, hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 1 },
  ...{ intermediate_size: 4, max_position_embeddings: 8 },
};
const setup = { type: "Transformer", folder: "", lowerCase: false, fewerLayers: false } as const;
const transformer = (more: object = {}): Module => ({ ...setup, config, ...more });
const pooling: Module = { type: "Pooling", modes: ["mean"], includePrompt: true, last: true };
const dense: readonly Module[] = [transformer(), pooling];

const others: readonly (readonly [string, readonly Module[]])[] = [
  ["a cross-encoder", [transformer({ pairs: true, head: { kind: "labels", count: 1 } })]],
  [
    "a sparse encoder",
    [transformer({ head: { kind: "vocabulary" } }), { type: "SpladePooling", strategy: "max", activation: "relu" }],
  ],
  ["late interaction", [transformer(), { type: "MultiVector" }]],
];

const fault = async (files: Parameters<typeof folderSnapshot>[0], modules: readonly Module[]): Promise<string> => {
  const snapshot = await folderSnapshot(files);
  return writeEncoderGraph(snapshot, modules).then(
    () => "",
    (error: Error) => error.message,
  );
};

describe("an exported model is named as the way out", () => {
  it("for dense vectors", async () => {
    expect(takesExported(dense)).toBe(true);
    const weights = { "model.safetensors": safetensorsOf({ "embeddings.word_embeddings.weight": [8, 4] }) };
    expect(await fault(weights, dense)).toMatch(/; where the repository ships onnx\/model\.onnx, --onnx runs that$/);
    expect(await fault({ "onnx/model.onnx": "" }, dense)).toMatch(/; it ships onnx\/model\.onnx, which --onnx runs$/);
    const unknown = [transformer({ config: { model_type: "unheard" } }), pooling];
    expect(await fault(weights, unknown)).toMatch(/, --onnx runs that$/);
  });

  it.each(others)("not for %s, for which none is run", async (_, modules) => {
    expect(takesExported(modules)).toBe(false);
    const weights = { "model.safetensors": safetensorsOf({ "embeddings.word_embeddings.weight": [8, 4] }) };
    expect(await fault(weights, modules)).toMatch(
      /are not those of its config: missing are .*; name a repository or revision whose weights fit its config$/,
    );
    expect(await fault({ "onnx/model.onnx": "" }, modules)).toMatch(
      /has no model\.safetensors and no pytorch_model\.bin; its files: onnx\/model\.onnx; a model of its kind runs by these alone; name the repository or revision that has them$/,
    );
    const unknown = modules.map((module) =>
      module.type === "Transformer" ? { ...module, config: { model_type: "unheard" } } : module,
    );
    expect(await fault(weights, unknown)).toMatch(/its graph can be written for albert, .*; choose one of these$/);
  });
});
