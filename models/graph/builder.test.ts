import { describe, expect, it } from "vitest";
import type { StoredTensor } from "../repository/safetensors.ts";
import { createGraph } from "./builder.ts";

describe("a stored weight, in a graph of another type", () => {
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
