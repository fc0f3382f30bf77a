import { numberListColumn, textColumn, textListColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { type Matrix, selectRows } from "../../models/matrix.ts";
import { rowName, tallyRows } from "../findings/rows.ts";
import { limitLists } from "../limit.ts";
import { pearson, spearman } from "../metrics/correlation.ts";
import { isConstant, mean } from "../metrics/lists.ts";
import { correlationPValue, pearsonPValue } from "../metrics/significance.ts";
import { ownSimilarity, type PairedScore } from "../metrics/similarity.ts";
import type { MeanSamples } from "../samples.ts";
import type { Protocol, SummarizationTask } from "../task.ts";
import { beginningOf, beyondFloat32, embedBoth, rowRange } from "./embedding.ts";

/** The summaries of one text, at least one of each kind. */
export interface JudgedSummaries {
  readonly human: readonly string[];
  readonly machine: readonly string[];
  /** Human judgement of each machine summary, in the range of the task's settings. */
  readonly judgements: readonly number[];
  /** The text's row in the data, where texts before it were left out. */
  readonly row?: number;
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

/** Returns each machine summary's score against the closest human summary. */
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

/** Scores each text's summaries from the vectors of all summaries, text by text. */
function scoreTexts(
  texts: readonly JudgedSummaries[],
  humanVectors: Matrix,
  machineVectors: Matrix,
  similarities: Readonly<Record<Kind, PairedScore>>,
  scale: (judgement: number) => number,
): ScoredText[] {
  let humanStart = 0;
  let machineStart = 0;
  return texts.map(({ human, machine, judgements }) => {
    const x = rowRange(machineVectors, machineStart, machineStart + machine.length);
    const y = rowRange(humanVectors, humanStart, humanStart + human.length);
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

/** Tells whether none of these three lists is constant; the reference leaves out other texts, as they tell nothing. */
function isTelling({ judgements, cosine, dot }: ScoredText): boolean {
  return ![judgements, cosine, dot].some(isConstant);
}

/** Explains an undefined mean over these texts. */
function reasonFor(texts: readonly ScoredText[], kind: Kind): string {
  if (texts.length === 0) return "in every text the judgements, or the model's scores, are all equal";
  if (!texts.every((text) => text[kind].every(Number.isFinite))) return beyondFloat32;
  if (texts.some((text) => isConstant(text[kind]))) return "the model scores all summaries of a text alike";
  return "the p-value of a rank correlation needs three machine summaries or more";
}

/**
 * Returns the samples of a mean over the texts. The model's scores decide which texts are left out, so that places do not
 * identify them: ids are row numbers in the data, from 0. A text's value is the mean of its correlation and, where there is one, its
 * p-value.
 */
function textSamples(
  measure: string,
  texts: readonly JudgedSummaries[],
  scored: readonly ScoredText[],
  values: readonly (readonly number[])[],
): MeanSamples {
  const ids = scored.flatMap((text, place) => (isTelling(text) ? [String(texts[place].row ?? place)] : []));
  return { kind: "mean", measure, ids, values: Float64Array.from(values, mean) };
}

/**
 * Summarization: the mean over texts of Pearson's and Spearman's correlation of human judgements with the similarity of
 * machine summaries to the nearest human one, for the model's own similarity, the cosine, and the inner product. Texts
 * whose judgements, cosines or inner products are all equal are left out. With `legacy` the p-values of the correlations
 * enter the mean too, as in MTEB(eng, v1). All summaries are embedded in one call. Source: mteb 2.26
 * `SummarizationEvaluator`, `DeprecatedSummarizationEvaluator`.
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

  limit(_task, texts, most, how) {
    // A share of a share has the rows of the data, too.
    const numbered = texts.map((text, place) => ({ ...text, row: text.row ?? place }));
    const { rows, share } = limitLists({ numbered }, most, how);
    return { rows: rows.numbered, share };
  },

  inspect(_task, texts, tally) {
    texts.forEach(({ judgements }, row) => {
      if (isConstant(judgements)) tally.add("judgements-constant", () => rowName(row));
    });
    const textsOf = (row: number): string[] => [...texts[row].human, ...texts[row].machine];
    const labelOf = (row: number): unknown => texts[row].judgements;
    tallyRows({ length: texts.length, textsOf, labelOf, nameOf: rowName }, tally);
  },

  material: (_task, texts) => ({
    kind: "rows",
    scored: {
      length: texts.length,
      textsOf: (row) => [...texts[row].human, ...texts[row].machine],
      labelOf: (row) => texts[row].judgements,
      nameOf: rowName,
    },
    unitIsRow: true,
  }),

  // Samples name a text by its row.
  describe: (_task, texts) => ({
    at: (_place, name) => {
      const text = texts.find(({ row }, place) => String(row ?? place) === name);
      if (text === undefined) return undefined;
      const machine = text.machine.map((one, i) => [`machine summary judged ${text.judgements[i]}`, one] as const);
      return { texts: { "human summary": text.human[0], ...Object.fromEntries(machine) } };
    },
  }),

  async evaluate(task, texts, context) {
    const { minScore, maxScore, legacy = false } = task.settings;
    const human = texts.flatMap((text) => text.human);
    const machine = texts.flatMap((text) => text.machine);
    const [humanVectors, machineVectors] = await embedBoth(context.embed, human, machine, task.name);
    const { cosine, dot, [context.similarity]: own } = ownSimilarity;
    const scored = scoreTexts(
      texts,
      humanVectors,
      machineVectors,
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
      ...(main && { samples: textSamples(main.name, texts, scored, main.values) }),
    };
  },
} satisfies Protocol<SummarizationTask, readonly JudgedSummaries[]>);
