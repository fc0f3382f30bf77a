import { labelPathColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import type { MaterialRows } from "../findings/material.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import type { Tally } from "../findings/tally.ts";
import { learners } from "../learners/backends.ts";
import { pointsOf } from "../learners/points.ts";
import { type Limited, limitLists } from "../limit.ts";
import { contingencyTable, vMeasure } from "../metrics/clustering.ts";
import { standardDeviation } from "../metrics/float64.ts";
import { mean } from "../metrics/lists.ts";
import type { Evaluation, VectorContext } from "../task.ts";
import type { Units } from "../units.ts";
import { embedFinite } from "./embedding.ts";
import type { Label } from "./labels.ts";

/** Documents that are clustered by themselves, with their classes; two lists of one length. */
export interface DocumentSet {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

const batchSize = 500;
const seed = 42;

/**
 * Reads the sets of documents of a split, one per row. Throws `InputError` for a split without rows and for a row whose
 * lists differ in length.
 */
export function readDocumentSets(
  task: string,
  table: Table,
  columns: { readonly textColumn: string; readonly labelColumn: string },
): DocumentSet[] {
  if (table.rows === 0) throw new InputError(`task ${task}: ${table.name} has no rows; at least one is needed`);
  const texts = textListColumn(table, columns.textColumn);
  const labels = labelPathColumn(table, columns.labelColumn);
  return texts.map((list, row) => {
    const own = labels[row] as readonly Label[];
    if (own.length === list.length) return { texts: list, labels: own };
    throw new InputError(
      `task ${task}: row ${row + 1} of ${table.name} has ${list.length} texts in column "${columns.textColumn}" and ` +
        `${own.length} labels in column "${columns.labelColumn}"; each text needs one label`,
    );
  });
}

/** Why the V-measure of fewer documents is another one. */
export const fewerDocuments = "few documents a class are clustered otherwise than many; V-measure is mostly higher";

/** Leaves drawn documents of each set. */
export function limitDocumentSets(
  sets: readonly DocumentSet[],
  most: number,
): Limited<{ readonly sets: readonly DocumentSet[] }> {
  const limited = sets.map(({ texts, labels }) => limitLists({ texts, labels }, most));
  const sum = (part: "units" | "of"): number => limited.reduce((total, { share }) => total + share[part], 0);
  const share = { units: sum("units"), of: sum("of") };
  const rows = { sets: limited.map((one) => one.rows) };
  return { rows, share: share.units < share.of ? { ...share, differs: fewerDocuments } : share };
}

/** Counts what is peculiar about each set; a set without or with one label scores 1. */
const documentName = (set: number, row: number): string => `set ${set + 1}, ${rowName(row)}`;

export function inspectDocumentSets(sets: readonly DocumentSet[], tally: Tally): void {
  sets.forEach(({ texts, labels }, set) => {
    tallyConstant(labels, `set ${set + 1}`, tally);
    const textsOf = (row: number): string[] => [texts[row]];
    const nameOf = (row: number): string => documentName(set, row);
    tallyRows({ length: texts.length, textsOf, labelOf: (row) => labels[row], nameOf }, tally);
  });
}

/** Lists the documents of all sets. */
export function rowsOfSets(sets: readonly DocumentSet[]): MaterialRows {
  const all = sets.flatMap(({ texts, labels }, set) =>
    texts.map((text, row) => ({ text, label: labels[row], set, row })),
  );
  return {
    length: all.length,
    textsOf: (row) => [all[row].text],
    labelOf: (row) => all[row].label,
    nameOf: (row) => documentName(all[row].set, all[row].row),
  };
}

/** Shows the first documents of a set, of which there may be thousands. */
export const describeDocumentSets = (sets: readonly DocumentSet[]): Units => ({
  at: (place) =>
    place in sets
      ? { texts: Object.fromEntries(sets[place].texts.slice(0, 3).map((text, i) => [`document ${i + 1}`, text])) }
      : undefined,
});

/** Returns the V-measure of a set in as many clusters as it has classes; 1, without embedding, if it has at most one. */
async function scoreSet(task: string, { texts, labels }: DocumentSet, context: VectorContext): Promise<number> {
  const numbers = new Map([...new Set(labels)].map((label, number) => [label, number]));
  if (numbers.size <= 1) return 1;
  const points = pointsOf(await embedFinite(context.embed, texts, task));
  const rows = Int32Array.from(texts, (_, row) => row);
  const options = { clusters: numbers.size, batchSize, seed };
  const found = await learners[context.backend].cluster(points, rows, options, context.kernels);
  const truth = Int32Array.from(labels, (label) => numbers.get(label) as number);
  return vMeasure(contingencyTable(truth, found));
}

/**
 * Evaluates clustering as in MTEB(eng, v1): the V-measure of each set, their mean and standard deviation. Sets are
 * embedded one after the other, which bounds the memory. Source: mteb 2.26 `AbsTaskClusteringLegacy`,
 * `ClusteringEvaluator`.
 */
export async function evaluateDocumentSets(
  task: string,
  sets: readonly DocumentSet[],
  context: VectorContext,
): Promise<Evaluation> {
  const vMeasures: number[] = [];
  for (const set of sets) vMeasures.push(await scoreSet(task, set, context));
  return {
    scores: { v_measure: mean(vMeasures), v_measure_std: standardDeviation(vMeasures), v_measures: vMeasures },
    undefinedScores: {},
    samples: { kind: "mean", measure: "v_measure", values: Float64Array.from(vMeasures) },
  };
}
