import { listColumn, textColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";
import type { Table } from "../../datasets/table.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import { rowsOfColumns } from "../findings/material.ts";
import { rowName, tallyRows } from "../findings/rows.ts";
import { cutCorpus, type Drawing, drawSearched, drawUnits, type Limited, type Share, valuesAt } from "../limit.ts";
import { classificationMeasures } from "../metrics/classification.ts";
import type { LabelSamples } from "../samples.ts";
import { placeOfLargest } from "../search/first-of-largest.ts";
import { inOrder } from "../search/in-order.ts";
import { crossSimilarity } from "../search/similarity.ts";
import type { BitextMiningTask, Evaluation, Protocol } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { embedBoth, rowRange } from "./embedding.ts";

/** Texts of two languages; at least one pair. */
export interface ParallelTexts {
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** Place among `second` of the text that belongs to each of `first`. */
  readonly targets: Int32Array;
}

/** Units of the main scores; precision counts how often a text was found, so that it is made of no units. */
const sampledMeasures: Readonly<Record<string, LabelSamples["measure"]>> = {
  f1: "f1_weighted",
  recall: "accuracy",
  accuracy: "accuracy",
};

/** Scores of one product: 16 MiB, of which some four are held at once. */
export const scoresPerProduct = 2 ** 22;

/** Returns the place among `second` of the vector that is most similar to each of `first`, [first.rows]. */
async function nearest(first: Matrix, second: Matrix, similarity: Similarity, kernels: Kernels): Promise<Int32Array> {
  const cross = crossSimilarity(similarity, kernels);
  const held = await cross.hold(cross.prepareQueries(second));
  const found = new Int32Array(first.rows);
  const size = Math.max(1, Math.floor(scoresPerProduct / second.rows));
  const starts = Array.from({ length: Math.ceil(first.rows / size) }, (_, i) => i * size);
  try {
    await inOrder(
      starts,
      (start) => held.score(cross.prepareDocuments(rowRange(first, start, Math.min(start + size, first.rows)))),
      ({ data, rows, dims }, start) => {
        for (let row = 0; row < rows; row++)
          found[start + row] = placeOfLargest(data.subarray(row * dims, (row + 1) * dims));
      },
    );
  } finally {
    held.release();
  }
  return found;
}

/**
 * Scores what was found.
 *
 * @param targets Place of the right text for each text of the first language.
 * @param found Place of the most similar one.
 * @param count Number of texts of the second language.
 */
export function scoreFound(task: BitextMiningTask, targets: Int32Array, found: Int32Array, count: number): Evaluation {
  const measures = classificationMeasures(targets, found, count);
  const { accuracy, f1Weighted: f1, precisionWeighted: precision, recallWeighted: recall } = measures;
  const measure = sampledMeasures[task.mainScore];
  return {
    scores: { precision, recall, f1, accuracy },
    undefinedScores: {},
    ...(measure && { samples: { kind: "labels", measure, truth: targets, predicted: [found] } }),
  };
}

/** Reads the row that holds lists of all texts and the numbers, from 1, of those that belong together. */
function readGold(task: BitextMiningTask, table: Table, goldColumn: string): ParallelTexts {
  const [firstColumn, secondColumn] = task.settings.columns;
  if (table.rows !== 1) {
    throw new InputError(
      `task ${task.name}: ${table.name} has ${table.rows} rows; with settings.goldColumn one row is expected, which ` +
        "holds lists of all texts",
    );
  }
  const [texts = []] = textListColumn(table, firstColumn);
  const [second = []] = textListColumn(table, secondColumn);
  const [gold = []] = listColumn(table, goldColumn);
  const isNumberOf = (value: unknown, list: readonly string[]): value is number =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= list.length;
  const pairs = gold.map((pair, i) => {
    const [from, to] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    if (isNumberOf(from, texts) && isNumberOf(to, second)) return [from, to] as const;
    throw new InputError(
      `task ${task.name}: ${table.name}, column "${goldColumn}", pair ${i + 1} is ${shownJson(pair, 80)}; expected two ` +
        `numbers, from 1 to ${texts.length} and from 1 to ${second.length}`,
    );
  });
  return { first: pairs.map(([from]) => texts[from - 1]), second, targets: Int32Array.from(pairs, ([, to]) => to - 1) };
}

/** Scores that count nothing but how many texts were found. */
const hitScores: readonly string[] = ["accuracy", "recall"];
/** Why the others are other ones over fewer texts. */
const fewerFinds = "with fewer texts each is found wrongly less often, which raises F1 and precision";

/** Leaves drawn pairs. Their second texts are found among all, or, where there are very many, among drawn others. */
function limitPairs(
  { mainScore }: BitextMiningTask,
  rows: ParallelTexts,
  most: number,
  { seed, searchesAll = false }: Drawing = {},
): Limited<ParallelTexts> {
  const { first, second, targets } = rows;
  const kept = drawUnits(first.length, most, seed);
  const wanted = valuesAt(targets, kept);
  const searched = drawSearched(second.length, new Set(wanted), searchesAll ? Infinity : most);
  const isFewer = kept.length < first.length;
  const isCut = searched.length < second.length;
  const share: Share = {
    units: kept.length,
    of: first.length,
    searched: [searched.length, second.length],
    ...(isCut ? { differs: cutCorpus } : isFewer && !hitScores.includes(mainScore) ? { differs: fewerFinds } : {}),
  };
  if (!isFewer && !isCut) return { rows, share };
  const placeOf = new Map(Array.from(searched, (text, place) => [text, place]));
  return {
    rows: {
      first: valuesAt(first, kept),
      second: isCut ? valuesAt(second, searched) : second,
      targets: Int32Array.from(wanted, (text) => placeOf.get(text) as number),
    },
    share,
  };
}

/**
 * Bitext mining: for each text of one language the most similar one of another; precision, recall and F1 of the texts
 * found, weighted by how often each is the right one, and the share of hits. Both columns are embedded in one call.
 * Source: mteb 2.26 `AbsTaskBitextMining`, `BitextMiningEvaluator`.
 */
export const bitextMiningProtocol: Protocol<BitextMiningTask, ParallelTexts> = Object.freeze({
  async read(task, subset, split, dataset) {
    const { columns, goldColumn } = task.settings;
    const table = await dataset.read(subset, split);
    const plain = (): ParallelTexts => ({
      first: textColumn(table, columns[0]),
      second: textColumn(table, columns[1]),
      targets: Int32Array.from({ length: table.rows }, (_, row) => row),
    });
    const rows = goldColumn === undefined ? plain() : readGold(task, table, goldColumn);
    if (rows.first.length > 0) return rows;
    throw new InputError(`task ${task.name}: ${table.name} has no pairs of texts; at least one is needed`);
  },

  limit: limitPairs,

  inspect(_task, { first, second, targets }, tally) {
    const textsOf = (row: number): string[] => [first[row], second[targets[row]]];
    tallyRows({ length: first.length, textsOf, labelOf: () => undefined, nameOf: rowName }, tally);
  },

  material: (_task, { first, second, targets }) => ({
    kind: "rows",
    scored: rowsOfColumns([first, Array.from(targets, (target) => second[target])], rowName),
    unitIsRow: true,
  }),

  describe: (_task, { first, second }) => ({ ...unitsOfColumns({ text: first }), classAt: (place) => second[place] }),

  async evaluate(task, { first, second, targets }, { embed, similarity, kernels }) {
    const [x, y] = await embedBoth(embed, first, second, task.name);
    return scoreFound(task, targets, await nearest(x, y, similarity, kernels), second.length);
  },
} satisfies Protocol<BitextMiningTask, ParallelTexts>);
