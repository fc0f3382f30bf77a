import type { Tokens } from "./tokenizer/tokenizer.ts";

/** Token ids of several inputs, padded to one width. */
export interface Batch {
  /** Indices of its inputs among those that were batched. */
  readonly members: readonly number[];
  /** [members.length, width] token ids, short rows padded. */
  readonly ids: Int32Array;
  /** [members.length, width] 1 for a token, 0 for padding and hidden tokens; of counted tokens their numbers. */
  readonly mask: Int32Array;
  /** [members.length, width] 1 for a token of a pair's second text, else 0; absent where all are 0. */
  readonly types?: Int32Array;
  /** Tokens of its longest input, at least 1. */
  readonly width: number;
}

/**
 * What a call takes beside its tokens, as a share of a full batch: weights are read again, and threads meet. On
 * processors it was 12 to 20 tokens, in small models and large.
 */
const callShare = 1 / 50;

/**
 * Groups texts of similar length so that all groups together take least time, counting padded tokens and `callShare` of
 * the budget for each group; a group holds at most `budget` padded tokens, and at least one text. The group of the
 * longest texts comes first, so that the largest buffers are claimed at once; then the shortest, the second longest,
 * and so on in turn, so that a speed measured early holds for the rest.
 */
export function planBatches(lengths: readonly number[], budget: number): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a]);
  const ends = cheapestEnds(
    order.map((text) => Math.max(1, lengths[text])),
    budget,
  );
  const batches: number[][] = [];
  for (let start = 0; start < order.length; start = ends[start]) batches.push(order.slice(start, ends[start]));
  return alternate(batches);
}

/**
 * Returns for each place of descending widths where the group that begins there ends in the cheapest partition of it
 * and all that follow. A group ends where it is full or the next text is shorter: between equal texts nothing is gained.
 */
function cheapestEnds(widths: readonly number[], budget: number): Int32Array {
  const call = budget * callShare;
  const count = widths.length;
  const cost = new Float64Array(count + 1);
  const ends = new Int32Array(count);
  const shorter = new Int32Array(count);
  for (let start = count - 1; start >= 0; start--) {
    const width = widths[start];
    shorter[start] = width === widths[start + 1] ? shorter[start + 1] : start + 1;
    const full = Math.min(count, start + Math.max(1, Math.floor(budget / width)));
    let end = full;
    let least = call + width * (full - start) + cost[full];
    for (let next = shorter[start]; next < full; next = shorter[next]) {
      const sum = call + width * (next - start) + cost[next];
      if (sum < least) {
        least = sum;
        end = next;
      }
    }
    cost[start] = least;
    ends[start] = end;
  }
  return ends;
}

/** Orders items as first, last, second, last but one, … */
const alternate = <Item>(items: readonly Item[]): Item[] =>
  items.map((_, i) => items[i % 2 === 0 ? i / 2 : items.length - (i + 1) / 2]);

/**
 * Makes a batch of the members' tokens, padded on the right whatever the tokenizer's `padding_side`: padding is masked,
 * the last token is found by the mask, and of rotated positions only the differences count.
 */
export function toBatch(members: readonly number[], tokens: readonly Tokens[], padId: number): Batch {
  const rows = members.map((member) => tokens[member]);
  const width = Math.max(1, ...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(rows.length * width).fill(padId);
  const mask = new Int32Array(rows.length * width);
  const types = rows.some((row) => row.types) ? new Int32Array(rows.length * width) : undefined;
  rows.forEach((row, i) => {
    ids.set(row.ids, i * width);
    if (row.counts) mask.set(row.counts, i * width);
    else mask.fill(1, i * width, i * width + (row.visible ?? row.ids.length));
    if (row.types) types?.set(row.types, i * width);
  });
  return { members, ids, mask, width, ...(types ? { types } : {}) };
}
