import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot, type Snapshot } from "../datasets/hub.ts";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";

const commit = "c".repeat(40);
const home = mkdtempSync(join(tmpdir(), "pramana-incomplete-"));
const repository = join(home, "hub", "models--org--model");
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Puts a model into the cache, as someone's program may have that fetched all but one of its files. */
function cache(fixture: string, without: string): Promise<Snapshot> {
  const folder = fileURLToPath(new URL(fixture, import.meta.url));
  const snapshot = join(repository, "snapshots", commit);
  cpSync(folder, snapshot, { recursive: true, filter: (path) => path !== join(folder, without) });
  const settings = hubSettings({ HF_HOME: home, PRAMANA_CACHE: home, HF_HUB_OFFLINE: "1" });
  return openSnapshot({ kind: "model", id: "org/model", revision: commit }, settings);
}

const open = async (snapshot: Snapshot): Promise<Encoder> => openRepository(snapshot, { device: "cpu", threads: 1 });

describe("a model of which the cache holds some files", () => {
  it.each([
    "modules.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "model.safetensors",
  ])("is refused without %s", async (file) => {
    await expect(open(await cache("fixtures/bert-cls", file))).rejects.toThrow(
      new RegExp(`whether it has ${file} cannot be told.*run: pramana fetch --model org/model --revision c{40}$`),
    );
  });

  it("is taken where it is known that the file does not exist", async () => {
    const marker = join(repository, ".no_exist", commit, "config_sentence_transformers.json");
    mkdirSync(dirname(marker), { recursive: true });
    writeFileSync(marker, "");
    const encoder = await open(await cache("fixtures/bert-cls", "config_sentence_transformers.json"));
    expect(encoder.info.defaultPromptName).toBeNull();
    await encoder.close();
  });

  it.each([
    ["fixtures/bert-cls", "expected.json", 48],
    ["sample", "README.md", 128],
  ])("is taken where nothing that may be missing decides: %s without %s", async (fixture, file, dims) => {
    const encoder = await open(await cache(fixture, file));
    expect(encoder.info.dims).toBe(dims);
    await encoder.close();
  });
});
