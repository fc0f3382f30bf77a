import { labelColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { flattenLists } from "../../datasets/preparation/columns.ts";
import type { Table } from "../../datasets/table.ts";
import type { Matrix } from "../../models/matrix.ts";
import { rowsOfColumns } from "../findings/material.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import { limitLists } from "../limit.ts";
import { ownSimilarity, pairedScores } from "../metrics/similarity.ts";
import { type ThresholdMeasures, thresholdMeasures } from "../metrics/threshold.ts";
import type { PairSamples } from "../samples.ts";
import type { PairClassificationTask, Protocol, VectorContext } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { beyondFloat32, embedBoth, embedFinite } from "./embedding.ts";

/** Pairs of texts and their labels; three lists of one length, at least one pair. */
export interface PairRows {
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** 1 for a pair that belongs together, else 0. */
  readonly labels: readonly number[];
}

const measureNames = ["accuracy", "f1", "precision", "recall", "ap"] as const satisfies (keyof ThresholdMeasures)[];

/** Returns rows of pairs; older data sets hold them as one row of lists. */
function flatRows(table: Table, columns: readonly string[]): Table {
  const isLists = table.rows === 1 && columns.some((name) => Array.isArray(table.columns[name]?.at(0)));
  return isLists ? flattenLists(table, columns) : table;
}

const isBit = (value: number): boolean => value === 0 || value === 1;

/** Reads labels as numbers, among them the texts "1" and "0", which mteb turns into numbers too. */
function binaryColumn(table: Table, name: string): number[] {
  const labels: readonly unknown[] = labelColumn(table, name);
  const row = labels.findIndex((label) => (typeof label === "string" ? !/^[01]$/.test(label) : !isBit(Number(label))));
  if (row < 0) return labels.map(Number);
  throw new InputError(
    `data set ${table.name}: column "${name}", row ${row + 1} holds ${JSON.stringify(labels[row])}; expected 1 for a ` +
      "pair that belongs together, 0 for one that does not",
  );
}

/** Embeds both texts of the pairs, each in its role where the task names roles. */
async function embedPairs(
  { name, settings }: PairClassificationTask,
  first: readonly string[],
  second: readonly string[],
  { embed, announce, calibrate }: VectorContext,
): Promise<readonly [Matrix, Matrix]> {
  const [one, other] = settings.roles ?? [];
  if (one === other) return embedBoth(embed, first, second, name, one);
  const documents = one === "document" ? first : second;
  announce(first.length + second.length);
  await calibrate(documents.length, (place) => documents[place]);
  return [await embedFinite(embed, first, name, one), await embedFinite(embed, second, name, other)];
}

const sampledMeasures: readonly PairSamples["measure"][] = ["ap", "accuracy", "f1"];

/** Samples of the main score: the labels, and the scores of one similarity or, for `max_…`, of all. */
function pairSamples(
  mainScore: string,
  labels: readonly number[],
  measured: readonly { readonly name: string; readonly values: Float32Array }[],
): { readonly samples?: PairSamples } {
  const measure = sampledMeasures.find((name) => mainScore.endsWith(`_${name}`));
  if (measure === undefined) return {};
  const similarity = mainScore.slice(0, -measure.length - 1);
  const used = measured.filter(({ name }) => similarity === "max" || name === similarity);
  if (used.length === 0) return {};
  const scores = Object.fromEntries(used.map(({ name, values }) => [name, values]));
  return { samples: { kind: "pairs", measure, labels: Uint8Array.from(labels), scores } };
}

/**
 * Pair classification: how well a threshold on the similarity of two texts separates the pairs that belong together from
 * the others, for the model's own similarity, cosine, Manhattan and Euclidean distance, and inner product; `max_…` is
 * the best of the five. If all pairs have one label, the scores are those of the formulas. Both columns are embedded in
 * one call, or in one each where the task gives them different roles. Source: mteb 2.26 `AbsTaskPairClassification`, `PairClassificationEvaluator`.
 */
export const pairClassificationProtocol: Protocol<PairClassificationTask, PairRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const [first, second] = task.settings.columns;
    const label = task.settings.labelColumn;
    const table = flatRows(await dataset.read(subset, split), [first, second, label]);
    if (table.rows === 0) {
      throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one pair is needed`);
    }
    return { first: textColumn(table, first), second: textColumn(table, second), labels: binaryColumn(table, label) };
  },

  limit: (_task, rows, most, how) => limitLists(rows, most, how),

  inspect(task, { first, second, labels }, tally) {
    tallyConstant(labels, task.settings.labelColumn, tally);
    const textsOf = (row: number): string[] => [first[row], second[row]];
    tallyRows({ length: labels.length, textsOf, labelOf: (row) => labels[row], nameOf: rowName }, tally);
  },

  material: (_task, { first, second, labels }) => ({
    kind: "rows",
    scored: rowsOfColumns([first, second], rowName, labels),
    pairs: { saysAlike: (label) => label === 1 },
    unitIsRow: true,
  }),

  describe: (_task, { first, second }) => unitsOfColumns({ first, second }),

  async evaluate(task, { first, second, labels }, context) {
    const [x, y] = await embedPairs(task, first, second, context);
    const similarities = {
      similarity: ownSimilarity[context.similarity](x, y),
      ...pairedScores(x, y, ["cosine", "manhattan", "euclidean", "dot"]),
    };
    const measured = Object.entries(similarities).map(([name, values]) => {
      // The reference stops at an infinite score; overflow must not decide a rank.
      const usable = values.every(Number.isFinite) ? values : values.fill(Number.NaN);
      return { name, values, measures: thresholdMeasures(labels, usable) };
    });
    const entries = [
      ...measured.flatMap(({ name, measures }) =>
        measureNames.map((measure) => [`${name}_${measure}`, measures[measure]] as const),
      ),
      ...measureNames.map(
        (measure) => [`max_${measure}`, Math.max(...measured.map(({ measures }) => measures[measure]))] as const,
      ),
    ];
    return {
      scores: Object.fromEntries(entries),
      undefinedScores: Object.fromEntries(
        entries.filter(([, score]) => Number.isNaN(score)).map(([name]) => [name, beyondFloat32]),
      ),
      ...pairSamples(task.mainScore, labels, measured),
    };
  },
} satisfies Protocol<PairClassificationTask, PairRows>);
