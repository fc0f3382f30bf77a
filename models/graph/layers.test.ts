import { afterEach, describe, expect, it } from "vitest";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { createGraph, type Format, fullPrecision } from "./builder.ts";
import { linear } from "./layers.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const [x, weight, bias] = [
  [1, 2, 3],
  [1, 0, 0, 0, 1, 1],
  [10, 20],
];
/** a [1, 3] and b [2, 1]: x · aᵀ is -2. */
const [a, b] = [
  [1, 0, -1],
  [4, -8],
];

async function withAdapter(scale: number | undefined, format: Format): Promise<number[]> {
  const graph = createGraph();
  const input = graph.input("x", "float", [1, "rows", 3]);
  const inFormat = graph.in(format);
  const lowRank =
    scale === undefined ? {} : { lowRank: { a: inFormat.floats(a, [1, 3]), b: inFormat.floats(b, [2, 1]), scale } };
  const layer = { weight: inFormat.floats(weight, [2, 3]), bias: inFormat.floats(bias), ...lowRank };
  graph.output(graph.asFloat(linear(inFormat, inFormat.asFloat(input), layer)), "y", [1, "rows", 2]);
  const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  opened.push(session);
  return Array.from((await session.run({ x: { data: Float32Array.from(x), dims: [1, 1, 3] } }, ["y"]))["y"].data);
}

const formats: readonly (readonly [string, Format])[] = [
  ["single precision", fullPrecision],
  ["half precision", { float: "float16", int8: false }],
  ["8-bit integers", { ...fullPrecision, int8: true }],
];

describe("a linear layer with an adapter", () => {
  it.each(formats)("adds scale · (x · aᵀ) · bᵀ to the product, in %s", async (_, format) => {
    const plain = await withAdapter(undefined, format);
    expect(plain[0]).toBeCloseTo(11, 1);
    const added = (await withAdapter(0.5, format)).map((value, i) => value - plain[i]);
    expect(added[0]).toBeCloseTo(-4, 5);
    expect(added[1]).toBeCloseTo(8, 5);
  });
});
