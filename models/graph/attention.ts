import type { AttentionScope, GraphBuilder } from "./builder.ts";
import { positionsOf, sequenceLength } from "./layers.ts";
import { elementTypes } from "./onnx.ts";

export type { AttentionScope } from "./builder.ts";

/** Heads of grouped attention. */
export interface AttentionHeads {
  readonly queries: number;
  /** Number of heads of keys and of values; each serves `queries / keys` heads of queries. */
  readonly keys: number;
  /** Factor of a product of query and key. */
  readonly scale: number;
  /** Products of query and key become softCap · tanh(product / softCap) where there is one. */
  readonly softCap?: number | undefined;
}

/** Mask of `attend`. */
export interface AttentionMask {
  /** True where the operator's own causal mask is all that is needed. */
  readonly causal: boolean;
  /** True where a token may be seen, [batch or 1, 1, tokens, tokens]. */
  readonly visible?: string;
  /** 1 for a token that sees any, else 0, [batch, tokens, 1] floats; absent where what others give does not count. */
  readonly seeing?: string;
}

/**
 * Returns the mask of a scope, which is written once for all layers that share it. Under a causal mask no token reaches
 * the padding, which stands on the right; otherwise padding is hidden from all tokens.
 * @param mask [batch, tokens] int32, as in `TokenInputs`
 * @param hiddenRows True where hidden tokens count, which may see none: torch's attention gives zeros there
 */
export function attentionMask(
  graph: GraphBuilder,
  scope: AttentionScope,
  mask: string,
  hiddenRows = false,
): AttentionMask {
  const { causal, window } = scope;
  graph.scopes.set(`${causal} ${window}`, scope);
  if (causal && window === undefined) return { causal };
  const key = `visible of ${mask}, causal ${causal}, window ${window}`;
  const visible = graph.once(key, () => visibleKeys(graph, scope, mask));
  if (!hiddenRows || window === undefined) return { causal: false, visible };
  return { causal: false, visible, seeing: graph.once(`seeing by ${visible}`, () => seeingAny(graph, visible)) };
}

/** Tells which tokens see any, from [batch, 1, tokens, tokens]. */
function seeingAny(graph: GraphBuilder, visible: string): string {
  const most = graph.op("ReduceMax", [graph.asFloat(visible), graph.integers([3])], { keepdims: 1 });
  return graph.op("Squeeze", [most, graph.integers([1])]);
}

function visibleKeys(graph: GraphBuilder, { causal, window }: AttentionScope, mask: string): string {
  const near = window === undefined ? undefined : nearerThan(graph, window, causal, mask);
  if (causal && near !== undefined) return near;
  const keys = graph.op("Unsqueeze", [graph.op("Cast", [mask], { to: elementTypes.bool }), graph.integers([1, 2])]);
  if (near !== undefined) return graph.op("And", [keys, near]);
  const length = sequenceLength(graph, mask);
  const shape = graph.op("Concat", [graph.integers([1, 1]), length, length], { axis: 0 });
  return graph.op("Expand", [keys, shape]);
}

/**
 * Numbers added to a product of query and key where a token must not be seen. They are finite, since softmax over
 * nothing but -Infinity is not a number, and in fp16, whose lowest number is -65,504, so is the sum.
 */
const hidden = { float: -3.4e38, bfloat16: -3e38, float16: -30_000 } as const;

/** Returns the bias that hides padding: 0 for a token, a low number for padding, [batch, 1, tokens, tokens]. */
export const paddingBias = (graph: GraphBuilder, mask: string): string =>
  graph.once(`padding of ${mask} as ${graph.format.float}`, () => {
    const isPadding = graph.op("Sub", [graph.floats([1], []), graph.asFloat(mask)]);
    const rows = graph.op("Mul", [isPadding, graph.floats([hidden[graph.format.float]], [])]);
    const length = sequenceLength(graph, mask);
    const shape = graph.op("Concat", [graph.integers([1, 1]), length, graph.integers([1])], { axis: 0 });
    return graph.op("Expand", [graph.op("Unsqueeze", [rows, graph.integers([1, 2])]), shape]);
  });

/** Returns the bias that hides what is not visible, for kernels that take no booleans. */
const visibleBias = (graph: GraphBuilder, visible: string): string =>
  graph.once(`bias of ${visible} as ${graph.format.float}`, () =>
    graph.op("Where", [visible, graph.floats([0], []), graph.floats([hidden[graph.format.float]], [])]),
  );

/** Returns the bias that hides later tokens, [1, 1, tokens, tokens], for `x` [batch, tokens, …]; all have as many. */
export const causalBias = (graph: GraphBuilder, x: string): string =>
  graph.once(`causal bias as ${graph.format.float}`, () =>
    visibleBias(graph, notBefore(graph, pairsOf(graph, x).back)),
  );

/** Tells whether no query lies before its key. */
const notBefore = (graph: GraphBuilder, back: string): string => graph.op("GreaterOrEqual", [back, graph.counts([0])]);

/** Returns the positions of queries and of keys, and how far back a key lies, each to be seen as [1, 1, tokens, tokens]. */
function pairsOf(
  graph: GraphBuilder,
  x: string,
): { readonly queries: string; readonly keys: string; readonly back: string } {
  const positions = positionsOf(graph, x);
  const queries = graph.op("Unsqueeze", [positions, graph.integers([0, 1, 3])]);
  const keys = graph.op("Unsqueeze", [positions, graph.integers([0, 1, 2])]);
  return { queries, keys, back: graph.op("Sub", [queries, keys]) };
}

/**
 * Tells for each query and key whether they are nearer than `window`, with `causal` also whether the key comes no later
 * than the query, [1, 1, tokens, tokens].
 */
function nearerThan(graph: GraphBuilder, window: number, causal: boolean, mask: string): string {
  const { queries, keys, back } = pairsOf(graph, mask);
  const limit = graph.counts([window]);
  const notBehind = graph.op("Less", [back, limit]);
  if (causal) return graph.op("And", [notBehind, notBefore(graph, back)]);
  return graph.op("And", [notBehind, graph.op("Less", [graph.op("Sub", [keys, queries]), limit])]);
}

/**
 * Computes grouped scaled dot-product attention (Ainslie et al. 2023).
 * @returns [batch, tokens, queries · headDim]
 */
export function attend(
  graph: GraphBuilder,
  [q, k, v]: readonly [string, string, string],
  heads: AttentionHeads,
  { causal, visible, seeing }: AttentionMask,
): string {
  const mask = visible !== undefined && graph.lowers("Attention") ? visibleBias(graph, visible) : visible;
  const attended = graph.op("Attention", [q, k, v, ...(mask === undefined ? [] : [mask])], {
    q_num_heads: heads.queries,
    kv_num_heads: heads.keys,
    scale: { float: heads.scale },
    ...(heads.softCap === undefined ? {} : { softcap: { float: heads.softCap } }),
    is_causal: causal ? 1 : 0,
  });
  return seeing === undefined ? attended : graph.op("Mul", [attended, seeing]);
}
