import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { sequenceLength } from "./layers.ts";

/** Cosines and sines of a batch's angles, [batch, tokens, headDim / 2] each. */
export interface RotaryTables {
  readonly cos: string;
  readonly sin: string;
}

/**
 * The angles of rotary position embeddings (Su et al. 2021), place · theta^(−2i / headDim), in single precision at each
 * step as torch computes them; half precision cannot tell later places apart.
 * @param mask [batch, tokens]
 */
export function rotaryTables(graph: GraphBuilder, theta: number, headDim: number, mask: string): RotaryTables {
  const frequencies = Array.from({ length: headDim / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / headDim))),
  );
  const exact = graph.in(fullPrecision);
  const length = exact.op("Squeeze", [sequenceLength(exact, mask), exact.integers([0])]);
  const places = exact.op("Range", [exact.integers([0], []), length, exact.integers([1], [])]);
  const positions = exact.op("Unsqueeze", [exact.asFloat(places), exact.integers([1])]);
  const angles = exact.op("Mul", [positions, exact.floats(frequencies, [1, frequencies.length])]);
  const shape = exact.op("Concat", [exact.op("Shape", [mask]), exact.integers([frequencies.length])], { axis: 0 });
  const table = (type: "Cos" | "Sin"): string => {
    const values = exact.op("Expand", [exact.op(type, [angles]), shape]);
    return graph.format.float === "float" ? values : graph.asFloat(values);
  };
  return { cos: table("Cos"), sin: table("Sin") };
}

/** Rotates each head of x, [batch, tokens, heads · headDim], by its place: the first half with the second. */
export const rotate = (graph: GraphBuilder, x: string, { cos, sin }: RotaryTables, heads: number): string =>
  graph.op("RotaryEmbedding", [x, cos, sin], { num_heads: heads });
