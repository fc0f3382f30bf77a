import { cosines } from "../figures.mjs";

const sizes = [2, 8, 32, 128];

/** Returns the batch sizes that are tried with so many texts: the three largest that they fill. */
export const batchesFor = (count) => sizes.filter((size) => size <= count).slice(-3);

/**
 * Picks the batch size of the fastest trial.
 * @param trials Of each, the `batch` size and the `seconds` for the same texts.
 */
export const bestBatch = (trials) => trials.reduce((best, one) => (one.seconds < best.seconds ? one : best)).batch;

/** Returns how many rounds fit into a number of seconds: at least four, of which one counts. */
export const roundsIn = (seconds, ofOne) => Math.min(40, Math.max(4, Math.floor(seconds / ofOne)));

/**
 * Returns the mean and the largest of 1 − cosine over the rows of two lists of `count` vectors.
 * @throws Error when the vectors of the two are not of one length, and so not of one model
 */
export function distance(vectors, exact, count) {
  if (vectors.length !== exact.length) {
    throw new Error(
      `vectors have ${vectors.length / count} values, those they are held against ${exact.length / count}`,
    );
  }
  const each = cosines(vectors, exact, exact.length / count).map((cosine) => 1 - cosine);
  return { mean: each.reduce((sum, one) => sum + one, 0) / each.length, largest: Math.max(...each) };
}
