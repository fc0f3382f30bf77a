import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import type { EncodeOptions } from "../encoder.ts";
import { openRepository } from "../index.ts";
import { openByKind } from "../kinds.ts";
import type { ModelOptions } from "../open-modules.ts";
import { openSession } from "../runtime/session.ts";
import { withDimensions } from "../variants/dimensions.ts";
import { listModels } from "./folder.ts";
import type { CacheSettings } from "./settings.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const texts = ["A river in Africa.", "what is it", "Two dogs run over a meadow, and a third one sleeps."];
const newCache = (): CacheSettings => ({
  folder: mkdtempSync(join(tmpdir(), "pramana-cache-")),
  limit: 1e9,
  environment: ["1.0"],
  now: () => 1000,
});

/** Embeds the texts, and counts the batches that a session ran for them. */
async function embed(id: string, cache: CacheSettings | undefined, options: Partial<ModelOptions> & Form = {}) {
  const { dims, prompt = "", ...rest } = options;
  let runs = 0;
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const open: typeof openSession = async (settings) => {
    const session = await openSession(settings);
    const run: typeof session.run = (feeds, outputs) => {
      runs++;
      return session.run(feeds, outputs);
    };
    return { ...session, run };
  };
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1, cache, open, ...rest });
  try {
    const form = dims === undefined ? encoder : withDimensions(encoder, dims);
    return { data: [...(await form.encode(texts, { prompt })).data], runs };
  } finally {
    await encoder.close();
  }
}
interface Form {
  readonly dims?: number;
  readonly prompt?: string;
}

it("a model that was embedded with before runs no batch, whatever is done to its vectors afterwards", async () => {
  const cache = newCache();
  const without = await embed(fixture("bert-mean"), undefined);
  expect(await embed(fixture("bert-mean"), cache)).toEqual(without);
  expect(without.runs).toBeGreaterThan(0);
  expect(await embed(fixture("bert-mean"), cache)).toEqual({ ...without, runs: 0 });
  const cut = await embed(fixture("bert-mean"), undefined, { dims: 8 });
  expect(await embed(fixture("bert-mean"), cache, { dims: 8 })).toEqual({ ...cut, runs: 0 });
});

it("is not taken for one whose vectors, or speed, are others", async () => {
  const cache = newCache();
  await embed(fixture("bert-mean"), cache);
  const changes: (Partial<ModelOptions> & Form)[] = [
    { precision: "fp16" },
    { precision: "int8" },
    { maxTokens: 5 },
    { threads: 2 },
    { prompt: "query: " },
    { cache: { ...cache, environment: ["1.1"] } },
  ];
  for (const change of changes) {
    const { runs, data } = await embed(fixture("bert-mean"), cache, change);
    const { data: expected } = await embed(fixture("bert-mean"), undefined, { ...change, cache: undefined });
    expect({ ...change, data }).toEqual({ ...change, data: expected });
    expect({ ...change, runs: runs > 0 }).toEqual({ ...change, runs: true });
  }
  await embed(fixture("gemma3-bidirectional"), cache);
  const causal = { config: { use_bidirectional_attention: false } };
  expect((await embed(fixture("gemma3-bidirectional"), cache, causal)).runs).toBeGreaterThan(0);
  const retrained = mkdtempSync(join(tmpdir(), "pramana-model-"));
  const folder = join(retrained, "bert-mean");
  cpSync(fixture("bert-mean"), folder, { recursive: true });
  expect((await embed(folder, cache)).runs).toBe(0);
  const weights = readFileSync(join(folder, "model.safetensors"));
  weights[weights.length - 2] ^= 1;
  writeFileSync(join(folder, "model.safetensors"), weights);
  expect((await embed(folder, cache)).runs).toBeGreaterThan(0);
});

it("what lies on disk tells no path and no text", async () => {
  const cache = newCache();
  await embed(fixture("bert-mean"), cache);
  const [share] = await listModels(cache.folder);
  expect(share?.model).toMatchObject({ model: "local/bert-mean", device: "cpu", dims: 48 });
  const files = readdirSync(share.folder).map((name) => readFileSync(join(share.folder, name), "latin1"));
  expect(files).toHaveLength(3);
  for (const content of files) {
    expect(content).not.toContain("river");
    expect(content).not.toContain("fixtures");
  }
});

it("a table of vectors is not kept: it is faster than a disk", async () => {
  const cache = newCache();
  const sample = fileURLToPath(new URL("../sample", import.meta.url));
  expect((await embed(sample, cache)).runs).toBe(1);
  expect(readdirSync(cache.folder)).toEqual([]);
});

const shared = sharedFolder();
const tiny = (name: string): string => join(shared ?? "", "model-kinds/models", name);

/** Encodes the texts with a model of any kind that encodes, and counts the batches that its sessions ran. */
async function encodeAs(id: string, cache: CacheSettings | undefined, options: EncodeOptions & Partial<ModelOptions>) {
  const { role, prompt = "", ...rest } = options;
  let runs = 0;
  const open: typeof openSession = async (settings) => {
    const session = await openSession(settings);
    const run: typeof session.run = (feeds, outputs) => {
      runs++;
      return session.run(feeds, outputs);
    };
    return { ...session, run };
  };
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const model = await openByKind(snapshot, { device: "cpu", threads: 1, cache, open, ...rest });
  if (!("encode" in model)) throw new Error(`${id} encodes nothing`);
  try {
    return { rows: await model.encode(texts, { prompt, ...(role && { role }) }), runs };
  } finally {
    await model.close();
  }
}

describe.runIf(shared !== undefined)("other kinds of models", () => {
  it.each(["mv-modernbert-pylate", "mv-bert-st6", "sparse-splade-bert", "sparse-csr"])(
    "%s keeps what it made of a text, for its role and precision",
    async (name) => {
      const cache = newCache();
      const calls = [{ role: "query" }, { role: "document" }, { prompt: "a: " }, { precision: "int8" }] as const;
      for (const call of calls) {
        const without = await encodeAs(tiny(name), undefined, call);
        expect(without.runs).toBeGreaterThan(0);
        // A sparse encoder without a Router makes the same of queries and documents.
        const { rows } = await encodeAs(tiny(name), cache, call);
        expect(rows).toEqual(without.rows);
        expect(await encodeAs(tiny(name), cache, call)).toEqual({ rows, runs: 0 });
      }
      expect((await listModels(cache.folder)).map(({ model }) => model?.dims)).toEqual([0, 0]);
    },
  );

  it("sparse-router-static keeps what its Transformer made, and looks words up anew", async () => {
    const cache = newCache();
    for (const role of ["query", "document"] as const) {
      const without = await encodeAs(tiny("sparse-router-static"), undefined, { role });
      expect(await encodeAs(tiny("sparse-router-static"), cache, { role })).toEqual(without);
      const again = await encodeAs(tiny("sparse-router-static"), cache, { role });
      expect(again).toEqual({ ...without, runs: role === "query" ? without.runs : 0 });
    }
    expect(await listModels(cache.folder)).toHaveLength(1);
  });
});
