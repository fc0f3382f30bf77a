import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { positionsOf } from "./layers.ts";

/** Returns what a head's bias falls by from one token to the next (Press et al. 2022, and its code for any number of heads). */
export function slopesOf(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = (count: number) => Array.from({ length: count }, (_, i) => 2 ** ((-8 * (i + 1)) / count));
  const between = slopes(2 * power).filter((_, i) => i % 2 === 0);
  return [...slopes(power), ...between.slice(0, heads - power)];
}

/**
 * Returns each head's bias for the distance of query and key, to either side, [1, heads, tokens, tokens].
 * @param ids [batch, tokens]
 */
export function alibi(graph: GraphBuilder, heads: number, ids: string): string {
  // Half precision has no odd numbers beyond 2,048.
  const exact = graph.in(fullPrecision);
  const positions = positionsOf(exact, ids);
  const queries = exact.op("Unsqueeze", [positions, exact.integers([1])]);
  const distances = exact.op("Abs", [exact.asFloat(exact.op("Sub", [positions, queries]))]);
  const falls = exact.floats(
    slopesOf(heads).map((slope) => -slope),
    [1, heads, 1, 1],
  );
  return graph.asFloat(exact.op("Mul", [falls, distances]));
}
