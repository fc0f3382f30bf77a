import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openRepository } from "./index.ts";
import { openFolder, safetensorsOf } from "./testing/checkpoint.ts";

const fixture = fileURLToPath(new URL("fixtures/bert-dense-student", import.meta.url));
const own = "sentence_transformers.models.";
const withoutDense = [
  { path: "", type: `${own}Transformer` },
  { path: "1_Pooling", type: `${own}Pooling` },
];

/** Encodes a text by the fixture, with another Dense module or none. */
async function vectorOf(dense?: { readonly config: object; readonly weights: Uint8Array }): Promise<Float32Array> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-residual-"));
  cpSync(fixture, folder, { recursive: true });
  const modules = dense ? [...withoutDense, { path: "2_Dense", type: `${own}Dense` }] : withoutDense;
  writeFileSync(join(folder, "modules.json"), JSON.stringify(modules));
  if (dense) {
    writeFileSync(join(folder, "2_Dense/config.json"), JSON.stringify(dense.config));
    writeFileSync(join(folder, "2_Dense/model.safetensors"), dense.weights);
  }
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1 });
  try {
    return (await encoder.encode(["a text"])).data;
  } finally {
    await encoder.close();
  }
}

const width: number = JSON.parse(readFileSync(join(fixture, "config.json"), "utf8")).hidden_size;
/** A value for each row and column of a layer. */
const weight = (row: number, column: number, factor: number): number => Math.sin(row * width + column + 1) * factor;
const matrix = (rows: number, factor: number): Float32Array =>
  Float32Array.from({ length: rows * width }, (_, i) => weight(Math.floor(i / width), i % width, factor));
const product = (rows: number, factor: number, x: Float32Array): number[] =>
  Array.from({ length: rows }, (_, row) =>
    x.reduce((sum, value, column) => sum + weight(row, column, factor) * value, 0),
  );

describe("a Dense module with a residual", () => {
  const config = (outputs: number) => ({
    in_features: width,
    out_features: outputs,
    bias: false,
    activation_function: "torch.nn.modules.activation.Tanh",
    use_residual: true,
  });

  it("adds its input to what it activates", async () => {
    const x = await vectorOf();
    const weights = safetensorsOf({ "linear.weight": [width, width] }, () => matrix(width, 0.25));
    const found = await vectorOf({ config: config(width), weights });
    const expected = product(width, 0.25, x).map((value, i) => Math.tanh(value) + x[i]);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
  });

  it("adds it through a layer of its own where the widths differ", async () => {
    const x = await vectorOf();
    const shapes = { "linear.weight": [3, width], "residual.weight": [3, width] };
    const factorOf = (name: string): number => (name === "residual.weight" ? -0.5 : 0.25);
    const weights = safetensorsOf(shapes, (name) => matrix(3, factorOf(name)));
    const found = await vectorOf({ config: config(3), weights });
    const shortcut = product(3, -0.5, x);
    const expected = product(3, 0.25, x).map((value, i) => Math.tanh(value) + shortcut[i]);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
  });
});
