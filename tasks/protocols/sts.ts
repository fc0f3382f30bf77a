import { numberColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import { openTally } from "../findings/tally.ts";
import { limitLists } from "../limit.ts";
import { pearson, spearman } from "../metrics/correlation.ts";
import { ownSimilarity, pairedScores } from "../metrics/similarity.ts";
import type { Protocol, StsTask } from "../task.ts";
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

/**
 * Semantic textual similarity: Pearson's and Spearman's correlation of the similarities of pairs with human scores, for
 * the model's own similarity, the cosine, and negated Manhattan and Euclidean distance. Both columns are embedded in one
 * call. Source: mteb 2.26 `AbsTaskSTS`, `AnySTSEvaluator`.
 */
export const stsProtocol: Protocol<StsTask, StsRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const table = await dataset.read(subset, split);
    if (table.rows === 0) {
      throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one pair is needed`);
    }
    const [first, second] = task.settings.columns;
    return { first: textColumn(table, first), second: textColumn(table, second), gold: numberColumn(table, "score") };
  },

  limit: (_task, rows, most) => limitLists(rows, most),

  inspect(_task, { first, second, gold }) {
    const tally = openTally();
    tallyConstant(gold, "score", tally);
    const textsOf = (row: number): string[] => [first[row], second[row]];
    tallyRows({ length: gold.length, textsOf, labelOf: (row) => gold[row], nameOf: rowName }, tally);
    return tally.findings();
  },

  async evaluate(task, { first, second, gold }, context) {
    const { minScore, maxScore } = task.settings;
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
  },
} satisfies Protocol<StsTask, StsRows>);
