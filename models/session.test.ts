import { describe, expect, it } from "vitest";
import { createGraph } from "./graph/builder.ts";
import { openSession, type Session } from "./session.ts";

/** y = x · x, elementwise. */
async function openSquare(): Promise<Session> {
  const graph = createGraph();
  const x = graph.input("x", "float", ["n"]);
  graph.output(graph.op("Mul", [x, x]), "y", ["n"]);
  return openSession({ ...(await graph.serialize()), threads: 1, device: "cpu" });
}
const feed = (...values: number[]) => ({ x: { data: Float32Array.from(values), dims: [values.length] } });

describe("a session", () => {
  it("runs calls in any number, each with its own answer", async () => {
    const session = await openSquare();
    expect([session.inputs, session.outputs]).toEqual([["x"], ["y"]]);
    const answers = await Promise.all([1, 2, 3].map((value) => session.run(feed(value), ["y"])));
    expect(answers.map(({ y }) => y?.data[0])).toEqual([1, 4, 9]);
    await session.close();
  });

  it("keeps what it holds until it is released", async () => {
    const session = await openSquare();
    const held = session.hold({ data: Float32Array.of(5), dims: [1] });
    expect((await session.run({ x: held }, ["y"]))["y"]?.data[0]).toBe(25);
    expect((await session.run({ x: held }, ["y"]))["y"]?.data[0]).toBe(25);
    session.release(held);
    await expect(session.run({ x: held }, ["y"])).rejects.toThrow("ONNX Runtime: the tensor 0 is not held");
    await session.close();
  });

  it("tells a failing run by ONNX Runtime's message, and goes on", async () => {
    const session = await openSquare();
    await expect(session.run({}, ["y"])).rejects.toThrow(/^ONNX Runtime: .*x/);
    expect((await session.run(feed(2), ["y"]))["y"]?.data[0]).toBe(4);
    await session.close();
  });

  it("finishes what was asked for before it closes", async () => {
    const session = await openSquare();
    const runs = Array.from({ length: 20 }, (_, i) => session.run(feed(i), ["y"]));
    await session.close();
    expect((await Promise.all(runs)).map(({ y }) => y?.data[0])).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
  });

  it("a model that cannot be loaded is an error for people", async () => {
    const broken = openSession({ model: new Uint8Array([1, 2, 3]), threads: 1, device: "cpu" });
    await expect(broken).rejects.toThrow(/^model: ONNX Runtime cannot load it: /);
  });
});
