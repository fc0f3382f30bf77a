import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Encoder } from "./encoder.ts";
import { writeEncoderGraph } from "./graph/pipeline.ts";
import { openRepository } from "./index.ts";
import { readRepository } from "./repository/repository.ts";
import { folderSnapshot, safetensorsOf } from "./testing/checkpoint.ts";

/** Largest difference from sentence-transformers' vectors. Both sum in single precision, in another order. */
const tolerance = 1e-5;
interface Expected {
  readonly texts: string[];
  readonly cases: {
    readonly prompt_name: string | null;
    readonly prompt: string | null;
    readonly embeddings: number[][];
  }[];
}

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const shared = sharedFolder() ?? "";

const opened: Encoder[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Holds the vectors of a folder, one text at a time and all at once, to those that lie beside it. */
async function holds(folder: string): Promise<void> {
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1 });
  opened.push(encoder);
  const { texts, cases } = json(join(folder, "expected.json")) as Expected;
  const prompts: Record<string, string | null> = cases.some((one) => one.prompt_name !== null)
    ? json(join(folder, "config_sentence_transformers.json")).prompts
    : {};
  for (const { prompt_name: name, prompt: literal, embeddings } of cases) {
    const prompt = (name === null ? literal : prompts[name]) ?? "";
    const together = await encoder.encode(texts, { prompt });
    expect(together.dims).toBe(embeddings[0].length);
    for (const [i, text] of texts.entries()) {
      const alone = await encoder.encode([text], { prompt });
      const row = together.data.subarray(i * together.dims, (i + 1) * together.dims);
      const apart = embeddings[i].map((value, j) =>
        Math.max(Math.abs(value - alone.data[j]), Math.abs(value - row[j])),
      );
      // Not one of them is NaN either, which Math.max gives on.
      expect(Math.max(...apart), text).toBeLessThan(tolerance);
    }
  }
}

describe.skipIf(shared === "")("repositories in the spellings that are published (../shared/cases/models)", () => {
  it.each([
    "01-modernbert-transformers5",
    "02-modernbert-sans-pos",
    "05b-pooler-output",
    "09-model2vec-path-dot",
    "14-mistral-bidirectional",
    "22-vocab-txt-only",
    "28-null-prompt-and-extras",
    "40-dense-unknown-activation",
    "41-extra-head-tensors",
    "45-prompt-non-string",
    "48-model2vec-weights-mapping",
  ])("%s", (name) => holds(join(shared, "cases/models", name)));
});

describe("a table that is none of static embeddings is refused", () => {
  const table: readonly [string, readonly number[]] = ["embeddings", [4, 2]];
  it.each<[readonly (readonly [string, readonly number[]])[], string]>([
    [[["embeddings", [4]]], "embeddings is float [4]"],
    [[table, ["mapping", [9]]], "mapping is float [9]"],
    [[table, ["weights", [9, 1]]], "weights is float [9,1]"],
    [[table, ["scales", [9]]], "left over are scales"],
    [
      [
        ["embedding.weight", [4, 2]],
        ["mapping", [9]],
      ],
      "left over are mapping",
    ],
  ])("%j", async (shapes, message) => {
    const snapshot = await folderSnapshot({ "model.safetensors": safetensorsOf(Object.fromEntries(shapes)) });
    await expect(writeEncoderGraph(snapshot, [{ type: "StaticEmbedding", folder: "" }])).rejects.toThrow(message);
  });
});

it("a pooler whose output is not the vector of a text is refused", async () => {
  const config = { model_type: "distilbert" };
  const repository = (output: string) =>
    folderSnapshot({
      "modules.json": JSON.stringify([{ path: "", type: "sentence_transformers.models.Transformer" }]),
      "config.json": JSON.stringify(config),
      "sentence_bert_config.json": JSON.stringify({
        modality_config: { text: { method: "forward", method_output_name: "pooler_output" } },
        module_output_name: output,
      }),
    });
  await expect(readRepository(await repository("token_embeddings"))).rejects.toThrow(
    'method_output_name is "pooler_output" and module_output_name token_embeddings; expected pooler_output with',
  );
  expect((await readRepository(await repository("sentence_embedding"))).modules).toEqual([
    { type: "Transformer", folder: "", config, lowerCase: false, fewerLayers: false, pooler: true },
  ]);
});

/** The tokenizer of this one changed when it was saved again, in the reference as well. */
const changed = ["qwen2-bidirectional"];

describe.skipIf(shared === "")("small checkpoints as transformers 5 saves them (../shared/cases/resaved-st6)", () => {
  const root = join(shared, "cases/resaved-st6");
  const changes: Record<string, { files_gone: string[] }> = shared === "" ? {} : json(join(root, "changes.json"));
  it("are those of ../shared/models/tiny", () => {
    const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(names.map(({ name }) => name).sort()).toEqual(Object.keys(changes).sort());
    expect(names).toHaveLength(15);
  });

  it.each(Object.keys(changes).filter((name) => !changed.includes(name)))("%s", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "resaved-"));
    folders.push(folder);
    const unlessGone = (path: string): boolean => !changes[name].files_gone.some((gone) => path.endsWith(gone));
    cpSync(join(shared, "models/tiny", name), folder, { recursive: true, filter: unlessGone, mode: 0 });
    cpSync(join(root, name), folder, { recursive: true, force: true });
    await holds(folder);
  });
});
