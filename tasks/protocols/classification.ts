import { labelColumn, textColumn } from "../../datasets/columns.ts";
import { numberText } from "../../datasets/conform.ts";
import { InputError } from "../../datasets/errors.ts";
import { legacyNumpyRandom } from "../../datasets/random/numpy.ts";
import type { Table } from "../../datasets/table.ts";
import { selectRows } from "../../models/matrix.ts";
import { tallyLabels, tallyParts } from "../findings/parts.ts";
import { tallyConstant } from "../findings/rows.ts";
import { openTally } from "../findings/tally.ts";
import { learners } from "../learners/backends.ts";
import { limitLists } from "../limit.ts";
import { classificationMeasures } from "../metrics/classification.ts";
import { mean } from "../metrics/lists.ts";
import { averagePrecision } from "../metrics/threshold.ts";
import type { LabelSamples } from "../samples.ts";
import type { ClassificationTask, Protocol, Scores } from "../task.ts";
import { joinDrawn } from "./drawn-rows.ts";
import { embedBoth } from "./embedding.ts";
import { distinctLabels, type Label } from "./labels.ts";

/** Texts and their classes, two lists of one length. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

/** The training and the test rows; labels of one kind, at least two different ones in `train`. */
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

/**
 * Returns rows whose test labels are texts where those of the training rows are texts and theirs numbers, as where the
 * few labels of a CSV file all look like numbers. Source: datasets 5.0, which casts a split to the types of the first.
 */
function withLabelsAlike({ train, test }: ClassificationRows): ClassificationRows {
  if (typeof train.labels[0] !== "string" || typeof test.labels[0] !== "number") return { train, test };
  return { train, test: { ...test, labels: test.labels.map((label) => numberText(label) ?? label) } };
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

const seed = 42;
/** Coefficients of the classifiers that are learnt at once; learning takes 26 numbers for each of them. */
const mostCoefficients = 2 ** 22;

/**
 * Draws the training rows of each experiment: in a shuffled order, each label's first `perLabel` rows, or all where there
 * are fewer. Every experiment shuffles the order that the one before left, always with the same seed. Returns one list of
 * row numbers per experiment, in the order drawn. Source: mteb 2.26 `AbsTaskClassification._undersample_data`.
 */
export function undersample(labels: ArrayLike<unknown>, perLabel: number, experiments: number): Int32Array[] {
  let order: ArrayLike<number> = Int32Array.from({ length: labels.length }, (_, row) => row);
  return Array.from({ length: experiments }, () => {
    order = legacyNumpyRandom(seed).shuffle(order);
    const taken = new Map<unknown, number>();
    return Int32Array.from(order).filter((row) => {
      const count = taken.get(labels[row]) ?? 0;
      taken.set(labels[row], count + 1);
      return count < perLabel;
    });
  });
}

/**
 * Classification: how well a linear classifier, trained on a few vectors per label, labels the test texts; the mean
 * over experiments that draw different training rows. `scores_per_experiment` holds the scores of each. The drawn
 * training texts and the test texts are embedded in one call. Source: mteb 2.26 `AbsTaskClassification`.
 */
export const classificationProtocol: Protocol<ClassificationTask, ClassificationRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const train = await dataset.read(subset, task.settings.trainSplit);
    const test = await dataset.read(subset, split);
    const rows = withLabelsAlike({ train: labelledTexts(task, train), test: labelledTexts(task, test) });
    checkLabels(task, train, test, rows);
    return rows;
  },

  limit(_task, { train, test }, most) {
    const { rows, share } = limitLists(test, most);
    return { rows: { train, test: rows }, share };
  },

  inspect(task, { train, test }) {
    const tally = openTally();
    tallyConstant(test.labels, `${task.settings.labelColumn} of the test rows`, tally);
    tallyLabels(train.labels, test.labels, tally);
    tallyParts(train, test, tally);
    return tally.findings();
  },

  async evaluate(task, { train, test }, context) {
    const { samplesPerLabel, experiments } = task.settings;
    const drawn = undersample(train.labels, samplesPerLabel, experiments);
    const { union, placesOf } = joinDrawn(drawn);
    const unionTexts = union.map((row) => train.texts[row]);
    const [unionVectors, testVectors] = await embedBoth(context.embed, unionTexts, test.texts, task.name);

    const all = distinctLabels([...train.labels, ...test.labels]);
    const number = new Map(all.map((label, i) => [label, i]));
    const classes = distinctLabels(train.labels);
    const classNumber = new Map(classes.map((label, i) => [label, i]));
    const truth = Int32Array.from(test.labels, (label) => number.get(label) as number);
    const reason = whyNoAveragePrecision(test.labels);
    const { classify } = learners[context.backend];

    const predict = async (rows: Int32Array): Promise<Int32Array> => {
      const trainVectors = selectRows(unionVectors, placesOf(rows));
      const labels = Int32Array.from(rows, (row) => classNumber.get(train.labels[row]) as number);
      const predicted = await classify(trainVectors, labels, classes.length, testVectors, context.kernels);
      return predicted.map((index) => number.get(classes[index]) as number);
    };
    const atOnce = Math.max(1, Math.floor(mostCoefficients / (classes.length * (unionVectors.dims + 1))));
    const predicted: Int32Array[] = [];
    for (let first = 0; first < drawn.length; first += atOnce) {
      predicted.push(...(await Promise.all(drawn.slice(first, first + atOnce).map(predict))));
    }
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
