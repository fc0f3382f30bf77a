import { InputError } from "../../datasets/errors.ts";
import { type PythonRandom, pythonRandom } from "../../datasets/random/python.ts";
import type { ClusteringTask } from "../task.ts";

export type DrawSettings = Exclude<ClusteringTask["settings"], { readonly legacy: true }>;

const seed = 42;

/**
 * How many of `rows` documents are embedded; null where all are and nothing is drawn. Throws `InputError` where none
 * would be left, and where both limits are set.
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

/** The documents to embed, in the order in which they are drawn. */
export function drawDocuments(random: PythonRandom, task: string, settings: DrawSettings, rows: number): Int32Array {
  const limit = documentLimit(task, settings, rows);
  return limit === null ? Int32Array.from({ length: rows }, (_, i) => i) : random.sample(rows, limit);
}

/**
 * The generator as it stands when a subset's turn comes. The reference has one for a whole task, which goes on from
 * subset to subset and from split to split; `earlier` holds, of each that was scored before, the lengths of its label
 * paths, on which the number of its draws depends. Source: mteb 2.26 `AbsTaskClustering`, whose `rng_state` this is.
 */
export function randomAfter(earlier: readonly Int32Array[], task: string, settings: DrawSettings): PythonRandom {
  const random = pythonRandom(seed);
  for (const lengths of earlier) {
    const drawn = drawDocuments(random, task, settings, lengths.length);
    const depth = drawn.reduce((most, document) => Math.max(most, lengths[document]), 0);
    const levels = Math.min(depth, settings.maxDepth ?? depth);
    // Each draw takes one number from the generator, whatever it is made among.
    for (let i = 0; i < levels * settings.experiments; i++) random.choices(1, settings.documentsPerExperiment);
  }
  return random;
}
