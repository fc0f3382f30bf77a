import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../datasets/hub.ts";
import type { EncodeProgress, Encoder } from "./encoder.ts";
import { type ElementType, elementTypes, type Graph, serializeModel } from "./graph/onnx.ts";
import { openRepository } from "./index.ts";
import type { Matrix } from "./matrix.ts";
import type { ModelOptions } from "./open-modules.ts";
import { defaultPrompt, namedPrompt } from "./prompts/prompts.ts";
import { openSession } from "./runtime/session.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

async function open(id: string, options: Partial<ModelOptions> = {}): Promise<Encoder> {
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

/** Copies a fixture, so that it can be changed. */
function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-model-"));
  cpSync(fixture(name), folder, { recursive: true });
  return folder;
}
const edit = (path: string, changes: object): void =>
  writeFileSync(path, JSON.stringify({ ...json(path), ...changes }));

const difference = ({ data, rows, dims }: Matrix, expected: readonly (readonly number[])[]): number => {
  expect([rows, dims]).toEqual([expected.length, expected[0]?.length]);
  return Math.max(...expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - data[i * dims + j]))));
};

/** Splits a safetensors file's tensors over two files with an index. */
function shard(folder: string): void {
  const file = readFileSync(join(folder, "model.safetensors"));
  const start = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.subarray(8, start).toString());
  const names = Object.keys(header).filter((name) => name !== "__metadata__");
  const shards = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)];
  const places: Record<string, string> = {};
  shards.forEach((members, i) => {
    const name = `model-0000${i + 1}-of-00002.safetensors`;
    const parts: Buffer[] = [];
    let at = 0;
    const entries = members.map((member) => {
      const [begin, end] = header[member].data_offsets;
      parts.push(file.subarray(start + begin, start + end));
      at += end - begin;
      places[member] = name;
      return [member, { ...header[member], data_offsets: [at - (end - begin), at] }];
    });
    const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(join(folder, name), Buffer.concat([prefix, text, ...parts]));
  });
  writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map: places }));
  rmSync(join(folder, "model.safetensors"));
}

describe("openRepository: vectors as sentence-transformers'", () => {
  it.each(["bert-mean", "bert-cls", "bert-dense-student"])("%s", async (name) => {
    const { texts, cases } = json(join(fixture(name), "expected.json"));
    const encoder = await open(fixture(name));
    for (const { prompt_name: promptName, embeddings } of cases) {
      const prompt = promptName ? namedPrompt(encoder.info, promptName) : defaultPrompt(encoder.info);
      expect(difference(await encoder.encode(texts, { prompt }), embeddings)).toBeLessThan(1e-6);
    }
  });

  it("a folder's revision is the hash of its files, or what its hash is known to be", async () => {
    const { revision } = (await open(fixture("bert-mean"))).info;
    expect(revision).toMatch(/^[0-9a-f]{40}$/);
    const known = await open(fixture("bert-mean"), { revision: "1".repeat(40) });
    expect(known.info.revision).toBe("1".repeat(40));
    expect(known.info.id).toBe("local/bert-mean");
  });

  it("leaves no session open where the revision cannot be told", async () => {
    const snapshot = await openSnapshot(
      { kind: "model", id: fixture("bert-cls") },
      hubSettings({ HF_HUB_OFFLINE: "1" }),
    );
    const lacking = {
      ...snapshot,
      resolve: async (path: string) => {
        // Only the hash of all files reads this one.
        if (path === "expected.json") throw new Error("no longer there");
        return snapshot.resolve(path);
      },
    };
    let open = 0;
    const counted: typeof openSession = async (settings) => {
      const session = await openSession(settings);
      open++;
      return {
        ...session,
        close: async () => {
          open--;
          await session.close();
        },
      };
    };
    const opening = openRepository(lacking, { device: "cpu", threads: 1, open: counted });
    await expect(opening).rejects.toThrow("no longer there");
    expect(open).toBe(0);
  });

  it("weights in several files", async () => {
    const folder = copyOf("bert-mean");
    shard(folder);
    const { texts, cases } = json(join(folder, "expected.json"));
    expect(difference(await (await open(folder)).encode(texts), cases[0].embeddings)).toBeLessThan(1e-6);
  });

  it("a prompt left out of pooling", async () => {
    const folder = copyOf("bert-mean");
    edit(join(folder, "1_Pooling/config.json"), { include_prompt: false });
    const { prompt, texts, expected } = json(join(fixture("."), "modules.json")).withoutPrompt;
    const encoder = await open(folder);
    expect(difference(await encoder.encode(texts, { prompt }), expected)).toBeLessThan(1e-6);
    expect(difference(await encoder.encode(texts), expected)).toBeGreaterThan(1e-3);
  });

  it("a transformers folder without modules.json gets mean pooling, not normalized", async () => {
    const folder = copyOf("bert-mean");
    rmSync(join(folder, "modules.json"));
    const plain = await (await open(folder)).encode(["The capital of China is Beijing."]);
    const normalized = await (await open(fixture("bert-mean"))).encode(["The capital of China is Beijing."]);
    const length = Math.hypot(...plain.data);
    expect(Math.abs(length - 1)).toBeGreaterThan(0.1);
    expect(difference(normalized, [Array.from(plain.data, (value) => value / length)])).toBeLessThan(1e-6);
  });

  it("the older spelling of pooling: one flag a mode", async () => {
    const folder = copyOf("bert-cls");
    const { texts, cases } = json(join(folder, "expected.json"));
    writeFileSync(
      join(folder, "1_Pooling/config.json"),
      JSON.stringify({ word_embedding_dimension: 48, pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }),
    );
    expect(difference(await (await open(folder)).encode(texts), cases[0].embeddings)).toBeLessThan(1e-6);
  });
});

describe("encode", () => {
  it("gives rows in the order of the texts, whatever their length, company or repetition", async () => {
    const encoder = await open(fixture("bert-mean"));
    const texts = Array.from({ length: 300 }, (_, i) => "word ".repeat(i % 23) + String(i % 40));
    const together = await encoder.encode(texts);
    for (const i of [0, 22, 41, 299]) {
      const row = together.data.subarray(i * together.dims, (i + 1) * together.dims);
      expect(difference(await encoder.encode([texts[i]]), [Array.from(row)])).toBeLessThan(1e-6);
    }
  });

  it("reports every text once, repetitions counted, and tokens without padding", async () => {
    const encoder = await open(fixture("bert-mean"));
    const steps: EncodeProgress[] = [];
    await encoder.encode(["a", "a", "a b", "a"], { onProgress: (progress) => steps.push(progress) });
    const last = steps.at(-1);
    expect(last).toMatchObject({ done: 4, total: 4, encoded: 2, tokens: 3 + 4 });
    expect(last?.tokenizingSeconds).toBeGreaterThan(0);
  });

  it("makes nothing of nothing, and refuses what is no text", async () => {
    const encoder = await open(fixture("bert-mean"));
    expect(await encoder.encode([])).toEqual({ data: new Float32Array(), rows: 0, dims: 48 });
    await expect(encoder.encode(["a", null as unknown as string])).rejects.toThrow(
      "encode: text 1 is null; a string was expected",
    );
  });

  it("stops when its signal aborts, and can be used again", async () => {
    const encoder = await open(fixture("bert-mean"));
    const controller = new AbortController();
    const texts = Array.from({ length: 2000 }, (_, i) => `text ${i}`);
    const onProgress = (): void => controller.abort(new Error("enough"));
    await expect(encoder.encode(texts, { signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect((await encoder.encode(["a"])).rows).toBe(1);
  });
});

describe("info", () => {
  it("names a folder by its contents", async () => {
    const folder = copyOf("bert-mean");
    const first = (await open(folder)).info;
    expect(first).toMatchObject({
      dims: 48,
      parameters: 86_640,
      maxTokens: 48,
      similarity: "cosine",
      precision: "fp32",
    });
    expect(first.id).toMatch(/^local\/pramana-model-/);
    expect((await open(copyOf("bert-mean"))).info.revision).toBe(first.revision);
    edit(join(folder, "1_Pooling/config.json"), { pooling_mode: "cls" });
    expect((await open(folder)).info.revision).not.toBe(first.revision);
  });
});

/** Writes a model that looks up its ids in a table, as an exporter would. */
function exportTable(folder: string, vocabulary: number, hidden: number): void {
  const values = Float32Array.from({ length: vocabulary * hidden }, (_, i) => Math.sin(i));
  const ids = (name: string) => ({ name, type: "int64" as ElementType, dims: ["b", "s"] });
  const graph: Graph = {
    nodes: [
      { type: "Gather", domain: "", inputs: ["table", "input_ids"], outputs: ["looked"], attributes: {} },
      {
        type: "Cast",
        domain: "",
        inputs: ["token_type_ids"],
        outputs: ["kinds"],
        attributes: { to: elementTypes.float },
      },
      { type: "Unsqueeze", domain: "", inputs: ["kinds", "axis"], outputs: ["wide"], attributes: {} },
      { type: "Add", domain: "", inputs: ["looked", "wide"], outputs: ["last_hidden_state"], attributes: {} },
    ],
    inputs: [ids("input_ids"), ids("token_type_ids")],
    outputs: [{ name: "last_hidden_state", type: "float", dims: ["b", "s", hidden] }],
    initializers: [
      { name: "table", type: "float", dims: [vocabulary, hidden], content: { bytes: new Uint8Array(values.buffer) } },
      { name: "axis", type: "int64", dims: [1], content: { bytes: new Uint8Array(BigInt64Array.of(2n).buffer) } },
    ],
  };
  mkdirSync(join(folder, "onnx"));
  writeFileSync(join(folder, "onnx/model.onnx"), serializeModel(graph));
}

describe("a limit of the user's", () => {
  const texts = ["a b c d e f", "a b c x y z"];

  it("cuts texts after that many tokens, special ones counted, under a name that says so", async () => {
    const encoder = await open(fixture("bert-cls"), { maxTokens: 5 });
    expect(encoder.info).toMatchObject({ id: "local/bert-cls[maxTokens=5]", maxTokens: 5 });
    let tokens = 0;
    const onProgress = (progress: EncodeProgress) => {
      tokens = progress.tokens;
    };
    const cut = await encoder.encode(texts, { onProgress });
    expect(tokens).toBe(10);
    // Three letters are left of both.
    expect(difference(cut, [Array.from(cut.data.subarray(cut.dims)), Array.from(cut.data.subarray(0, cut.dims))])).toBe(
      0,
    );
    const whole = await (await open(fixture("bert-cls"))).encode(["a b c", ...texts]);
    expect(Array.from(whole.data.subarray(48, 96))).not.toEqual(Array.from(whole.data.subarray(96)));
    const short = Array.from(whole.data.subarray(0, 48));
    expect(difference(cut, [short, short])).toBeLessThan(1e-6);
  });

  it("has to leave room for a token, and is none for a table of vectors", async () => {
    await expect(open(fixture("bert-cls"), { maxTokens: 2 })).rejects.toThrow(
      /takes 2 tokens, of which 2 are special ones/,
    );
    await expect(open("pramana/static-minilm-128", { maxTokens: 128 })).rejects.toThrow(
      "max tokens: pramana/static-minilm-128 is a table of vectors, which cuts no text; leave --max-tokens out",
    );
  });
});

describe("an exported model", () => {
  it("runs in place of the written graph, the modules after it being ours", async () => {
    const folder = copyOf("bert-cls");
    exportTable(folder, 600, 48);
    const encoder = await open(folder, { exported: true });
    const { data } = await encoder.encode(["a", "The capital of China is Beijing."]);
    // [CLS] has the id 2; only cls pooling and normalization of its row in the table are left to be done.
    const row = Array.from({ length: 48 }, (_, j) => Math.sin(2 * 48 + j));
    const length = Math.hypot(...row);
    const expected = row.map((value) => value / length);
    expect(difference({ data, rows: 2, dims: 48 }, [expected, expected])).toBeLessThan(1e-6);
  });

  it("has to be there", async () => {
    await expect(open(fixture("bert-cls"), { exported: true })).rejects.toThrow(
      /has no onnx\/model\.onnx to run; leave --onnx out/,
    );
  });
});
