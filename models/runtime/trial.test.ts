import { expect, it } from "vitest";
import { createGraph } from "../graph/builder.ts";
import { processor } from "./providers/cpu.ts";
import type { ExecutionProvider } from "./session.ts";
import { runApart } from "./trial.ts";

async function negated(executionProvider: ExecutionProvider) {
  const graph = createGraph();
  graph.output(graph.op("Neg", [graph.input("a", "float", [2])]), "b", [2]);
  const settings = { ...(await graph.serialize()), threads: 1, executionProvider };
  const a = { data: Float32Array.of(1, 2), dims: [2] };
  return runApart({ settings, feeds: { a }, outputs: ["b"] });
}

it("a process of its own runs a graph, and tells why it cannot", async () => {
  expect(await negated(processor)).toEqual({ b: { data: Float32Array.of(-1, -2), dims: [2] } });
  await expect(negated({ name: "unheard of" })).rejects.toThrow(/unheard of/);
});

it("where the process ends without an answer, it says so", async () => {
  // What cannot be read ends it before it is asked for anything.
  const before = process.env["NODE_OPTIONS"];
  process.env["NODE_OPTIONS"] = "--require ./no-such-file.cjs";
  try {
    await expect(negated(processor)).rejects.toThrow(/ended without an answer \(status 1\)/);
  } finally {
    if (before === undefined) delete process.env["NODE_OPTIONS"];
    else process.env["NODE_OPTIONS"] = before;
  }
});
