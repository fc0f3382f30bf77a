import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { activateByClass } from "./activations.ts";
import { createGraph, type GraphBuilder } from "./builder.ts";
import { layerNorm, linear } from "./layers.ts";
import { normalize } from "./normalize.ts";
import { type PoolingMode, pool } from "./pooling.ts";

const golden = JSON.parse(readFileSync(new URL("../fixtures/modules.json", import.meta.url), "utf8"));
let session: Session | undefined;
afterEach(() => session?.close());

/** Runs a graph of one step over the given input. */
async function runStep(
  dims: readonly number[],
  values: readonly number[],
  step: (graph: GraphBuilder, x: string, mask: string) => string,
  mask: readonly (readonly number[])[] = [[1]],
): Promise<number[]> {
  const graph = createGraph();
  const x = graph.input("x", "float", dims);
  const maskName = graph.input("mask", "int32", ["batch", "tokens"]);
  // ONNX Runtime would refuse an input that no node reads.
  const kept = graph.op("Cast", [maskName], { to: 1 });
  graph.output(step(graph, x, maskName), "y", ["batch", "width"]);
  graph.output(kept, "kept", ["batch", "tokens"]);
  session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  const feeds = {
    x: { data: Float32Array.from(values), dims },
    mask: { data: Int32Array.from(mask.flat()), dims: [mask.length, mask[0].length] },
  };
  return Array.from((await session.run(feeds, ["y"]))["y"].data);
}

const expectClose = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(2e-6);
};

describe("pooling, against sentence-transformers", () => {
  it.each(golden.pooling as { modes: PoolingMode[]; mask: number[][]; expected: number[][] }[])(
    "$modes under $mask",
    async ({ modes, mask, expected }) => {
      const found = await runStep([4, 5, 6], golden.tokens, (graph, x, m) => pool(graph, modes, x, m), mask);
      expectClose(found, expected.flat());
    },
  );
});

describe("what follows pooling, against sentence-transformers", () => {
  it.each(golden.dense as { activation: string; expected: number[][] }[])("Dense with $activation", async (dense) => {
    const found = await runStep([3, 6], golden.vector, (graph, x) => {
      const layer = { weight: graph.floats(golden.weight, [4, 6]), bias: graph.floats(golden.bias) };
      return activateByClass(graph, dense.activation, linear(graph, x, layer));
    });
    expectClose(found, dense.expected.flat());
  });

  it("an activation of the repository's own is none of PyTorch's, whatever it is called", () => {
    expect(() => activateByClass(createGraph(), "own.layers.Tanh", "x")).toThrow(
      /^model: the activation own.layers.Tanh is a class of the repository's own; /,
    );
  });

  it("LayerNorm", async () => {
    const found = await runStep([3, 6], golden.vector, (graph, x) => {
      const { weight, bias } = golden.layerNorm;
      return layerNorm(graph, x, { scale: graph.floats(weight), shift: graph.floats(bias), epsilon: 1e-5 });
    });
    expectClose(found, golden.layerNorm.expected.flat());
  });

  it("Normalize, a vector of zeros among them", async () => {
    const found = await runStep([3, 6], golden.vector, (graph, x) => normalize(graph, x, 6));
    expectClose(found, golden.normalized.flat());
    expect(found.slice(12)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
