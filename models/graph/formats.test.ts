import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { readRepository } from "../repository.ts";
import type { StoredTensor } from "../safetensors.ts";
import { openSession, type Session } from "../session.ts";
import { createGraph, type Format, fullPrecision } from "./builder.ts";
import { names, writeEncoderGraph } from "./pipeline.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const half = (float: Format["float"]): Format => ({ ...fullPrecision, float });
const fixture = fileURLToPath(new URL("../fixtures/bert-mean", import.meta.url));

async function open(format: Format): Promise<Session> {
  const snapshot = await openSnapshot({ kind: "model", id: fixture }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const { modules } = await readRepository(snapshot);
  const { model, externalFolder } = await writeEncoderGraph(snapshot, modules, { format });
  const session = await openSession({
    model,
    ...(externalFolder === undefined ? {} : { externalFolder }),
    threads: 1,
    device: "cpu",
  });
  opened.push(session);
  return session;
}

/** Vectors of two made-up texts, the second of them mostly padding. */
async function vectors(format: Format): Promise<Float32Array[]> {
  const session = await open(format);
  const ids = Int32Array.of(2, 17, 99, 250, 3, 2, 41, 3, 0, 0);
  const mask = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
  const feeds = { [names.ids]: { data: ids, dims: [2, 5] }, [names.mask]: { data: mask, dims: [2, 5] } };
  const { [names.embedding]: found } = await session.run(feeds, [names.embedding]);
  const data = found?.data as Float32Array;
  return [data.subarray(0, 48), data.subarray(48)];
}

const cosine = (a: Float32Array, b: Float32Array): number => {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe("the graphs that are written for GPUs", () => {
  it("in fp16: vectors of single precision that agree", async () => {
    const exact = await vectors(fullPrecision);
    const found = await vectors(half("float16"));
    found.forEach((row, i) => {
      expect(row).not.toEqual(exact[i]);
      expect(cosine(row, exact[i] as Float32Array)).toBeGreaterThan(0.9999);
    });
  });

  it("in bf16: types are accepted up to the kernels, of which CPUs have none", async () => {
    await expect(open(half("bfloat16"))).rejects.toThrow(/Could not find an implementation for Add\(14\)/);
  });
});

describe("a stored weight in another type", () => {
  const tensor: StoredTensor = { name: "t", file: "/t", offset: 0, length: 24, type: "bfloat16", dims: [3, 4] };
  const written = async (
    write: (graph: ReturnType<typeof createGraph>, weight: string) => unknown,
  ): Promise<string> => {
    const graph = createGraph();
    write(graph, graph.weight(tensor));
    return Buffer.from((await graph.serialize()).model).toString("latin1");
  };
  const casts = (model: string): number => model.split("\u0004Cast").length - 1;

  it("is converted once, where it is used", async () => {
    expect(casts(await written(() => undefined))).toBe(0);
    expect(casts(await written((graph, weight) => [graph.op("Neg", [weight]), graph.op("Abs", [weight])]))).toBe(1);
  });

  it("is not converted whole where its rows are gathered", async () => {
    const model = await written((graph, weight) => graph.op("Gather", [weight, graph.integers([1])]));
    expect(casts(model)).toBe(1);
    expect(model.indexOf("\u0006Gather")).toBeGreaterThan(0);
    expect(model.indexOf("\u0006Gather")).toBeLessThan(model.indexOf("\u0004Cast"));
  });
});
