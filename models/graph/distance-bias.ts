import type { GraphBuilder } from "./builder.ts";
import { positionsOf } from "./layers.ts";

/** How distances of tokens fall into buckets; half of them are for keys that come after the query. */
export interface DistanceBuckets {
  readonly count: number;
  /** Distances from here on share a bucket. */
  readonly farthest: number;
}

/**
 * Returns the bucket of a distance (the key's position less the query's): near ones have a bucket each, farther ones
 * share buckets that widen with their logarithm. As T5Attention._relative_position_bucket, in its single precision.
 */
export function bucketOf(distance: number, { count, farthest }: DistanceBuckets): number {
  const oneSided = Math.floor(count / 2);
  const exact = Math.floor(oneSided / 2);
  const far = Math.abs(distance);
  const side = distance > 0 ? oneSided : 0;
  if (far < exact) return side + far;
  const logarithm = Math.fround(Math.log(Math.fround(far / exact)));
  const share = Math.fround(logarithm / Math.fround(Math.log(farthest / exact)));
  return side + Math.min(oneSided - 1, exact + Math.trunc(Math.fround(share * (oneSided - exact))));
}

/**
 * Looks up a value for each query and key, [tokens, tokens].
 * @param byDistance values from the distance -reach (the key comes that much before the query) to reach; pairs farther
 *   apart have those at the ends
 * @param ids [batch, tokens]
 */
export function betweenTokens(graph: GraphBuilder, byDistance: readonly number[], ids: string): string {
  const reach = (byDistance.length - 1) / 2;
  const positions = positionsOf(graph, ids);
  const queries = graph.op("Unsqueeze", [positions, graph.integers([1])]);
  const distances = graph.op("Add", [graph.op("Sub", [positions, queries]), graph.counts([reach])]);
  const within = graph.op("Clip", [distances, graph.counts([0], []), graph.counts([2 * reach], [])]);
  return graph.op("Gather", [graph.counts(byDistance), within]);
}

/**
 * Returns each head's bias for the distance from query to key (Raffel et al. 2020), [1, heads, tokens, tokens].
 * @param table [buckets, heads]
 * @param ids [batch, tokens]
 */
export function distanceBias(graph: GraphBuilder, table: string, buckets: DistanceBuckets, ids: string): string {
  const { count, farthest: reach } = buckets;
  const bucketed = graph.once(`${count} buckets of ${ids} up to ${reach}`, () => {
    const byDistance = Array.from({ length: 2 * reach + 1 }, (_, i) => bucketOf(i - reach, buckets));
    return betweenTokens(graph, byDistance, ids);
  });
  const byHead = graph.op("Transpose", [graph.op("Gather", [table, bucketed])], { perm: [2, 0, 1] });
  return graph.op("Unsqueeze", [byHead, graph.integers([0])]);
}
