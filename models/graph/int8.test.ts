import { afterEach, describe, expect, it } from "vitest";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { createGraph, fullPrecision, type GraphBuilder } from "./builder.ts";
import { linear, project } from "./layers.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));
const int8 = { ...fullPrecision, int8: true };

type Rows = readonly (readonly number[])[];

/** Runs a step over x [1, rows, width] and gives its rows. */
async function run(x: Rows, step: (graph: GraphBuilder, x: string) => string): Promise<number[][]> {
  const graph = createGraph();
  const width = x[0]?.length ?? 0;
  const input = graph.input("x", "float", [1, "rows", width]);
  graph.output(step(graph.in(int8), input), "y", [1, "rows", "out"]);
  const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  opened.push(session);
  const { y } = await session.run({ x: { data: Float32Array.from(x.flat()), dims: [1, x.length, width] } }, ["y"]);
  const out = y?.dims.at(-1) ?? 0;
  return x.map((_, row) => Array.from(y?.data.subarray(row * out, (row + 1) * out) ?? []));
}

/** Makes up a matrix. */
const wave = (rows: number, width: number, speed: number): number[][] =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: width }, (_, j) => Math.sin(speed * (i * width + j + 1))),
  );

const largest = (row: readonly number[]): number => Math.max(...row.map(Math.abs));
/** Turns a row into whole numbers from -127 to 127, and returns the value of 1 among them. */
function quantized(row: readonly number[]): { whole: number[]; unit: number } {
  const unit = largest(row) / 127 || 1;
  return { whole: row.map((value) => Math.round(value / unit)), unit };
}

/** Computes the expected product in plain numbers. */
const expected = (x: Rows, weight: Rows): number[][] =>
  x.map(quantized).map(({ whole, unit }) =>
    weight.map(quantized).map((channel) => {
      const sum = whole.reduce((total, value, k) => total + value * channel.whole[k], 0);
      return sum * unit * channel.unit;
    }),
  );

const difference = (found: Rows, wanted: Rows): number =>
  Math.max(...found.flatMap((row, i) => row.map((value, j) => Math.abs(value - (wanted[i]?.[j] ?? Number.NaN)))));

describe("a linear layer over 8-bit integers", () => {
  const weight = wave(5, 64, 1.7).map((row, i) => row.map((value) => value * 10 ** (i - 2)));
  const weightOf = (graph: GraphBuilder): string => graph.floats(weight.flat(), [5, 64]);

  it("multiplies rows and channels, each at its own scale", async () => {
    const x = wave(4, 64, 0.9).map((row, i) => row.map((value) => value * 100 ** (i - 1)));
    const found = await run(x, (graph, input) => project(graph, input, { weight: weightOf(graph) }));
    const wanted = expected(x, weight);
    found.forEach((row, i) => {
      const scale = largest(wanted[i]);
      expect(difference([row], [wanted[i]]) / scale).toBeLessThan(1e-6);
    });
  });

  it("loses less than a hundredth of the lengths' product", async () => {
    const x = wave(4, 64, 0.9);
    const found = await run(x, (graph, input) => project(graph, input, { weight: weightOf(graph) }));
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, k) => sum + v * b[k], 0);
    const losses = x.flatMap((row, i) =>
      weight.map((channel, j) => {
        const loss = Math.abs(dot(row, channel) - (found[i]?.[j] ?? Number.NaN));
        return loss / (Math.hypot(...row) * Math.hypot(...channel));
      }),
    );
    expect(Math.max(...losses)).toBeLessThan(0.01);
    expect(Math.max(...losses)).toBeGreaterThan(0);
  });

  it("gives a row the same product whatever stands beside it", async () => {
    const [row = []] = wave(1, 64, 0.9);
    const loud = row.map((value) => 1000 * value);
    const product = (graph: GraphBuilder, input: string) => project(graph, input, { weight: weightOf(graph) });
    const [alone] = await run([row], product);
    const [beside] = await run([row, loud, row.map(() => 0)], product);
    expect(beside).toEqual(alone);
  });

  it("turns zeros into zeros, in the input and in the weight", async () => {
    const zeros = Array.from({ length: 64 }, () => 0);
    const [first, ...others] = weight;
    const found = await run([zeros, first], (graph, input) =>
      project(graph, input, { weight: graph.floats([zeros, ...others].flat(), [5, 64]) }),
    );
    expect(found[0]?.map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
    expect(Math.abs(found[1]?.[0] ?? Number.NaN)).toBe(0);
  });

  it("adds the bias in full precision", async () => {
    const bias = [1e-3, 2e-3, 3e-3, 4e-3, 5e-3];
    const found = await run([weight[0]?.map(() => 0) ?? []], (graph, input) =>
      linear(graph, input, { weight: weightOf(graph), bias: graph.floats(bias) }),
    );
    expect(found[0]).toEqual(bias.map(Math.fround));
  });
});
