import type { LabelPath } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";

/** One level of the label paths, with the documents that count there and their classes. */
export interface LabelLevel {
  /** Ascending places of the documents among all. */
  readonly documents: Int32Array;
  /** Class of each such document, 0 … classes − 1, [documents.length]. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** The reference's mark of a level that a path does not reach. */
const missing = -1;

/** Returns the label at a level; undefined if the document does not count there. */
function labelAt(path: LabelPath, level: number, textual: boolean): string | number | undefined {
  const label = path[level] ?? missing;
  // Among texts the mark is a text and a class like any other; a number that equals the mark is taken for it.
  if (textual) return String(label);
  return Number(label) === missing ? undefined : Number(label);
}

function levelOf(paths: readonly LabelPath[], level: number, textual: boolean): LabelLevel {
  const numbers = new Map<string | number, number>();
  const documents: number[] = [];
  const labels: number[] = [];
  paths.forEach((path, document) => {
    const label = labelAt(path, level, textual);
    if (label === undefined) return;
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    documents.push(document);
    labels.push(number);
  });
  return { documents: Int32Array.from(documents), labels: Int32Array.from(labels), classes: numbers.size };
}

/**
 * Returns the levels of the label paths, as many as the longest path has, but at most `maxDepth` (null for all). A path
 * that does not reach a level belongs to the class "-1" there if labels are texts; otherwise its document is left out, and
 * so is one whose label is −1. Throws `InputError` beginning with `subject` if there is no level, or a level without
 * documents. Source: mteb 2.26 `_evaluate_clustering_bootstrapped`.
 */
export function labelLevels(paths: readonly LabelPath[], maxDepth: number | null, subject: string): LabelLevel[] {
  const depth = paths.reduce((most, path) => Math.max(most, path.length), 0);
  if (depth === 0) throw new InputError(`${subject}: no document has a label; at least one is needed`);
  const textual = paths.some((path) => typeof path[0] === "string");
  return Array.from({ length: Math.min(depth, maxDepth ?? depth) }, (_, level) => {
    const found = levelOf(paths, level, textual);
    if (found.classes > 0) return found;
    throw new InputError(`${subject}: no document counts at level ${level}, where every label is -1`);
  });
}
