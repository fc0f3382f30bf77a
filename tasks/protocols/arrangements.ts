import { idColumn, numberListColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import { selectRows } from "../../models/matrix.ts";
import type { RowMaterial } from "../findings/material.ts";
import { rowName, tallyRows } from "../findings/rows.ts";
import type { Tally } from "../findings/tally.ts";
import { ratioThresholds } from "../metrics/agreement.ts";
import { ownSimilarity } from "../metrics/similarity.ts";
import type { AgreementSamples } from "../samples.ts";
import { agreementScore } from "../statistics/agreement.ts";
import type { Evaluation, StsTask, VectorContext } from "../task.ts";
import { type Units, unitsOfColumns } from "../units.ts";
import { embedFinite } from "./embedding.ts";

export type ArrangementSettings = Extract<StsTask["settings"], { readonly arrangements: true }>;

/** Texts that people laid out on a plane, the closer the more alike; lists of one length, one value an arrangement. */
export interface Arrangements {
  readonly ids: readonly string[];
  /** Different texts. */
  readonly texts: readonly (readonly string[])[];
  /** Places of the texts, in any unit. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
}

/**
 * Reads the arrangements of a split, one a row. Throws `InputError` for a split without rows, for lists that differ in
 * length, for an arrangement without texts or with one of them twice, and for an id that comes again.
 */
export function readArrangements(task: string, table: Table, settings: ArrangementSettings): Arrangements {
  if (table.rows === 0) throw new InputError(`task ${task}: ${table.name} has no rows; at least one is needed`);
  const { idColumn: id, textsColumn, xColumn, yColumn } = settings;
  const ids = idColumn(table, id);
  const texts = textListColumn(table, textsColumn);
  const [x, y] = [numberListColumn(table, xColumn), numberListColumn(table, yColumn)];
  const wrong = (row: number, what: string): InputError =>
    new InputError(`task ${task}: row ${row + 1} of ${table.name} ${what}`);
  const rowOf = new Map(ids.map((one, row) => [one, row] as const).reverse());
  texts.forEach((own, row) => {
    if (own.length === 0) throw wrong(row, `has no texts in column "${textsColumn}"; expected one or more`);
    if (x[row].length !== own.length || y[row].length !== own.length) {
      const places = `${x[row].length} numbers in column "${xColumn}" and ${y[row].length} in column "${yColumn}"`;
      throw wrong(row, `has ${own.length} texts in column "${textsColumn}", ${places}; each text needs a place`);
    }
    const again = own.findIndex((text, i) => own.indexOf(text) < i);
    if (again >= 0) throw wrong(row, `has the text ${JSON.stringify(own[again])} twice; expected different texts`);
    const first = rowOf.get(ids[row]) as number;
    if (first < row) throw wrong(row, `has the id ${ids[row]}, which row ${first + 1} has too; expected one row an id`);
  });
  return { ids, texts, x, y };
}

/** Counts empty texts, and arrangements that come again. */
export function inspectArrangements({ texts, x, y }: Arrangements, tally: Tally): void {
  const textsOf = (row: number): readonly string[] => texts[row];
  tallyRows({ length: texts.length, textsOf, labelOf: (row) => [x[row], y[row]], nameOf: rowName }, tally);
}

/** Shows the texts of each arrangement to what compares them. */
export const materialOfArrangements = ({ texts, x, y }: Arrangements): RowMaterial => ({
  kind: "rows",
  scored: {
    length: texts.length,
    textsOf: (row) => texts[row],
    labelOf: (row) => [x[row], y[row]],
    nameOf: rowName,
  },
  unitIsRow: true,
});

/** Shows the texts of each arrangement in one. */
export const describeArrangements = ({ ids, texts }: Arrangements): Units =>
  unitsOfColumns({ arrangement: texts.map((own) => own.join(" · ")) }, (row) => ids[row]);

/** The pairs (i, j), i < j, of that many texts, row by row. */
const pairsOf = (count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: count - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  ).flat();

/** Makes a symmetric table, [count][count], with 0 in its diagonal, of a value for each pair. */
function tableOfPairs(count: number, value: (pair: number, i: number, j: number) => number): Float64Array[] {
  const table = Array.from({ length: count }, () => new Float64Array(count));
  for (const [pair, [i, j]] of pairsOf(count).entries()) table[i][j] = table[j][i] = value(pair, i, j);
  return table;
}

/**
 * Computes the distances of the texts as the reference has them after its detour over scores, 1 − (1 − d ÷ largest d); NaN
 * where all stand at one place. Source: scikit-learn 1.9 `euclidean_distances`.
 */
function distancesOf(x: readonly number[], y: readonly number[]): Float64Array[] {
  const square = (i: number): number => x[i] * x[i] + y[i] * y[i];
  const distances = tableOfPairs(x.length, (_, i, j) =>
    Math.sqrt(Math.max(0, -2 * (x[i] * x[j] + y[i] * y[j]) + square(i) + square(j))),
  );
  const largest = distances.reduce((most, row) => row.reduce((a, b) => Math.max(a, b), most), 0);
  return tableOfPairs(x.length, (_, i, j) => 1 - (1 - distances[i][j] / largest));
}

/** Adds a triplet of this ratio to the counts of one arrangement, for each threshold that it exceeds. */
function count(lists: readonly Int32Array[], unit: number, ratio: number): void {
  for (const [i, threshold] of ratioThresholds.entries()) if (ratio > threshold) lists[i][unit]++;
}

/**
 * Goes through the triplets of an arrangement, a text and two others that it has different distances to: of those whose
 * ratio of distances exceeds each threshold, all, and those in which the model finds the closer one strictly more alike.
 */
function countTriplets(
  samples: AgreementSamples,
  unit: number,
  distances: readonly Float64Array[],
  similarities: readonly Float64Array[],
): void {
  const pairs = pairsOf(distances.length);
  for (const [anchor, distanceTo] of distances.entries()) {
    const similarityTo = similarities[anchor];
    for (const [i, j] of pairs) {
      if (i === anchor || j === anchor) continue;
      const [closer, farther] = distanceTo[i] < distanceTo[j] ? [i, j] : [j, i];
      const ratio = distanceTo[farther] / distanceTo[closer];
      count(samples.triplets, unit, ratio);
      if (similarityTo[closer] > similarityTo[farther]) count(samples.agreed, unit, ratio);
    }
  }
}

/**
 * Evaluates arrangements: how often, over triplets of texts, the model finds that text more similar to the first which
 * people laid closer to it, as Krippendorff's alpha over thresholds of the ratio of both distances. Each different text is
 * embedded once. Source: mteb 2.26 `StakeholderGrounding`.
 */
export async function evaluateArrangements(
  task: string,
  { texts, x, y }: Arrangements,
  context: VectorContext,
): Promise<Evaluation> {
  const distinct = [...new Set(texts.flat())];
  const placeOf = new Map(distinct.map((text, place) => [text, place]));
  const vectors = await embedFinite(context.embed, distinct, task);
  const lists = () => ratioThresholds.map(() => new Int32Array(texts.length));
  const samples: AgreementSamples = { kind: "agreement", measure: "alpha_auc", triplets: lists(), agreed: lists() };
  for (const [unit, own] of texts.entries()) {
    const pairs = pairsOf(own.length);
    const places = own.map((text) => placeOf.get(text) as number);
    const [first, second] = [0, 1].map((side) =>
      selectRows(
        vectors,
        pairs.map((pair) => places[pair[side]]),
      ),
    );
    const values = ownSimilarity[context.similarity](first, second);
    const similarities = tableOfPairs(own.length, (pair) => values[pair]);
    countTriplets(samples, unit, distancesOf(x[unit], y[unit]), similarities);
  }
  const score = agreementScore(samples)(new Int32Array(texts.length).fill(1));
  return {
    scores: { alpha_auc: score },
    undefinedScores: Number.isNaN(score) ? { alpha_auc: "no text has others at different distances" } : {},
    samples,
  };
}
