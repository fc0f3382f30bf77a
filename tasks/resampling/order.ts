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

/** Most parts of which all signs are gone through: half of them, as the others are their mirror images. */
const mostEnumerated = 12;

/** Draws of signs of more parts. The error of a test by drawn signs is the level whatever their number; more find more. */
const standardDraws = 3999;

/** Most differences that are computed in one step, which leaves fewer draws to a large table, down to `fewestDraws`. */
const mostDifferences = 30_000_000;
const fewestDraws = 199;

/** The sums of all models' parts under each of some signs. */
interface Flipped {
  /** [draws][models] */
  readonly sums: Float64Array;
  readonly draws: number;
  /** Number of draws whose largest distance may reach that of a claim. */
  readonly allowed: number;
}

/** Puts the bits of a number in the places of signs but the first, which stays 1. */
function enumerate(signs: Int8Array, code: number): void {
  for (let i = 1; i < signs.length; i++) signs[i] = (code >> (i - 1)) & 1 ? -1 : 1;
}

/** Adds up the parts under all signs where there are few parts, else under drawn ones. */
function flip(parts: readonly Float64Array[], pairs: number, { seed, level = 0.05 }: OrderOptions): Flipped {
  const [models, size] = [parts.length, parts[0].length];
  const isWhole = size <= mostEnumerated;
  const affordable = Math.max(fewestDraws, Math.min(standardDraws, Math.floor(mostDifferences / pairs)));
  const draws = isWhole ? 2 ** (size - 1) : affordable;
  const sums = new Float64Array(draws * models);
  const signs = new Int8Array(size).fill(1);
  const state = randomState(seed, "order");
  const byPart = Array.from({ length: size }, (_, i) => Float64Array.from(parts, (own) => own[i]));
  for (let draw = 0; draw < draws; draw++) {
    if (isWhole) enumerate(signs, draw);
    else drawSigns(signs, state);
    const row = sums.subarray(draw * models, (draw + 1) * models);
    for (let i = 0; i < size; i++) {
      const [sign, own] = [signs[i], byPart[i]];
      for (let model = 0; model < models; model++) row[model] += sign * own[model];
    }
  }
  // All signs hold the true ones; drawn ones count them once more.
  const allowed = isWhole ? Math.floor(level * draws + 1e-9) : Math.floor(level * (draws + 1) + 1e-9) - 1;
  return { sums, draws, allowed };
}

/** Pairs of models that are not told apart yet, of one length. */
interface Pairs {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly scale: Float64Array;
  readonly distance: Float64Array;
}

/** Computes the distance that claims must exceed: the largest over the pairs, of all but the `allowed` highest draws. */
function boundOf({ sums, draws, allowed }: Flipped, models: number, { one, other, scale }: Pairs): number {
  const factor = scale.map((own) => 1 / own);
  const largest = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const row = sums.subarray(draw * models, (draw + 1) * models);
    let most = 0;
    for (let i = 0; i < one.length; i++) {
      const distance = Math.abs(row[one[i]] - row[other[i]]) * factor[i];
      if (distance > most) most = distance;
    }
    largest[draw] = most;
  }
  // The observed signs are among all of them, and must not exceed themselves by a last bit.
  return largest.sort()[draws - 1 - allowed] * (1 + 1e-12);
}

function scaleOf(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] - other[i]) ** 2;
  return Math.sqrt(sum);
}

/** Lists the pairs that are asked for; equal ones are never told apart. */
function pairsOf({ parts, distance, isAsked }: OrderEvidence): Pairs {
  const [ones, others, scales]: [number[], number[], number[]] = [[], [], []];
  for (let one = 0; one < parts.length; one++) {
    for (let other = one + 1; other < parts.length; other++) {
      const scale = isAsked?.(one, other) === false ? 0 : scaleOf(parts[one], parts[other]);
      if (scale === 0) continue;
      ones.push(one);
      others.push(other);
      scales.push(scale);
    }
  }
  return {
    one: Int32Array.from(ones),
    other: Int32Array.from(others),
    scale: Float64Array.from(scales),
    distance: Float64Array.from(scales, (scale, i) => distance(ones[i], others[i], scale)),
  };
}

/** Returns the pairs at some of their places. */
const pick = ({ one, other, scale, distance }: Pairs, places: readonly number[]): Pairs => ({
  one: Int32Array.from(places, (i) => one[i]),
  other: Int32Array.from(places, (i) => other[i]),
  scale: Float64Array.from(places, (i) => scale[i]),
  distance: Float64Array.from(places, (i) => distance[i]),
});

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
export function tellOrder(evidence: OrderEvidence, options: OrderOptions): Order {
  const models = evidence.parts.length;
  const order = new Int8Array(models * models);
  const isBefore: Order = (one, other) => order[one * models + other] as -1 | 0 | 1;
  let open = pairsOf(evidence);
  if (open.one.length === 0) return isBefore;
  const flipped = flip(evidence.parts, open.one.length, options);
  // With few parts even the true signs alone are more than the level.
  while (flipped.allowed >= 1 && open.one.length > 0) {
    const bound = boundOf(flipped, models, open);
    const places = [...open.one.keys()];
    const found = places.filter((i) => Math.abs(open.distance[i]) > bound);
    if (found.length === 0) break;
    for (const i of found) {
      order[open.one[i] * models + open.other[i]] = Math.sign(open.distance[i]);
      order[open.other[i] * models + open.one[i]] = -Math.sign(open.distance[i]);
    }
    open = pick(
      open,
      places.filter((i) => Math.abs(open.distance[i]) <= bound),
    );
  }
  return isBefore;
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
