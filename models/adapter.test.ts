import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot, type Snapshot } from "../datasets/hub.ts";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";
import type { ModelOptions } from "./open-modules.ts";
import { revisionOf } from "./revision.ts";
import { fixture, type Json } from "./testing/decoder-cases.ts";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const expected: { texts: string[]; vectors: number[][]; afterOneLayer: number[][] } = json(
  fixture("bert-mean-adapter/vectors.json"),
);
const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

async function open(snapshot: Snapshot, options: Partial<ModelOptions> = {}): Promise<Encoder> {
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}
async function difference(encoder: Encoder, vectors = expected.vectors): Promise<number> {
  const { data, dims } = await encoder.encode(expected.texts, { prompt: "" });
  expect(data).toHaveLength(vectors.length * dims);
  return Math.max(...vectors.flat().map((value, i) => Math.abs(value - data[i])));
}

/** Puts an adapter of bert-mean into a folder, without that model's own files. */
function putAdapter(folder: string, settings: Json, tensors = "adapter_model.safetensors"): void {
  const kept = new Set(["config.json", "model.safetensors"].map((name) => join(fixture("bert-mean"), name)));
  cpSync(fixture("bert-mean"), folder, { recursive: true, filter: (path) => !kept.has(path) });
  const adapter = fixture("bert-mean-adapter");
  cpSync(join(adapter, tensors), join(folder, tensors));
  writeFileSync(
    join(folder, "adapter_config.json"),
    JSON.stringify({ ...json(join(adapter, "adapter_config.json")), ...settings }),
  );
}
const newFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-adapter-"));
const fromFolder = (id: string): Promise<Snapshot> =>
  openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));

function adapterOf(base: string, tensors?: string): string {
  const folder = newFolder();
  putAdapter(folder, { base_model_name_or_path: base }, tensors);
  return folder;
}

describe("an adapter in a folder, of a model in another", () => {
  it.each(["adapter_model.safetensors", "adapter_model.bin"])(
    "gives sentence-transformers' vectors: %s",
    async (file) => {
      const lines: string[] = [];
      const folder = adapterOf(fixture("bert-mean"), file);
      const encoder = await open(await fromFolder(folder), { warn: (line) => lines.push(line) });
      expect(await difference(encoder)).toBeLessThan(1e-5);
      expect(lines).toEqual([`model: ${folder} is an adapter of ${fixture("bert-mean")} (local)`]);
      const alone = await open(await fromFolder(fixture("bert-mean")));
      expect(encoder.info.parameters - alone.info.parameters).toBe(1344);
    },
  );

  it.each(["bf16", "fp16", "int8"] as const)("is near them in %s", async (precision) => {
    const encoder = await open(await fromFolder(adapterOf(fixture("bert-mean"))), { precision });
    expect(await difference(encoder)).toBeLessThan(0.05);
    const alone = await open(await fromFolder(fixture("bert-mean")), { precision });
    expect(await difference(alone)).toBeGreaterThan(0.2);
  });

  it("has a revision where --kind alone says what it is", async () => {
    const folder = newFolder();
    putAdapter(folder, { base_model_name_or_path: fixture("bert-mean"), task_type: "SEQ_CLS" });
    rmSync(join(folder, "modules.json"));
    expect(await revisionOf(await fromFolder(folder))).toMatch(/^[0-9a-f]{40}$/);
  });

  it("has a revision that depends on both", async () => {
    const base = newFolder();
    cpSync(fixture("bert-mean"), base, { recursive: true });
    const folder = adapterOf(base);
    const revision = async (): Promise<string> => revisionOf(await fromFolder(folder));
    const first = await revision();
    expect(first).toMatch(/^[0-9a-f]{40}$/);
    expect((await open(await fromFolder(folder))).info.revision).toBe(first);
    writeFileSync(join(base, "config.json"), `${readFileSync(join(base, "config.json"), "utf8")}\n`);
    const second = await revision();
    expect(second).not.toBe(first);
    cpSync(fixture("bert-mean-adapter/adapter_model.bin"), join(folder, "adapter_model.bin"));
    expect(await revision()).not.toBe(second);
  });

  it("is run of a model whose last layers are left out", async () => {
    const folder = adapterOf(fixture("bert-mean"));
    const settings = join(folder, "sentence_bert_config.json");
    const output = { method: "forward", method_output_name: ["hidden_states", 1] };
    const changes = { modality_config: { text: output }, module_output_name: "token_embeddings" };
    writeFileSync(settings, JSON.stringify({ ...json(settings), ...changes }));
    const encoder = await open(await fromFolder(folder));
    expect(await difference(encoder, expected.afterOneLayer)).toBeLessThan(1e-5);
  });

  it("is refused where that is a folder without a model, whose files are not listed", async () => {
    await expect(open(await fromFolder(adapterOf("/")))).rejects.toThrow(
      'of "/" (base_model_name_or_path), a folder without config.json; write',
    );
  });

  it("is refused without a tokenizer of its own", async () => {
    const folder = adapterOf(fixture("bert-mean"));
    rmSync(join(folder, "tokenizer.json"));
    await expect(open(await fromFolder(folder))).rejects.toThrow(
      " without a tokenizer, which sentence-transformers takes from the adapter's repository; put it, and what else",
    );
  });

  it("is refused with --onnx", async () => {
    const folder = adapterOf(fixture("bert-mean"));
    mkdirSync(join(folder, "onnx"));
    writeFileSync(join(folder, "onnx/model.onnx"), "");
    await expect(open(await fromFolder(folder), { exported: true })).rejects.toThrow(
      "has an adapter (adapter_config.json), which onnx/model.onnx may not have; leave --onnx out",
    );
  });
});

const commits = { adapter: "a".repeat(40), first: "b".repeat(40), second: "c".repeat(40) };

/** Makes a cache that holds an adapter, and two commits of its model, of which main is the second. */
function cached(settings: Json = {}): string {
  const home = newFolder();
  const place = (name: string, commit: string): string =>
    join(home, "hub", `models--org--${name}`, "snapshots", commit);
  putAdapter(place("adapter", commits.adapter), { base_model_name_or_path: "org/base", ...settings });
  for (const commit of [commits.first, commits.second]) {
    cpSync(fixture("bert-mean"), place("base", commit), { recursive: true });
  }
  for (const [name, commit, ref] of [
    ["adapter", commits.adapter, "main"],
    ["base", commits.second, "main"],
    ["base", commits.first, "v1"],
  ]) {
    const refs = join(home, "hub", `models--org--${name}`, "refs");
    mkdirSync(refs, { recursive: true });
    writeFileSync(join(refs, ref), commit);
  }
  return home;
}
const fromCache = (home: string): Promise<Snapshot> =>
  openSnapshot(
    { kind: "model", id: "org/adapter" },
    hubSettings({ HF_HOME: home, PRAMANA_CACHE: home, HF_HUB_OFFLINE: "1" }),
  );

describe("an adapter of the Hub", () => {
  it("is one of the main commit of the model that it names, from the same cache", async () => {
    const lines: string[] = [];
    const encoder = await open(await fromCache(cached()), { warn: (line) => lines.push(line) });
    expect(await difference(encoder)).toBeLessThan(1e-5);
    expect(lines).toEqual([`model: org/adapter is an adapter of org/base (${commits.second})`]);
  });

  it("is one of the commit that it names, and has another revision then", async () => {
    const lines: string[] = [];
    const encoder = await open(await fromCache(cached({ revision: "v1" })), { warn: (line) => lines.push(line) });
    expect(lines).toEqual([`model: org/adapter is an adapter of org/base (${commits.first})`]);
    expect(encoder.info.revision).not.toBe((await open(await fromCache(cached()))).info.revision);
  });

  const inAdapter = (home: string, file: string): string =>
    join(home, "hub/models--org--adapter/snapshots", commits.adapter, file);
  const inBase = (home: string, file: string): string =>
    join(home, "hub/models--org--base/snapshots", commits.second, file);
  const is = "model: org/adapter is an adapter (adapter_config.json)";
  const refusals: [string, Json, (home: string) => void, string][] = [
    ["names no model", { base_model_name_or_path: null }, () => {}, `${is} that does not name its model; write`],
    [
      "names one that is not in the cache",
      { base_model_name_or_path: "org/other" },
      () => {},
      `${is} of "org/other" (base_model_name_or_path), which cannot be opened: hub: `,
    ],
    [
      "names a folder",
      { base_model_name_or_path: fixture("bert-mean") },
      () => {},
      " (base_model_name_or_path), a folder of this machine, which no repository of the Hub may name; write",
    ],
    [
      "brings code",
      {},
      (home) => writeFileSync(inAdapter(home, "config.json"), '{"auto_map": {"AutoModel": "own.Model"}}'),
      `${is} of org/base with code of its own (auto_map in config.json), which is not run; merge`,
    ],
    [
      "is one over another adapter",
      {},
      (home) => writeFileSync(inBase(home, "adapter_config.json"), "{}"),
      `${is} of "org/base" (base_model_name_or_path), which has an adapter itself, and only one is applied; merge`,
    ],
  ];
  it.each(refusals)("is refused where it %s", async (_, settings, damage, message) => {
    const home = cached(settings);
    damage(home);
    await expect(fromCache(home).then((snapshot) => open(snapshot))).rejects.toThrow(message);
  });

  it("beside a model is still one of the model that it names", async () => {
    const home = cached();
    cpSync(fixture("bert-cls/config.json"), inAdapter(home, "config.json"));
    cpSync(fixture("bert-cls/model.safetensors"), inAdapter(home, "model.safetensors"));
    expect(await difference(await open(await fromCache(home)))).toBeLessThan(1e-5);
  });
});
