import { type Matrix, selectRows } from "../../models/matrix.ts";
import { type RowMaterial, rowsOfColumns } from "../findings/material.ts";
import { tallyLabels, tallyParts, testRowName, trainingRowName } from "../findings/parts.ts";
import { rowName, tallyConstant, tallyRows } from "../findings/rows.ts";
import type { Tally } from "../findings/tally.ts";
import { learners } from "../learners/backends.ts";
import { mostScores } from "../learners/softmax-regression.ts";
import { type Drawing, type Limited, limitLists } from "../limit.ts";
import { classificationMeasures } from "../metrics/classification.ts";
import { mean } from "../metrics/lists.ts";
import { averagePrecision } from "../metrics/threshold.ts";
import type { LabelSamples } from "../samples.ts";
import type {
  ClassificationTask,
  Evaluation,
  MultilabelClassificationTask,
  Protocol,
  Scores,
  VectorContext,
} from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { crossValidation, type Experiment, undersample } from "./classification-draws.ts";
import { readSingleRows, type SingleLabelRows, type SingleLabelTask } from "./classification-rows.ts";
import { joinDrawn } from "./drawn-rows.ts";
import { embedBoth, embedFinite } from "./embedding.ts";
import { distinctLabels, type Label } from "./labels.ts";
import { type MultilabelRows, multilabelClassificationProtocol } from "./multilabel-classification.ts";

/** Rows with a label each, or with a list of labels. */
export type ClassificationRows = SingleLabelRows | MultilabelRows;

/** Returns a task whose rows have lists of labels as one of the type that has its protocol; undefined for another. */
function asMultilabel(task: ClassificationTask): MultilabelClassificationTask | undefined {
  const { settings } = task;
  if (!("multilabel" in settings)) return undefined;
  const { multilabel: _, ...own } = settings;
  return { ...task, type: "MultilabelClassification", settings: own };
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

/** Explains an undefined average precision of these labels; undefined where it is defined. */
function whyNoAveragePrecision(testLabels: readonly Label[]): string | undefined {
  const distinct = distinctLabels(testLabels);
  if (distinct.length !== 2) return "needs two classes";
  if (!distinct.some((label) => Number(label) === 1 && typeof label !== "string")) {
    return "needs the label 1, which counts as positive";
  }
  return undefined;
}

/** Scores one experiment. Labels are numbers in `all`, the sorted labels of both splits. */
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

/** Bytes that the classifiers which are learnt at once may take: 512 MiB, or one that takes more. */
const mostLearning = 2 ** 29;

/**
 * Counts how many classifiers may be learnt at once. The optimizer takes some 200 bytes for each coefficient, scores are
 * held four times over, and the rows three times.
 */
function learntAtOnce(classes: number, rows: number, dims: number): number {
  const scores = Math.min(mostScores, rows * classes);
  return Math.max(1, Math.floor(mostLearning / (200 * classes * (dims + 1) + 16 * scores + 12 * rows * dims)));
}

/** Vectors of the rows that experiments learn from and score. */
interface Vectors {
  readonly known: Matrix;
  readonly asked: Matrix;
  /** Returns the rows of `known` of some training rows. */
  readonly placesOf: (rows: Int32Array) => Int32Array;
}

/** Embeds the rows that are drawn and the test rows; in a cross-validation, which draws of the test rows, these alone. */
async function embedRows(
  task: SingleLabelTask,
  { train, test }: SingleLabelRows,
  experiments: readonly Experiment[],
  { embed }: VectorContext,
): Promise<Vectors> {
  if (task.settings.folds !== undefined) {
    const vectors = await embedFinite(embed, test.texts, task.name);
    return { known: vectors, asked: vectors, placesOf: (rows) => rows };
  }
  const { union, placesOf } = joinDrawn(experiments.map((one) => one.train));
  const unionTexts = union.map((row) => train.texts[row]);
  const [known, asked] = await embedBoth(embed, unionTexts, test.texts, task.name);
  return { known, asked, placesOf };
}

/** Puts the labels that an experiment predicts at their rows; −1 at those that it leaves out. */
function atRows(predicted: Int32Array, tested: Int32Array | undefined, rows: number): Int32Array {
  if (tested === undefined) return predicted;
  const all = new Int32Array(rows).fill(-1);
  tested.forEach((row, i) => {
    all[row] = predicted[i];
  });
  return all;
}

/** Averages the values that are defined; NaN where none is. */
function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.length === 0 ? Number.NaN : mean(defined);
}

/** Returns the labels of both parts, in the order by which samples number them. */
const classesOf = (train: SingleLabelRows["train"], test: SingleLabelRows["test"]): readonly Label[] =>
  distinctLabels([...train.labels, ...test.labels]);

/** Evaluates rows with one label each. */
async function evaluateSingle(
  task: SingleLabelTask,
  rows: SingleLabelRows,
  context: VectorContext,
): Promise<Evaluation> {
  const { train, test } = rows;
  const { samplesPerLabel, folds } = task.settings;
  const experiments: readonly Experiment[] =
    folds === undefined
      ? undersample(train.labels, samplesPerLabel, task.settings.experiments).map((drawn) => ({ train: drawn }))
      : crossValidation(test.labels, samplesPerLabel, folds);
  const { known, asked, placesOf } = await embedRows(task, rows, experiments, context);

  const all = classesOf(train, test);
  const number = new Map(all.map((label, i) => [label, i]));
  const classCount = distinctLabels(train.labels).length;
  const truth = Int32Array.from(test.labels, (label) => number.get(label) as number);
  const { classify } = learners[context.backend];

  const predict = async ({ train: drawn, test: tested }: Experiment): Promise<Int32Array> => {
    const trainVectors = selectRows(known, placesOf(drawn));
    const drawnLabels = Array.from(drawn, (row) => train.labels[row]);
    const classes = distinctLabels(drawnLabels);
    const classNumber = new Map(classes.map((label, i) => [label, i]));
    const labels = Int32Array.from(drawnLabels, (label) => classNumber.get(label) as number);
    const askedVectors = tested === undefined ? asked : selectRows(asked, tested);
    const predicted = await classify(trainVectors, labels, classes.length, askedVectors, context.kernels);
    return predicted.map((index) => number.get(classes[index]) as number);
  };
  const atOnce = learntAtOnce(classCount, experiments[0]?.train.length ?? 0, known.dims);
  const predicted: Int32Array[] = [];
  for (let first = 0; first < experiments.length; first += atOnce) {
    predicted.push(...(await Promise.all(experiments.slice(first, first + atOnce).map(predict))));
  }
  const reasons = experiments.map(({ test: tested }) =>
    whyNoAveragePrecision(tested === undefined ? test.labels : Array.from(tested, (row) => test.labels[row])),
  );
  const perExperiment = predicted.map((labels, i) => {
    const { test: tested } = experiments[i];
    const own = tested === undefined ? truth : tested.map((row) => truth[row]);
    return scoreExperiment(labels, own, all, reasons[i] === undefined);
  });
  const means = scoreNames.map((name) => [name, meanOfDefined(perExperiment.map((scores) => scores[name]))] as const);
  const scores: Scores = { scores_per_experiment: perExperiment, ...Object.fromEntries(means) };
  const [reason] = reasons.includes(undefined) ? [] : reasons;
  const measure = sampledMeasures.find((name) => name === task.mainScore);
  const byRow = predicted.map((labels, i) => atRows(labels, experiments[i].test, truth.length));
  return {
    scores,
    undefinedScores: reason === undefined ? {} : { ap: reason, ap_weighted: reason },
    ...(measure && { samples: { kind: "labels", measure, truth, predicted: byRow } }),
  };
}

/** Leaves drawn test rows; of a cross-validation, which also learns from them, drawn rows. */
function limitSingle(
  { settings }: SingleLabelTask,
  { train, test }: SingleLabelRows,
  most: number,
  how: Drawing | undefined,
): Limited<SingleLabelRows> {
  const { rows, share } = limitLists(test, most, how);
  if (settings.folds === undefined) return { rows: { train, test: rows }, share };
  const isWhole = share.units === share.of;
  return { rows: { train: rows, test: rows }, share: isWhole ? share : { ...share, differs: fewerToLearn } };
}

const fewerToLearn = "the classifiers of a cross-validation learn from fewer rows";

/** Counts what is peculiar about rows with one label each; rows of a cross-validation are counted once. */
function inspectSingle({ settings }: SingleLabelTask, { train, test }: SingleLabelRows, tally: Tally): void {
  tallyConstant(test.labels, `${settings.labelColumn} of the test rows`, tally);
  if (settings.folds === undefined) {
    tallyLabels(train.labels, test.labels, tally);
    tallyParts(train, test, tally);
  } else {
    const textsOf = (row: number): string[] => [test.texts[row]];
    tallyRows({ length: test.texts.length, textsOf, labelOf: (row) => test.labels[row], nameOf: rowName }, tally);
  }
}

/** A cross-validation learns from the rows that it scores: without some of them its predictions are others. */
function materialOfSingle({ settings }: SingleLabelTask, { train, test }: SingleLabelRows): RowMaterial {
  const rows = (name: (row: number) => string, part: SingleLabelRows["train"]) =>
    rowsOfColumns([part.texts], name, part.labels);
  return settings.folds === undefined
    ? { kind: "rows", scored: rows(testRowName, test), learnt: rows(trainingRowName, train), unitIsRow: true }
    : { kind: "rows", scored: rows(rowName, test), unitIsRow: false };
}

/**
 * Classification: how well a linear classifier, trained on a few vectors per label, labels the test texts; the mean
 * over experiments that draw different training rows, or over the folds of a cross-validation. `scores_per_experiment`
 * holds the scores of each. The drawn training texts and the test texts are embedded in one call. Tasks marked `multilabel`
 * have the protocol of `MultilabelClassification`. Source: mteb 2.26 `AbsTaskClassification`.
 */
export const classificationProtocol: Protocol<ClassificationTask, ClassificationRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined) return multilabelClassificationProtocol.read(multilabel, subset, split, dataset);
    return readSingleRows(task as SingleLabelTask, subset, split, dataset);
  },

  limit(task, rows, most, how) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined)
      return multilabelClassificationProtocol.limit(multilabel, rows as MultilabelRows, most, how);
    return limitSingle(task as SingleLabelTask, rows as SingleLabelRows, most, how);
  },

  inspect(task, rows, tally) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined)
      return multilabelClassificationProtocol.inspect(multilabel, rows as MultilabelRows, tally);
    inspectSingle(task as SingleLabelTask, rows as SingleLabelRows, tally);
  },

  material(task, rows) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined) return multilabelClassificationProtocol.material(multilabel, rows as MultilabelRows);
    return materialOfSingle(task as SingleLabelTask, rows as SingleLabelRows);
  },

  describe(task, rows) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined) return multilabelClassificationProtocol.describe(multilabel, rows as MultilabelRows);
    const { train, test } = rows as SingleLabelRows;
    const all = classesOf(train, test);
    return {
      ...unitsOfColumns({ text: test.texts }),
      classAt: (number) => (number in all ? String(all[number]) : undefined),
    };
  },

  async evaluate(task, rows, context) {
    const multilabel = asMultilabel(task);
    if (multilabel !== undefined) {
      return multilabelClassificationProtocol.evaluate(multilabel, rows as MultilabelRows, context);
    }
    return evaluateSingle(task as SingleLabelTask, rows as SingleLabelRows, context);
  },
} satisfies Protocol<ClassificationTask, ClassificationRows>);
