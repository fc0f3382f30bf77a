import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";
import type { ModelOptions } from "./open-modules.ts";
import { openFolder, safetensorsOf } from "./testing/checkpoint.ts";

interface Case {
  /** A folder of the fixtures, or of ../shared/cases/models. */
  readonly checkpoint: string;
  readonly files: Readonly<Record<string, object>>;
  readonly weights: readonly number[];
  /** False where the config does not ask for the hidden states. */
  readonly said: boolean;
  readonly vectors: readonly (readonly number[])[];
}

const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const { texts, cases }: { readonly texts: readonly string[]; readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(join(fixtures, "weighted-layers.json"), "utf8"),
);
const sourceOf = (checkpoint: string): string | undefined =>
  [join(fixtures, checkpoint), join(sharedFolder() ?? "", "cases/models", checkpoint)].find((path) => existsSync(path));

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

/** Opens a case's checkpoint with some of its files changed. */
async function open(
  { checkpoint, files, weights }: Case,
  changed: Readonly<Record<string, object>> = {},
  options: Partial<ModelOptions> = {},
): Promise<Encoder> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-layers-"));
  cpSync(sourceOf(checkpoint) as string, folder, { recursive: true });
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const [path, content] of Object.entries({ ...files, ...changed })) write(path, JSON.stringify(content));
  const tensors = safetensorsOf({ layer_weights: [weights.length] }, () => Float32Array.from(weights));
  write("w/model.safetensors", tensors);
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

describe("WeightedLayerPooling, against sentence-transformers", () => {
  for (const one of cases) {
    it.skipIf(sourceOf(one.checkpoint) === undefined)(`${one.checkpoint}, asked for: ${one.said}`, async () => {
      const notes: string[] = [];
      const encoder = await open(one, {}, { warn: (text) => notes.push(text) });
      for (const [i, text] of texts.entries()) {
        const { data } = await encoder.encode([text]);
        expect(data).toHaveLength(one.vectors[i].length);
        expect(Math.max(...one.vectors[i].map((value, j) => Math.abs(value - data[j])))).toBeLessThan(1e-5);
      }
      const passed = notes.filter((note) => note.includes("sentence-transformers passes this module over"));
      expect(passed).toHaveLength(one.said ? 0 : 1);
    });
  }

  const [bert] = cases;
  it.each<[string, object, RegExp]>([
    [
      "another number of layers",
      { num_hidden_layers: 4, layer_start: 2 },
      /of 4 layers .*, which are those of 3 layers; /,
    ],
    ["a start behind the layers", { num_hidden_layers: 3, layer_start: 4 }, /layer_start is 4 \(must be one of/],
    [
      "weights of another number",
      { num_hidden_layers: 3, layer_start: 2 },
      /layer_weights has the shape \[3\], .* \[2\]/,
    ],
    ["an unknown key", { num_hidden_layers: 3, layer_start: 1, layer_weights: [1] }, /layer_weights is not known/],
  ])("refuses %s", async (_, config, message) => {
    await expect(open(bert, { "w/config.json": config })).rejects.toThrow(message);
  });

  it("refuses a family whose hidden states are not known, and an exported graph", async () => {
    const gemma: Case = { ...bert, checkpoint: "gemma3-bidirectional" };
    await expect(open(gemma, { "w/config.json": { num_hidden_layers: 3, layer_start: 1 } })).rejects.toThrow(
      /which are not known of its family; known are those of BERT, /,
    );
    await expect(open(bert, { "onnx/model.onnx": {} }, { exported: true })).rejects.toThrow(/leave --onnx out$/);
  });
});
