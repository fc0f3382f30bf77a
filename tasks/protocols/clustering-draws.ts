import { InputError } from "../../datasets/errors.ts";
import { type PythonRandom, pythonRandom } from "../../datasets/random/python.ts";
import type { ClusteringTask } from "../task.ts";

export type DrawSettings = Exclude<ClusteringTask["settings"], { readonly legacy: true }>;

const seed = 42;

/**
 * Returns how many of `rows` documents are embedded; null if all are and none are drawn. Throws `InputError` if none
 * would be left, and if both limits are set.
 */
export function documentLimit(task: string, settings: DrawSettings, rows: number): number | null {
  const { maxDocuments, maxFraction } = settings;
  if (maxDocuments === null && maxFraction === null) return null;
  if (maxDocuments !== null && maxFraction !== null) {
    throw new InputError(
      `task ${task}: maxDocuments is ${maxDocuments} and maxFraction is ${maxFraction}; one of them must be null`,
    );
  }
  const limit = Math.min(rows, maxDocuments ?? Math.trunc((maxFraction as number) * rows));
  if (limit >= 1) return limit;
  const which = maxFraction === null ? `maxDocuments is ${maxDocuments}` : `maxFraction is ${maxFraction}`;
  throw new InputError(`task ${task}: ${which}, which leaves none of ${rows} documents; at least one is needed`);
}

/** Draws the documents to embed; the order is that of the draws. */
export function drawDocuments(random: PythonRandom, task: string, settings: DrawSettings, rows: number): Int32Array {
  const limit = documentLimit(task, settings, rows);
  return limit === null ? Int32Array.from({ length: rows }, (_, i) => i) : random.sample(rows, limit);
}

/**
 * Returns the random generator in its state before a subset. The reference has one for a whole task, from subset to
 * subset and from split to split; `earlier` holds the lengths of the label paths of each that was scored before, on which
 * the number of its draws depends. Source: mteb 2.26 `AbsTaskClustering`, whose `rng_state` this is.
 */
export function randomAfter(earlier: readonly Int32Array[], task: string, settings: DrawSettings): PythonRandom {
  const random = pythonRandom(seed);
  for (const lengths of earlier) {
    const drawn = drawDocuments(random, task, settings, lengths.length);
    const depth = drawn.reduce((most, document) => Math.max(most, lengths[document]), 0);
    const levels = Math.min(depth, settings.maxDepth ?? depth);
    // Each draw takes one number from the generator, whatever its range.
    for (let i = 0; i < levels * settings.experiments; i++) random.choices(1, settings.documentsPerExperiment);
  }
  return random;
}
