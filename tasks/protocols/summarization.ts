import { numberListColumn, textColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { type Matrix, selectRows } from "../../models/matrix.ts";
import { pearson, spearman } from "../metrics/correlation.ts";
import { isConstant, mean } from "../metrics/lists.ts";
import { correlationPValue, pearsonPValue } from "../metrics/significance.ts";
import { ownSimilarity, type PairedScore } from "../metrics/similarity.ts";
import type { MeanSamples } from "../samples.ts";
import type { Protocol, SummarizationTask } from "../task.ts";
import { beginningOf, beyondFloat32, embedFinite, rowRange } from "./embedding.ts";

/** The summaries of one text; at least one of each kind. */
export interface JudgedSummaries {
  readonly human: readonly string[];
  readonly machine: readonly string[];
  /** People's judgement of each machine summary, in the range of the task's settings. */
  readonly judgements: readonly number[];
}

type Kind = "own" | "cosine" | "dot";

/** The judgements of a text's machine summaries, scaled to 0 … 1, and their closeness to the nearest human summary. */
type ScoredText = Readonly<Record<Kind, readonly number[]>> & { readonly judgements: readonly number[] };

interface Correlation {
  readonly of: (x: readonly number[], y: readonly number[]) => number;
  readonly pValue: (correlation: number, count: number) => number;
}

const byValue: Correlation = { of: pearson, pValue: pearsonPValue };
const byRank: Correlation = { of: spearman, pValue: correlationPValue };

/** mteb's names of the scores, in its order. */
const scoreKinds: readonly (readonly [string, Kind, Correlation])[] = [
  ["pearson", "own", byValue],
  ["spearman", "own", byRank],
  ["cosine_spearman", "cosine", byRank],
  ["cosine_pearson", "cosine", byValue],
  ["dot_pearson", "dot", byValue],
  ["dot_spearman", "dot", byRank],
];

function checkSummaries({ human, machine, judgements }: JudgedSummaries, place: string): void {
  if (human.length === 0) throw new InputError(`${place} has no human summaries; at least one is needed`);
  if (machine.length === 0) throw new InputError(`${place} has no machine summaries; at least one is needed`);
  if (machine.length !== judgements.length) {
    throw new InputError(
      `${place} has ${judgements.length} judgements of ${machine.length} machine summaries; each summary needs one`,
    );
  }
}

/** For each machine summary its score against the human summary that is closest to it. */
function closest(similarity: PairedScore, machine: Matrix, human: Matrix): number[] {
  const pairs = Array.from({ length: machine.rows * human.rows }, (_, i) => i);
  const scores = similarity(
    selectRows(
      machine,
      pairs.map((i) => Math.floor(i / human.rows)),
    ),
    selectRows(
      human,
      pairs.map((i) => i % human.rows),
    ),
  );
  return Array.from({ length: machine.rows }, (_, i) =>
    Math.max(...scores.subarray(i * human.rows, (i + 1) * human.rows)),
  );
}

/** Scores of the texts' summaries; `vectors` holds those of the human summaries, text by text, then of the others. */
function scoreTexts(
  texts: readonly JudgedSummaries[],
  vectors: Matrix,
  similarities: Readonly<Record<Kind, PairedScore>>,
  scale: (judgement: number) => number,
): ScoredText[] {
  let humanStart = 0;
  let machineStart = texts.reduce((sum, { human }) => sum + human.length, 0);
  return texts.map(({ human, machine, judgements }) => {
    const x = rowRange(vectors, machineStart, machineStart + machine.length);
    const y = rowRange(vectors, humanStart, humanStart + human.length);
    machineStart += machine.length;
    humanStart += human.length;
    return {
      judgements: judgements.map(scale),
      own: closest(similarities.own, x, y),
      cosine: closest(similarities.cosine, x, y),
      dot: closest(similarities.dot, x, y),
    };
  });
}

/** Texts that say nothing about the model are left out, as in the reference, which asks this of these three lists. */
function isTelling({ judgements, cosine, dot }: ScoredText): boolean {
  return ![judgements, cosine, dot].some(isConstant);
}

/** Why the mean over these texts is undefined. */
function reasonFor(texts: readonly ScoredText[], kind: Kind): string {
  if (texts.length === 0) return "in every text the judgements, or the model's scores, are all equal";
  if (!texts.every((text) => text[kind].every(Number.isFinite))) return beyondFloat32;
  if (texts.some((text) => isConstant(text[kind]))) return "the model scores all summaries of a text alike";
  return "the p-value of a rank correlation needs three machine summaries or more";
}

/**
 * What a mean over the texts is made of. Texts are left out by the model's scores, so that their place does not tell
 * which they are: ids are row numbers, from 0. With p-values a text's part of the mean is that of both numbers.
 */
function textSamples(
  measure: string,
  scored: readonly ScoredText[],
  values: readonly (readonly number[])[],
): MeanSamples {
  const ids = scored.flatMap((text, row) => (isTelling(text) ? [String(row)] : []));
  return { kind: "mean", measure, ids, values: Float64Array.from(values, mean) };
}

/**
 * Summarization: how well closeness to the nearest human summary ranks machine summaries as people do, by the mean over
 * texts of Pearson's and Spearman's correlation, for the model's own similarity, the cosine, and the inner product.
 * Texts whose judgements, cosines or inner products are all equal are left out. With `legacy` the p-values of the
 * correlations enter the mean beside them, which is how MTEB(eng, v1) was scored. All summaries are embedded in one
 * call. Source: mteb 2.26 `SummarizationEvaluator`, `DeprecatedSummarizationEvaluator`.
 */
export const summarizationProtocol: Protocol<SummarizationTask, readonly JudgedSummaries[]> = Object.freeze({
  async read(task, subset, split, dataset) {
    const table = await dataset.read(subset, split);
    if (table.rows === 0) {
      throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one text is needed`);
    }
    const human = textListColumn(table, task.settings.humanColumn);
    const machine = textListColumn(table, task.settings.machineColumn);
    const judgements = numberListColumn(table, task.settings.relevanceColumn);
    return textColumn(table, task.settings.textColumn).map((text, i) => {
      const summaries = { human: human[i] ?? [], machine: machine[i] ?? [], judgements: judgements[i] ?? [] };
      checkSummaries(summaries, `task ${task.name}: ${table.name}, row ${i + 1}, ${beginningOf(text)}`);
      return summaries;
    });
  },

  async evaluate(task, texts, context) {
    const { minScore, maxScore, legacy = false } = task.settings;
    const summaries = [...texts.flatMap(({ human }) => human), ...texts.flatMap(({ machine }) => machine)];
    const vectors = await embedFinite(context.embed, summaries, task.name);
    const { cosine, dot, [context.similarity]: own } = ownSimilarity;
    const scored = scoreTexts(
      texts,
      vectors,
      { own, cosine, dot },
      (value) => (value - minScore) / (maxScore - minScore),
    );
    const telling = scored.filter(isTelling);
    const entries = scoreKinds.map(([name, kind, correlation]) => {
      const values = telling.map((text) => {
        const value = correlation.of(text.judgements, text[kind]);
        return legacy ? [value, correlation.pValue(value, text.judgements.length)] : [value];
      });
      return { name, kind, values, score: mean(values.flat()) };
    });
    const main = entries.find(({ name }) => name === task.mainScore);
    return {
      scores: Object.fromEntries(entries.map(({ name, score }) => [name, score])),
      undefinedScores: Object.fromEntries(
        entries.filter(({ score }) => Number.isNaN(score)).map(({ name, kind }) => [name, reasonFor(telling, kind)]),
      ),
      ...(main && { samples: textSamples(main.name, scored, main.values) }),
    };
  },
} satisfies Protocol<SummarizationTask, readonly JudgedSummaries[]>);
