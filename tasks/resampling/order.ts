import { drawSigns, randomState } from "./generator.ts";

/** What the order of some models is told by. */
export interface OrderEvidence {
  /** What each model's sum is made of, [models][parts]: its points on each task, or deviations of its score. */
  readonly parts: readonly Float64Array[];
  /**
   * Returns how far one model's sum lies above another's, in the length of the difference of their parts (`scale`),
   * which is about normal where they are equal.
   */
  readonly distance: (one: number, other: number, scale: number) => number;
  /** Which of two are to be told apart. Default: all. */
  readonly isAsked?: (one: number, other: number) => boolean;
}

export interface OrderOptions {
  /** A whole number; the same one gives the same draws on every machine. */
  readonly seed: number;
  /** Most probable that any of all claims is false, 0 … 1. */
  readonly level?: number;
}

/** Which models are before which: 1 where the first is before the second, −1 where it is behind it, 0 where neither is sure. */
export type Order = (one: number, other: number) => -1 | 0 | 1;

/** Most parts of which all signs are gone through, half of them, as the other half is their mirror image. */
const mostEnumerated = 12;

/** Most differences that are computed in one step; it bounds the draws of a large table. */
const mostDifferences = 40_000_000;

/** Returns how many signs are drawn for a number of pairs: enough for the level, as many as time allows. */
const drawsFor = (pairs: number): number => Math.min(9999, Math.max(999, Math.floor(mostDifferences / pairs)));

/** Sums of parts under signs. */
interface Sums {
  /** [draws][models] */
  readonly values: Float64Array;
  readonly draws: number;
  /** Number of draws whose largest distance may reach that of a claim. */
  readonly allowed: number;
}

/** Lists the signs to be tried: all of them where there are few parts, else drawn ones. */
function* signsOf(parts: number, draws: number, seed: number): Generator<Int8Array> {
  const signs = new Int8Array(parts).fill(1);
  if (parts <= mostEnumerated) {
    for (let code = 0; code < 2 ** (parts - 1); code++) {
      for (let i = 1; i < parts; i++) signs[i] = (code >> (i - 1)) & 1 ? -1 : 1;
      yield signs;
    }
    return;
  }
  const state = randomState(seed, "order");
  for (let draw = 0; draw < draws; draw++) {
    drawSigns(signs, state);
    yield signs;
  }
}

function flipped(parts: readonly Float64Array[], pairs: number, seed: number, level: number): Sums {
  const size = parts[0].length;
  const isWhole = size <= mostEnumerated;
  const draws = isWhole ? 2 ** (size - 1) : drawsFor(pairs);
  const values = new Float64Array(draws * parts.length);
  let at = 0;
  for (const signs of signsOf(size, draws, seed)) {
    for (const own of parts) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += signs[i] * own[i];
      values[at++] = sum;
    }
  }
  // All signs hold the true ones; beside drawn ones these count once more.
  const allowed = isWhole ? Math.floor(level * draws + 1e-9) : Math.floor(level * (draws + 1) + 1e-9) - 1;
  return { values, draws, allowed };
}

/** Computes the distance that claims must exceed: the largest over some pairs, of all but the `allowed` highest draws. */
function bound({ values, draws, allowed }: Sums, models: number, pairs: readonly Pair[]): number {
  const largest = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const row = draw * models;
    let most = 0;
    for (const { one, other, scale } of pairs) {
      const distance = Math.abs(values[row + one] - values[row + other]) / scale;
      if (distance > most) most = distance;
    }
    largest[draw] = most;
  }
  return largest.sort()[draws - 1 - allowed];
}

interface Pair {
  readonly one: number;
  readonly other: number;
  readonly scale: number;
  readonly distance: number;
}

function scaleOf(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] - other[i]) ** 2;
  return Math.sqrt(sum);
}

function pairsOf({ parts, distance, isAsked }: OrderEvidence): Pair[] {
  const pairs: Pair[] = [];
  for (let one = 0; one < parts.length; one++) {
    for (let other = one + 1; other < parts.length; other++) {
      if (isAsked?.(one, other) === false) continue;
      const scale = scaleOf(parts[one], parts[other]);
      // Equal ones are never told apart.
      if (scale > 0) pairs.push({ one, other, scale, distance: distance(one, other, scale) });
    }
  }
  return pairs;
}

/**
 * Tells which models are before which, such that the probability of a single false claim among all pairs is at most
 * `level` (0.05): the parts' signs are drawn anew, as if each model of a pair were as likely to be the better one in each
 * part, and a claim needs a distance that hardly any draw reaches in any pair. Pairs that are told apart go, and the bound
 * of the others falls, until no more are found. Where the differences of equal models' parts are symmetric about 0 and
 * `distance` is that of the sums of the same parts, a pair's error is exact, however few parts there are. Five parts have
 * 16 signs that differ, one of which is more than the level: with so few nothing is told apart.
 *
 * Sources: Romano and Wolf, "Exact and approximate stepdown methods for multiple hypothesis testing", JASA 100 (2005);
 * Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks with Applications to Mobility across Neighbourhoods and
 * Academic Achievement across Countries", Review of Economic Studies 91 (2024).
 */
export function tellOrder(evidence: OrderEvidence, { seed, level = 0.05 }: OrderOptions): Order {
  const models = evidence.parts.length;
  const order = new Int8Array(models * models);
  let open = pairsOf(evidence);
  if (open.length > 0) {
    const sums = flipped(evidence.parts, open.length, seed, level);
    // Too few signs for any claim at this level.
    while (sums.allowed >= 1 && open.length > 0) {
      const least = bound(sums, models, open);
      const found = open.filter(({ distance }) => Math.abs(distance) > least);
      if (found.length === 0) break;
      for (const { one, other, distance } of found) {
        order[one * models + other] = Math.sign(distance);
        order[other * models + one] = -Math.sign(distance);
      }
      open = open.filter(({ distance }) => Math.abs(distance) <= least);
    }
  }
  return (one, other) => order[one * models + other] as -1 | 0 | 1;
}

/** The places that a model may have, from 1. */
export interface Places {
  readonly low: number;
  readonly high: number;
}

/** Returns the places that each model may have: behind all that are before it, before all that are behind it. */
export function placesIn(order: Order, models: number): Places[] {
  const all = Array.from({ length: models }, (_, i) => i);
  return all.map((one) => ({
    low: 1 + all.filter((other) => order(other, one) === 1).length,
    high: models - all.filter((other) => order(one, other) === 1).length,
  }));
}
