import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { openRepository } from "../index.ts";
import { processor } from "./providers/cpu.ts";
import type { Device } from "./providers/index.ts";
import { openSession, type Session, type SessionSettings } from "./session.ts";

const folder = fileURLToPath(new URL("../fixtures/bert-mean", import.meta.url));
const { texts, cases } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
const expected: number[] = cases[0].embeddings.flat();

/** Names the device that a session was meant for. */
const placeOf = ({ executionProvider: { name, deviceId } }: SessionSettings): string =>
  deviceId === undefined ? name : `${name}:${deviceId}`;

/** Opens GPUs' sessions on the processor; runs of more than `memory` padded tokens fail, as does the GPU `broken`. */
function fakeGpus({ memory = Number.POSITIVE_INFINITY, broken = "" }) {
  const opened: SessionSettings[] = [];
  const closed: string[] = [];
  const batches: Record<string, number> = {};
  const open = async (settings: SessionSettings): Promise<Session> => {
    const place = placeOf(settings);
    if (place === broken) throw new Error("CUDA failure 46: all CUDA-capable devices are busy");
    opened.push(settings);
    const session = await openSession({ ...settings, executionProvider: processor });
    return {
      ...session,
      run: (feeds, outputs) => {
        const [rows = 0, width = 0] = (feeds["input_ids"] as { dims: readonly number[] }).dims;
        if (rows * width > memory) return Promise.reject(new Error("CUDA failure 2: out of memory ; GPU=0"));
        batches[place] = (batches[place] ?? 0) + 1;
        return session.run(feeds, outputs);
      },
      close: async () => {
        closed.push(place);
        await session.close();
      },
    };
  };
  return { open, opened, closed, batches };
}

async function load(device: Device, open: typeof openSession, warn: (text: string) => void = () => {}, id = folder) {
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  return openRepository(snapshot, { device, threads: 1, open, warn });
}

const difference = (data: Float32Array): number => Math.max(...data.map((value, i) => Math.abs(value - expected[i])));

describe("a model on GPUs", () => {
  it("has a session on each, of which the first is profiled; all encode; the device is told", async () => {
    const { open, opened, closed, batches } = fakeGpus({ memory: 2048 });
    const encoder = await load("cuda:0,2", open);
    expect(opened.map((settings) => [placeOf(settings), settings.profiled])).toEqual([
      ["cuda:0", true],
      ["cuda:2", false],
    ]);
    expect(encoder.info.device).toBe("cuda:0,2");
    const { data } = await encoder.encode(texts);
    expect(difference(data)).toBeLessThan(1e-6);
    const before = { ...batches };
    const many = Array.from({ length: 600 }, (_, i) => `text ${i} of many that fill several batches`);
    await encoder.encode(many);
    for (const device of ["cuda:0", "cuda:2"]) expect(batches[device]).toBeGreaterThan(before[device] ?? 0);
    await encoder.close();
    expect(closed).toEqual(["cuda:0", "cuda:2"]);
  });

  it("warns of nodes that were left to the processor", async () => {
    const warnings: string[] = [];
    const encoder = await load("cuda:0", fakeGpus({ memory: 1024 }).open, (text) => warnings.push(text));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^model: \/.*bert-mean: the CUDA provider left \d+ kinds of nodes to the processor, which is slow: Cast int32\[2,16\] → float\[2,16\]; .* and \d+ more$/,
    );
    await encoder.close();
  });

  it("with little memory gives the same vectors", async () => {
    const encoder = await load("cuda:0,1", fakeGpus({ memory: 60 }).open);
    expect(difference((await encoder.encode(texts)).data)).toBeLessThan(1e-6);
    await encoder.close();
  });

  it("is not opened, and leaves nothing open, when one GPU fails", async () => {
    const { open, opened, closed } = fakeGpus({ broken: "cuda:1" });
    await expect(load("cuda:0,1", open)).rejects.toThrow("CUDA failure 46: all CUDA-capable devices are busy");
    expect(closed).toEqual(opened.map(placeOf));
    expect(closed).toEqual(["cuda:0"]);
  });

  it("is closed when the first batch fails", async () => {
    const { open, closed } = fakeGpus({ memory: 10 });
    await expect(load("cuda:0,1", open)).rejects.toThrow("CUDA failure 2: out of memory");
    expect(closed).toEqual(["cuda:0", "cuda:1"]);
  });
});

describe("a model on a device that says no place", () => {
  it.each([
    ["cuda", /^device: "cuda" names no GPU; expected cuda: and numbers of GPUs/],
    ["cuda:", /^device: "cuda:" is unknown; expected cpu, cuda /],
    ["remote", /^device: "remote" is unknown; expected cpu, cuda /],
  ])("%s is not opened", async (device, message) => {
    const { open, opened } = fakeGpus({});
    await expect(load(device as Device, open)).rejects.toThrow(message);
    expect(opened).toEqual([]);
  });
});

describe("a model's operators over WebGPU", () => {
  const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
  const checkpoints = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected.json")));

  it.each(checkpoints)("give %s the vectors of its own", async (name) => {
    const { open, opened } = fakeGpus({});
    const own = await load("cpu", open, undefined, join(fixtures, name));
    const lowered = await load("webgpu", open, undefined, join(fixtures, name));
    const [first, second] = opened.map(({ model }) => Buffer.from(model as Uint8Array));
    for (const type of ["FusedMatMul", "BiasGelu"]) expect(second?.includes(type)).toBe(false);
    expect(first?.equals(second ?? Buffer.of())).toBe(false);
    const [{ data: expected }, { data }] = [await own.encode(texts), await lowered.encode(texts)];
    const apart = Math.max(...data.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
    expect(apart).toBeLessThan(1e-6 * Math.max(1, ...expected.map(Math.abs)));
    for (const encoder of [own, lowered]) await encoder.close();
  });
});

describe("a model on the processor", () => {
  it("lets the threads of a table of vectors sleep between runs, and those of a Transformer stay awake", async () => {
    const { open, opened } = fakeGpus({});
    const sample = fileURLToPath(new URL("../sample", import.meta.url));
    for (const one of [folder, sample]) await (await load("cpu", open, undefined, one)).close();
    expect(opened.map(({ sleeps }) => sleeps)).toEqual([false, true]);
  });

  it("refuses a token that it has no row for, which a GPU would take from elsewhere", async () => {
    const strange = mkdtempSync(join(tmpdir(), "pramana-strange-"));
    cpSync(folder, strange, { recursive: true });
    const definition = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"));
    definition.model.vocab.zebra = 600;
    writeFileSync(join(strange, "tokenizer.json"), JSON.stringify(definition));
    for (const device of ["cpu", "cuda:0"] as const) {
      const encoder = await load(device, fakeGpus({}).open, undefined, strange);
      expect((await encoder.encode(texts)).data).toHaveLength(expected.length);
      await expect(encoder.encode(["a zebra"])).rejects.toThrow(
        "has no token 600, which its tokenizer gives: its table has 600 rows, from 0; the tokenizer and the weights do not fit",
      );
      await encoder.close();
    }
  });

  it("has one session, without a profile and without a search for a batch size", async () => {
    const { open, opened, batches } = fakeGpus({});
    const encoder = await load("cpu", open);
    expect(opened.map((settings) => [placeOf(settings), settings.profiled])).toEqual([["cpu", false]]);
    expect(batches).toEqual({});
    await encoder.close();
  });
});
