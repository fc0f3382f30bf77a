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
 * Groups texts of similar length; a group holds at most `budget` padded tokens, and at least one text. The group of the
 * longest texts comes first, so that the largest buffers are claimed at once; then the shortest, the second longest,
 * and so on in turn, so that a speed measured early holds for the rest.
 */
export function planBatches(lengths: readonly number[], budget: number): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a]);
  const batches: number[][] = [];
  for (let start = 0; start < order.length; ) {
    const width = Math.max(1, lengths[order[start]]);
    const count = Math.max(1, Math.floor(budget / width));
    batches.push(order.slice(start, start + count));
    start += count;
  }
  return alternate(batches);
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
