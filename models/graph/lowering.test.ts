import { afterEach, describe, expect, it } from "vitest";
import type { StoredTensor } from "../repository/safetensors.ts";
import { readProfile } from "../runtime/placement.ts";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { activate } from "./activations.ts";
import { createGraph, type Format, fullPrecision, type Lowerings } from "./builder.ts";
import { linear, skipLayerNorm } from "./layers.ts";
import { processorLowerings } from "./lowering.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const rows = 5;
const wave = (count: number, speed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(speed * (i + 1)));

/** A node's type as the model's bytes have it: the field's tag, its length, the name. */
const padNode = Buffer.from([0x22, 3, ...Buffer.from("Pad")]);

/** Returns a stored matrix [out, width] that has the same rows again after some. */
function stored(width: number, out: number): StoredTensor {
  const drawn = wave(Math.min(out, 8) * width, 0.7);
  const values = new Float32Array(out * width);
  for (let row = 0; row < out; row += 8) values.set(drawn.subarray(0, (out - row) * width), row * width);
  const bytes = new Uint8Array(values.buffer);
  return { name: "weight", file: "", offset: 0, length: bytes.length, type: "float", dims: [out, width], bytes };
}

async function product(weights: StoredTensor, lowerings: Lowerings, format: Format) {
  const [out = 0, width = 0] = weights.dims;
  const graph = createGraph(lowerings);
  const input = graph.input("x", "float", [1, "rows", width]);
  const weight = graph.in(format).weight(weights);
  graph.output(linear(graph, input, { weight, bias: "" }), "y", [1, "rows", out]);
  const written = await graph.serialize();
  const session = await openSession({ ...written, threads: 1, executionProvider: processor });
  opened.push(session);
  const { y } = await session.run({ x: { data: wave(rows * width, 0.3), dims: [1, rows, width] } }, ["y"]);
  return { values: y?.data, isPadded: Buffer.from(written.model).includes(padNode) };
}

describe("a product on processors", () => {
  it.each<[readonly [number, number], Format, boolean]>([
    [[1024, 3], fullPrecision, true],
    [[3072, 3], { float: "float", weights: "bfloat16", int8: false }, true],
    [[1000, 3], fullPrecision, false],
    [[1024, 8193], fullPrecision, false],
  ])("of %j values in %j has the bits that it has as it is; longer rows: %s", async (sizes, format, isLonger) => {
    const weights = stored(...sizes);
    const [plain, lowered, wide] = [
      await product(weights, {}, format),
      await product(weights, processorLowerings(8), format),
      await product(weights, processorLowerings(12), format),
    ];
    expect(lowered.values).toEqual(plain.values);
    expect([plain.isPadded, lowered.isPadded, wide.isPadded]).toEqual([false, isLonger, false]);
  });
});

describe("on processors, what takes less time in parts", () => {
  /** Opens activation(x + bias), normalized with what x is and a bias; returns its output and the operators that ran. */
  async function ran(lowerings: Lowerings) {
    const graph = createGraph(lowerings);
    const x = graph.input("x", "float", [1, "rows", 8]);
    const constant = (speed: number): string => graph.floats(Array.from(wave(8, speed)));
    const norm = { scale: constant(0.2), shift: constant(0.9), epsilon: 1e-5 };
    const active = activate(graph, "gelu", x, constant(0.4));
    const normal = skipLayerNorm(graph, active, x, norm, constant(0.6));
    const [rms = ""] = graph.outputs("SkipSimplifiedLayerNormalization", [normal, x, norm.scale], [0], {
      epsilon: { float: 1e-5 },
    });
    graph.output(rms, "y", [1, "rows", 8]);
    const settings = { ...(await graph.serialize()), threads: 1, executionProvider: processor, profiled: true };
    const session = await openSession(settings);
    opened.push(session);
    const { y } = await session.run({ x: { data: wave(8 * rows, 0.3), dims: [1, rows, 8] } }, ["y"]);
    return { values: Array.from(y?.data ?? []), types: readProfile(await session.profile()).map(({ type }) => type) };
  }

  it("runs in parts, which ONNX Runtime does not put together again", async () => {
    const [plain, lowered] = [await ran({}), await ran(processorLowerings(8))];
    expect(plain.types).toEqual(["BiasGelu", "Sum", "LayerNormalization", "SkipSimplifiedLayerNormalization"]);
    expect(lowered.types).toEqual([
      ...["Add", "Gelu", "Add", "Add", "LayerNormalization", "Add", "SimplifiedLayerNormalization"],
    ]);
    lowered.values.forEach((value, i) => {
      expect(value).toBeCloseTo(plain.values[i], 5);
    });
  });
});
