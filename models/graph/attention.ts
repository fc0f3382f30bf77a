import type { GraphBuilder } from "./builder.ts";
import { sequenceLength } from "./layers.ts";

/** What a token sees of its text. */
export interface Sight {
  /** Itself and what stands before it only. */
  readonly causal: boolean;
  /** It sees tokens nearer than this many places; absent where distance does not matter. */
  readonly window?: number;
}

/** Queries, keys and values of grouped attention. */
export interface AttentionHeads {
  readonly queries: number;
  /** Heads of keys and of values; each serves `queries / keys` heads of queries. */
  readonly keys: number;
  /** What a product of query and key is multiplied by. */
  readonly scale: number;
}

/** A mask for `attend`; none where the operator's own causal form says all. */
export interface AttentionMask {
  readonly causal: boolean;
  /** True where a token may be seen, [batch or 1, 1, tokens, tokens]. */
  readonly seen?: string;
}

/**
 * Who sees whom in a batch. Under a causal mask no token reaches the padding, which stands on the right; otherwise
 * padding is hidden from all.
 * @param mask [batch, tokens] int32, as in `TokenInputs`
 */
export function attentionMask(graph: GraphBuilder, { causal, window }: Sight, mask: string): AttentionMask {
  if (causal && window === undefined) return { causal };
  const near = window === undefined ? undefined : nearerThan(graph, window, causal, mask);
  if (causal && near !== undefined) return { causal: false, seen: near };
  const keys = graph.op("Unsqueeze", [graph.op("Cast", [mask], { to: 9 }), graph.integers([1, 2])]);
  if (near !== undefined) return { causal: false, seen: graph.op("And", [keys, near]) };
  const length = sequenceLength(graph, mask);
  const shape = graph.op("Concat", [graph.integers([1, 1]), length, length], { axis: 0 });
  return { causal: false, seen: graph.op("Expand", [keys, shape]) };
}

/**
 * What is added to a product of query and key where a token must not be seen. Finite, since softmax over nothing but
 * -Infinity is no number; in fp16 far enough from its lowest number, -65,504, that the sum stays finite.
 */
const hidden = { float: -3.4e38, bfloat16: -3e38, float16: -30_000 } as const;

/** Hides padding from attention: 0 for a token, the lowest number for padding, [batch, 1, tokens, tokens]. */
export const paddingBias = (graph: GraphBuilder, mask: string): string =>
  graph.once(`padding of ${mask} as ${graph.format.float}`, () => {
    const isPadding = graph.op("Sub", [graph.floats([1], []), graph.asFloat(mask)]);
    const rows = graph.op("Mul", [isPadding, graph.floats([hidden[graph.format.float]], [])]);
    const length = sequenceLength(graph, mask);
    const shape = graph.op("Concat", [graph.integers([1, 1]), length, graph.integers([1])], { axis: 0 });
    return graph.op("Expand", [graph.op("Unsqueeze", [rows, graph.integers([1, 2])]), shape]);
  });

/** Whether two places are nearer than `window`, and with `causal` the second not after the first, [1, 1, tokens, tokens]. */
function nearerThan(graph: GraphBuilder, window: number, causal: boolean, mask: string): string {
  const length = graph.op("Squeeze", [sequenceLength(graph, mask), graph.integers([0])]);
  const places = graph.op("Range", [graph.integers([0], []), length, graph.integers([1], [])]);
  const queries = graph.op("Unsqueeze", [places, graph.integers([0, 1, 3])]);
  const keys = graph.op("Unsqueeze", [places, graph.integers([0, 1, 2])]);
  const back = graph.op("Sub", [queries, keys]);
  const limit = graph.integers([window]);
  if (!causal) return graph.op("Less", [graph.op("Abs", [back]), limit]);
  return graph.op("And", [graph.op("Less", [back, limit]), graph.op("GreaterOrEqual", [back, graph.integers([0])])]);
}

/**
 * Grouped scaled dot-product attention (Ainslie et al. 2023).
 * @returns [batch, tokens, queries · headDim]
 */
export function attend(
  graph: GraphBuilder,
  [q, k, v]: readonly [string, string, string],
  heads: AttentionHeads,
  { causal, seen }: AttentionMask,
): string {
  return graph.op("Attention", [q, k, v, ...(seen === undefined ? [] : [seen])], {
    q_num_heads: heads.queries,
    kv_num_heads: heads.keys,
    scale: { float: heads.scale },
    is_causal: causal ? 1 : 0,
  });
}
