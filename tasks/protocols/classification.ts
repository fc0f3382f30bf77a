import { labelColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import { selectRows } from "../../models/matrix.ts";
import { learners } from "../learners/backends.ts";
import { classificationMeasures } from "../metrics/classification.ts";
import { mean } from "../metrics/lists.ts";
import { averagePrecision } from "../metrics/threshold.ts";
import type { LabelSamples } from "../samples.ts";
import type { ClassificationTask, Protocol, Scores } from "../task.ts";
import { embedFinite, rowRange } from "./embedding.ts";
import { distinctLabels, type Label } from "./labels.ts";
import { undersample } from "./undersample.ts";

/** Texts and their classes, two lists of one length. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

/** What is learnt from and what is scored; labels of one kind, at least two of them in `train`. */
export interface ClassificationRows {
  readonly train: LabelledTexts;
  readonly test: LabelledTexts;
}

/** mteb's names of an experiment's scores, in its order. */
const scoreNames = [
  "accuracy",
  "f1",
  "f1_weighted",
  "precision",
  "precision_weighted",
  "recall",
  "recall_weighted",
  "ap",
  "ap_weighted",
] as const;

const sampledMeasures: readonly LabelSamples["measure"][] = ["accuracy", "f1", "f1_weighted"];

type ExperimentScores = Readonly<Record<(typeof scoreNames)[number], number>>;

function labelledTexts(task: ClassificationTask, table: Table): LabelledTexts {
  if (table.rows === 0) throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one is needed`);
  const { textColumn: text, labelColumn: label } = task.settings;
  return { texts: textColumn(table, text), labels: labelColumn(table, label) };
}

function checkLabels(task: ClassificationTask, train: Table, test: Table, rows: ClassificationRows): void {
  const [known] = rows.train.labels;
  const [asked] = rows.test.labels;
  if (typeof known !== typeof asked) {
    throw new InputError(
      `task ${task.name}: labels of ${train.name} are of type ${typeof known}, those of ${test.name} of type ` +
        `${typeof asked}; both splits need the same type`,
    );
  }
  for (const [table, { labels }] of [
    [train, rows.train],
    [test, rows.test],
  ] as const) {
    const fraction = labels.findIndex((label) => typeof label === "number" && !Number.isInteger(label));
    if (fraction < 0) continue;
    throw new InputError(
      `task ${task.name}: ${table.name}, row ${fraction + 1} has the label ${labels[fraction]}; expected whole numbers, as ` +
        "others are measurements and no classes; if they are classes, write them as texts",
    );
  }
  if (rows.train.labels.every((label) => label === known)) {
    throw new InputError(
      `task ${task.name}: ${train.name} has the single label ${JSON.stringify(known)}; a classifier needs two or more`,
    );
  }
}

/** Why average precision is undefined for these labels; nothing where it is not. */
function whyNoAveragePrecision(testLabels: readonly Label[]): string | undefined {
  const distinct = distinctLabels(testLabels);
  if (distinct.length !== 2) return "needs two classes";
  if (!distinct.some((label) => Number(label) === 1 && typeof label !== "string")) {
    return "needs the label 1, which counts as positive";
  }
  return undefined;
}

/** Scores of one experiment, from predicted labels as numbers in `all`, the labels of both splits in order. */
function scoreExperiment(
  predicted: Int32Array,
  truth: Int32Array,
  all: readonly Label[],
  withAveragePrecision: boolean,
): ExperimentScores {
  const measures = classificationMeasures(truth, predicted, all.length);
  const value = (index: number): number => Number(all[index]);
  const ap = withAveragePrecision
    ? averagePrecision(
        truth.map((index) => Number(value(index) === 1)),
        Array.from(predicted, value),
      )
    : Number.NaN;
  return {
    accuracy: measures.accuracy,
    f1: measures.f1,
    f1_weighted: measures.f1Weighted,
    precision: measures.precision,
    precision_weighted: measures.precisionWeighted,
    recall: measures.recall,
    recall_weighted: measures.recallWeighted,
    ap,
    ap_weighted: ap,
  };
}

/** Sorted numbers of all rows that some experiment draws. */
function unionOf(experiments: readonly Int32Array[]): number[] {
  return [...new Set(experiments.flatMap((rows) => [...rows]))].sort((a, b) => a - b);
}

/**
 * Classification: how well a linear classifier, trained on a few vectors per label, labels the test texts; the mean
 * over experiments that draw different training rows. `scores_per_experiment` holds each one's scores. The drawn
 * training texts and the test texts are embedded in one call. Source: mteb 2.26 `AbsTaskClassification`.
 */
export const classificationProtocol: Protocol<ClassificationTask, ClassificationRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const train = await dataset.read(subset, task.settings.trainSplit);
    const test = await dataset.read(subset, split);
    const rows = { train: labelledTexts(task, train), test: labelledTexts(task, test) };
    checkLabels(task, train, test, rows);
    return rows;
  },

  async evaluate(task, { train, test }, context) {
    const { samplesPerLabel, experiments } = task.settings;
    const drawn = undersample(train.labels, samplesPerLabel, experiments);
    const union = unionOf(drawn);
    const texts = [...union.map((row) => train.texts[row]), ...test.texts];
    const vectors = await embedFinite(context.embed, texts, task.name);
    const testVectors = rowRange(vectors, union.length, vectors.rows);
    const place = new Map(union.map((row, i) => [row, i]));

    const all = distinctLabels([...train.labels, ...test.labels]);
    const number = new Map(all.map((label, i) => [label, i]));
    const classes = distinctLabels(train.labels);
    const classNumber = new Map(classes.map((label, i) => [label, i]));
    const truth = Int32Array.from(test.labels, (label) => number.get(label) as number);
    const reason = whyNoAveragePrecision(test.labels);
    const { classify } = learners[context.backend];

    const predict = async (rows: Int32Array): Promise<Int32Array> => {
      const trainVectors = selectRows(
        vectors,
        Array.from(rows, (row) => place.get(row) as number),
      );
      const labels = Int32Array.from(rows, (row) => classNumber.get(train.labels[row]) as number);
      const predicted = await classify(trainVectors, labels, classes.length, testVectors, context.kernels);
      return predicted.map((index) => number.get(classes[index]) as number);
    };
    const predicted = await Promise.all(drawn.map(predict));
    const perExperiment = predicted.map((labels) => scoreExperiment(labels, truth, all, reason === undefined));
    const means = scoreNames.map((name) => [name, mean(perExperiment.map((scores) => scores[name]))] as const);
    const scores: Scores = { scores_per_experiment: perExperiment, ...Object.fromEntries(means) };
    const measure = sampledMeasures.find((name) => name === task.mainScore);
    return {
      scores,
      undefinedScores: reason === undefined ? {} : { ap: reason, ap_weighted: reason },
      ...(measure && { samples: { kind: "labels", measure, truth, predicted } }),
    };
  },
} satisfies Protocol<ClassificationTask, ClassificationRows>);
