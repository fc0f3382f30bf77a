import { numpyGenerator } from "../datasets/random/numpy.ts";

/** Seed of all draws of a limit: the same units are scored of every model. */
export const limitSeed = 42;

/** Documents that are searched for each unit that the limit allows; a corpus of no more than these stays whole. */
const documentsPerUnit = 100;

/** How a share is drawn, where otherwise than a limit does. */
export interface Drawing {
  /** Default: `limitSeed`. */
  readonly seed?: number;
  /** What is searched stays whole, whatever its size; a first stage does so, and whoever computes units again. */
  readonly searchesAll?: boolean;
}

/** What a limit left of the rows of a subset. */
export interface Share {
  /** Number of units that are scored (queries, pairs, rows, texts, documents), and of those that there are. */
  readonly units: number;
  readonly of: number;
  /** Number of documents that are searched, and of those that there are; absent where nothing is searched. */
  readonly searched?: readonly [documents: number, of: number];
  /** Why the score does not estimate that of all units, being systematically another one; absent where it does. */
  readonly differs?: string;
}

/** Rows of which a limit left a share. */
export interface Limited<Rows> {
  readonly rows: Rows;
  readonly share: Share;
}

/**
 * Draws the places of at most `most` of `of` units, ascending: the first of a permutation that follows from their number
 * alone. So the draw is the same for every model and machine, whatever ran before; a higher limit keeps the units of a
 * lower one; and lists of one length, such as parallel texts, keep the same places, so that their vectors are shared.
 * numpy draws the same: `sorted(numpy.random.default_rng(42).permutation(of)[:most])`.
 */
export function drawUnits(of: number, most: number, seed = limitSeed): Int32Array {
  if (of <= most) return Int32Array.from({ length: of }, (_, place) => place);
  return numpyGenerator(seed).permutation(of).slice(0, most).sort();
}

/**
 * Draws what is searched of `of` documents, ascending: all where they are `documentsPerUnit` for each unit of the limit or
 * fewer, else those that the kept units need, filled up to that number in the order of `drawUnits`' permutation.
 */
export function drawSearched(of: number, needed: ReadonlySet<number>, most: number): Int32Array {
  const room = documentsPerUnit * most;
  if (of <= room) return drawUnits(of, of);
  const kept = new Set(needed);
  for (const document of numpyGenerator(limitSeed).permutation(of)) {
    if (kept.size >= room) break;
    kept.add(document);
  }
  return Int32Array.from(kept).sort();
}

/** Why a score over a cut corpus is another one. */
export const cutCorpus = "fewer documents are searched, which makes the task easier";

/** Returns the list's values at these places, in their order. */
export const valuesAt = <Value>(list: ArrayLike<Value>, places: ArrayLike<number>): Value[] =>
  Array.from(places, (place) => list[place]);

/** Leaves a drawn share of rows that are lists of one length, one value a unit. */
export function limitLists<Rows extends { readonly [Key in keyof Rows]: readonly unknown[] }>(
  rows: Rows,
  most: number,
  { seed }: Drawing = {},
): Limited<Rows> {
  const lists = Object.entries<readonly unknown[]>(rows);
  const of = lists[0]?.[1].length ?? 0;
  const kept = drawUnits(of, most, seed);
  const share = { units: kept.length, of };
  if (kept.length === of) return { rows, share };
  return { rows: { ...rows, ...Object.fromEntries(lists.map(([name, list]) => [name, valuesAt(list, kept)])) }, share };
}
