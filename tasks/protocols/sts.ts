import { numberColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import { type RowMaterial, rowsOfColumns } from "../findings/material.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import type { Tally } from "../findings/tally.ts";
import { limitLists } from "../limit.ts";
import { pearson, spearman } from "../metrics/correlation.ts";
import { ownSimilarity, pairedScores } from "../metrics/similarity.ts";
import type { Evaluation, Protocol, StsTask, VectorContext } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import {
  type Arrangements,
  describeArrangements,
  evaluateArrangements,
  inspectArrangements,
  materialOfArrangements,
  readArrangements,
} from "./arrangements.ts";
import { beyondFloat32, embedBoth } from "./embedding.ts";

/** Pairs of texts with human scores of their similarity; three lists of one length, at least one pair. */
export interface StsRows {
  readonly first: readonly string[];
  readonly second: readonly string[];
  /** In the range of the task's settings. */
  readonly gold: readonly number[];
}

/** Explains an undefined correlation of these scores with the gold ones. */
function reasonFor(gold: readonly number[], scores: Float32Array): string {
  if (gold.length < 2) return "a correlation needs two pairs or more";
  if (gold.every((score) => score === gold[0])) return "all gold scores are equal";
  if (scores.every((score) => score === scores[0])) return "the model scores all pairs alike";
  return beyondFloat32;
}

type PairSettings = Exclude<StsTask["settings"], { readonly arrangements: true }>;

function readPairs(task: StsTask, settings: PairSettings, table: Table): StsRows {
  if (table.rows === 0) {
    throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one pair is needed`);
  }
  const [first, second] = settings.columns;
  return { first: textColumn(table, first), second: textColumn(table, second), gold: numberColumn(table, "score") };
}

function inspectPairs({ first, second, gold }: StsRows, tally: Tally): void {
  tallyConstant(gold, "score", tally);
  const textsOf = (row: number): string[] => [first[row], second[row]];
  tallyRows({ length: gold.length, textsOf, labelOf: (row) => gold[row], nameOf: rowName }, tally);
}

/** Share of the range of scores from which on a score says that two texts mean nearly the same. */
const alikeShare = 0.8;

const materialOfPairs = ({ settings }: StsTask, { first, second, gold }: StsRows): RowMaterial => {
  const { minScore, maxScore } = settings as PairSettings;
  const least = minScore + alikeShare * (maxScore - minScore);
  return {
    kind: "rows",
    scored: rowsOfColumns([first, second], rowName, gold),
    pairs: { saysAlike: (score) => Number(score) >= least },
    scoreRange: maxScore - minScore,
    unitIsRow: true,
  };
};

async function evaluatePairs(
  task: StsTask,
  { minScore, maxScore }: PairSettings,
  { first, second, gold }: StsRows,
  context: VectorContext,
): Promise<Evaluation> {
  const [x, y] = await embedBoth(context.embed, first, second, task.name);
  const normalized = gold.map((score) => (score - minScore) / (maxScore - minScore));

  const { cosine, manhattan, euclidean } = pairedScores(x, y, ["cosine", "manhattan", "euclidean"]);
  const scored = [
    { prefix: "", values: ownSimilarity[context.similarity](x, y) },
    { prefix: "cosine_", values: cosine },
    { prefix: "manhattan_", values: manhattan },
    { prefix: "euclidean_", values: euclidean },
  ];
  const entries = scored.flatMap(({ prefix, values }) => [
    { name: `${prefix}pearson`, measure: "pearson" as const, score: pearson(normalized, values), values },
    { name: `${prefix}spearman`, measure: "spearman" as const, score: spearman(normalized, values), values },
  ]);
  const main = entries.find(({ name }) => name === task.mainScore);
  return {
    scores: Object.fromEntries(entries.map(({ name, score }) => [name, score])),
    undefinedScores: Object.fromEntries(
      entries
        .filter(({ score }) => Number.isNaN(score))
        .map(({ name, values }) => [name, reasonFor(normalized, values)]),
    ),
    ...(main && {
      samples: {
        kind: "correlation",
        measure: main.measure,
        gold: Float64Array.from(normalized),
        scores: main.values,
      },
    }),
  };
}

/**
 * Semantic textual similarity: Pearson's and Spearman's correlation of the similarities of pairs with human scores, for
 * the model's own similarity, the cosine, and negated Manhattan and Euclidean distance. Both columns are embedded in one
 * call. Tasks of `arrangements` have a protocol of their own. Source: mteb 2.26 `AbsTaskSTS`, `AnySTSEvaluator`.
 */
export const stsProtocol: Protocol<StsTask, StsRows | Arrangements> = Object.freeze({
  async read(task, subset, split, dataset) {
    const { name, settings } = task;
    const table = await dataset.read(subset, split);
    return "arrangements" in settings ? readArrangements(name, table, settings) : readPairs(task, settings, table);
  },

  limit: (_task, rows, most, how) => limitLists(rows, most, how),

  inspect: (_task, rows, tally) => ("gold" in rows ? inspectPairs(rows, tally) : inspectArrangements(rows, tally)),

  material: (task, rows) => ("gold" in rows ? materialOfPairs(task, rows) : materialOfArrangements(rows)),

  describe: (_task, rows) =>
    "gold" in rows ? unitsOfColumns({ first: rows.first, second: rows.second }) : describeArrangements(rows),

  async evaluate(task, rows, context) {
    const { name, settings } = task;
    if (!("gold" in rows)) return evaluateArrangements(name, rows, context);
    if ("arrangements" in settings) throw new RangeError(`stsProtocol: ${name} is of arrangements, its rows are not`);
    return evaluatePairs(task, settings, rows, context);
  },
} satisfies Protocol<StsTask, StsRows | Arrangements>);
