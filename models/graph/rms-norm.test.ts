import { afterEach, describe, expect, it } from "vitest";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { createGraph, type Lowerings } from "./builder.ts";
import { processorLowerings } from "./lowering.ts";
import { addRmsNorm } from "./rms-norm.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const [x, skip, scale, epsilon] = [[1, -2, 3, 0.5], [0.5, 2, -1, 0.5], [1, 2, 3, 4], 0.01];

/** Returns what is written for the operator's two outputs, and the model's bytes as text. */
async function run(lowerings: Lowerings): Promise<{ normed: number[]; sum: number[]; model: string }> {
  const graph = createGraph(lowerings);
  const input = graph.input("x", "float", ["rows", 4]);
  const { normed, sum } = addRmsNorm(graph, input, graph.floats(skip, [1, 4]), {
    scale: graph.floats(scale),
    epsilon,
  });
  graph.output(normed, "normed", ["rows", 4]);
  graph.output(sum, "sum", ["rows", 4]);
  const written = await graph.serialize();
  const session = await openSession({ ...written, threads: 1, executionProvider: processor });
  opened.push(session);
  const found = await session.run({ x: { data: Float32Array.from(x), dims: [1, 4] } }, ["normed", "sum"]);
  const valuesOf = (name: string): number[] => Array.from(found[name]?.data ?? []);
  return { normed: valuesOf("normed"), sum: valuesOf("sum"), model: Buffer.from(written.model).toString("latin1") };
}

describe("the normalization of a sum", () => {
  const sum = x.map((value, i) => value + skip[i]);
  const root = Math.sqrt(sum.reduce((total, value) => total + value ** 2, 0) / 4 + epsilon);
  const normed = sum.map((value, i) => (value / root) * scale[i]);

  it.each([
    ["one operator", {}, true],
    ["two on processors", processorLowerings(8), false],
  ])("is written as %s, with both outputs", async (_, lowerings, isFused) => {
    const found = await run(lowerings);
    expect(found.model.includes("SkipSimplifiedLayerNormalization")).toBe(isFused);
    expect(found.sum).toEqual(sum);
    found.normed.forEach((value, i) => {
      expect(value).toBeCloseTo(normed[i], 6);
    });
  });
});
