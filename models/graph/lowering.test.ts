import { afterEach, describe, expect, it } from "vitest";
import type { StoredTensor } from "../repository/safetensors.ts";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { createGraph, type Format, fullPrecision, type Lowerings } from "./builder.ts";
import { linear } from "./layers.ts";
import { processorLowerings } from "./lowering.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const [rows, out] = [5, 3];
const wave = (count: number, speed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(speed * (i + 1)));

/** Returns a stored matrix [out, width]. */
const stored = (width: number): StoredTensor => ({
  name: "weight",
  file: "",
  offset: 0,
  length: 4 * out * width,
  type: "float",
  dims: [out, width],
  bytes: new Uint8Array(wave(out * width, 0.7).buffer),
});

async function product(width: number, lowerings: Lowerings, format: Format) {
  const graph = createGraph(lowerings);
  const input = graph.input("x", "float", [1, "rows", width]);
  const weight = graph.in(format).weight(stored(width));
  graph.output(linear(graph, input, { weight, bias: "" }), "y", [1, "rows", out]);
  const written = await graph.serialize();
  const session = await openSession({ ...written, threads: 1, executionProvider: processor });
  opened.push(session);
  const { y } = await session.run({ x: { data: wave(rows * width, 0.3), dims: [1, rows, width] } }, ["y"]);
  return { values: Array.from(y?.data ?? []), isPadded: Buffer.from(written.model).includes("Pad") };
}

describe("a product on processors", () => {
  it.each<[number, Format, boolean]>([
    [1024, fullPrecision, true],
    [3072, { float: "float", weights: "bfloat16", int8: false }, true],
    [1000, fullPrecision, false],
  ])(
    "of rows of %i values in %j has the bits that it has as it is; longer rows: %s",
    async (width, format, isLonger) => {
      const [plain, lowered] = [await product(width, {}, format), await product(width, processorLowerings, format)];
      expect(lowered.values).toEqual(plain.values);
      expect([plain.isPadded, lowered.isPadded]).toEqual([false, isLonger]);
    },
  );
});
