import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openRepository } from "./index.ts";
import { openFolder, safetensorsOf } from "./testing/checkpoint.ts";

const fixture = fileURLToPath(new URL("fixtures/bert-mean", import.meta.url));
/** Length of its token embeddings; its vectors are their mean, brought to length 1. */
const width: number = JSON.parse(readFileSync(join(fixture, "config.json"), "utf8")).hidden_size;
const { texts, cases } = JSON.parse(readFileSync(join(fixture, "expected.json"), "utf8"));

/** A module with its settings and weights. */
type Step = readonly [type: string, config?: object, weights?: Uint8Array];

const pooling = (...pooling_mode: string[]): Step => ["Pooling", { embedding_dimension: width, pooling_mode }];
const layerNorm = (dimension: number): Step => {
  const shapes = { "norm.weight": [dimension], "norm.bias": [dimension] };
  return ["LayerNorm", { dimension }, safetensorsOf(shapes)];
};
const dense = (inputs: number, outputs: number, on = "sentence_embedding"): Step => [
  "Dense",
  {
    in_features: inputs,
    out_features: outputs,
    bias: false,
    activation_function: "torch.nn.modules.linear.Identity",
    module_input_name: on,
    module_output_name: on,
  },
  safetensorsOf({ "linear.weight": [outputs, inputs] }),
];

/** Encodes the fixture's texts with other modules behind its Transformer. */
async function vectorsOf(...steps: Step[]): Promise<number[][]> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-widths-"));
  cpSync(fixture, folder, { recursive: true });
  const modules = [["Transformer"] as Step, ...steps].map(([name], i) => ({
    path: i === 0 ? "" : `step-${i}`,
    type: `sentence_transformers.models.${name}`,
  }));
  writeFileSync(join(folder, "modules.json"), JSON.stringify(modules));
  for (const [i, [, config, weights]] of steps.entries()) {
    mkdirSync(join(folder, `step-${i + 1}`));
    if (config) writeFileSync(join(folder, `step-${i + 1}/config.json`), JSON.stringify(config));
    if (weights) writeFileSync(join(folder, `step-${i + 1}/model.safetensors`), weights);
  }
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1 });
  try {
    const { data, dims } = await encoder.encode(texts, { prompt: "" });
    return texts.map((_: string, i: number) => [...data.subarray(i * dims, (i + 1) * dims)]);
  } finally {
    await encoder.close();
  }
}

describe("modules that keep the tokens for those behind them", () => {
  // As in sentence-transformers 6.2, where each of these rows gives the vectors of the fixture.
  it.each<[string, Step[]]>([
    ["pooled in two ways, and again in one", [pooling("cls", "max"), pooling("mean"), ["Normalize"]]],
    ["pooled, made shorter, and pooled again", [pooling("mean"), dense(width, 3), pooling("mean"), ["Normalize"]]],
    [
      "tokens made shorter after they were pooled",
      [pooling("mean"), dense(width, 3, "token_embeddings"), ["Normalize"]],
    ],
  ])("%s", async (_, steps) => {
    const found = await vectorsOf(...steps);
    const [{ embeddings }] = cases;
    expect(found.map((vector) => vector.length)).toEqual(embeddings.map((vector: number[]) => vector.length));
    const differences = found.flatMap((vector, i) => vector.map((value, j) => Math.abs(value - embeddings[i][j])));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });
});

describe("modules for vectors of another length are refused", () => {
  it.each<[string, Step[], string]>([
    [
      "Dense",
      [pooling("cls", "mean"), dense(width, 3)],
      `Dense takes vectors of ${width} values; those before it make ${2 * width}`,
    ],
    [
      "Dense over tokens",
      [dense(7, 3, "token_embeddings"), pooling("mean")],
      `Dense takes vectors of 7 values; those before it make ${width}`,
    ],
    [
      "LayerNorm of one value",
      [pooling("mean"), layerNorm(1)],
      `LayerNorm takes vectors of 1 values; those before it make ${width}`,
    ],
  ])("%s", async (_, steps, message) => {
    await expect(vectorsOf(...steps)).rejects.toThrow(message);
  });
});
