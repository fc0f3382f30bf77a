import { numberColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { drawStratifiedRows } from "../../datasets/sampling.ts";
import type { Table } from "../../datasets/table.ts";
import { selectRows } from "../../models/matrix.ts";
import { rowsOfColumns } from "../findings/material.ts";
import { tallyParts, testRowName, trainingRowName } from "../findings/parts.ts";
import { tallyConstant } from "../findings/rows.ts";
import { predictByLeastSquares } from "../learners/least-squares.ts";
import { limitLists } from "../limit.ts";
import { kendallTau } from "../metrics/kendall.ts";
import { isConstant, mean } from "../metrics/lists.ts";
import type { RegressionSamples } from "../samples.ts";
import type { Protocol, RegressionTask, Scores } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { joinDrawn } from "./drawn-rows.ts";
import { embedBoth } from "./embedding.ts";
import { quantileBins } from "./quantile-bins.ts";

/** Texts and a number for each, two lists of one length; at least one. */
export interface ValuedTexts {
  readonly texts: readonly string[];
  readonly values: readonly number[];
}

/** The training and the test rows. */
export interface RegressionRows {
  readonly train: ValuedTexts;
  readonly test: ValuedTexts;
}

/** mteb's names of an experiment's scores, in its order. */
const scoreNames = ["mse", "mae", "r2", "kendalltau", "rmse"] as const;

const sampledMeasures: readonly RegressionSamples["measure"][] = ["kendalltau", "r2"];

const seed = 42;

function valuedTexts(task: RegressionTask, table: Table): ValuedTexts {
  if (table.rows === 0) throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one is needed`);
  const { textColumn: text, valueColumn: value } = task.settings;
  return { texts: textColumn(table, text), values: numberColumn(table, value) };
}

/** Draws the training rows of each experiment: all, or a sample whose values are spread as those of all. */
function drawTraining({ name, settings }: RegressionTask, values: readonly number[]): Int32Array[] {
  const { trainRows, experiments, trainSplit } = settings;
  if (trainRows >= values.length) {
    const all = Int32Array.from(values.keys());
    return Array.from({ length: experiments }, () => all);
  }
  const bins = quantileBins(values);
  return Array.from({ length: experiments }, (_, experiment) =>
    drawStratifiedRows(bins, trainRows, `task ${name}: ${trainSplit}, whose values count as labels by tenths,`, {
      seed: seed + experiment,
    }),
  );
}

type ExperimentScores = Readonly<Record<(typeof scoreNames)[number], number>>;

/** Scores predictions; the true values are rounded to float32, as the predictions are. */
function scoreExperiment(values: readonly number[], predicted: Float32Array): ExperimentScores {
  const truth = Float32Array.from(values);
  const errors = Float64Array.from(truth, (value, row) => value - predicted[row]);
  const squares = errors.map((error) => error * error);
  const mse = Math.fround(mean(squares));
  const centre = mean(truth);
  const spread = mean(Float64Array.from(truth, (value) => (value - centre) ** 2));
  return {
    mse,
    mae: Math.fround(mean(errors.map(Math.abs))),
    r2: values.length < 2 ? Number.NaN : Math.fround(determination(mean(squares), spread)),
    kendalltau: kendallTau(values, predicted),
    rmse: Math.sqrt(mse),
  };
}

/** The share of the spread that is explained; of equal values 1 where all are right, else 0, as in scikit-learn. */
const determination = (error: number, spread: number): number =>
  spread === 0 ? (error === 0 ? 1 : 0) : 1 - error / spread;

/** Says why scores are undefined, by their names. */
function reasonsFor(values: readonly number[], scores: Readonly<Record<string, number>>): Record<string, string> {
  const reasons: Readonly<Record<string, string>> = {
    r2: "needs two test rows or more",
    kendalltau:
      values.length < 2
        ? "needs two test rows or more"
        : isConstant(values)
          ? "all values are equal"
          : "the model predicts the same value for all texts",
  };
  return Object.fromEntries(Object.entries(reasons).filter(([name]) => Number.isNaN(scores[name])));
}

/**
 * Regression: how well a linear function of the vectors, fitted to training texts, foretells the values of test texts; the
 * mean over experiments that draw different training rows. `scores_per_experiment` holds the scores of each. The drawn
 * training texts and the test texts are embedded in one call. Source: mteb 2.26 `AbsTaskRegression`.
 */
export const regressionProtocol: Protocol<RegressionTask, RegressionRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const train = await dataset.read(subset, task.settings.trainSplit);
    return { train: valuedTexts(task, train), test: valuedTexts(task, await dataset.read(subset, split)) };
  },

  limit(_task, { train, test }, most, how) {
    const { rows, share } = limitLists(test, most, how);
    return { rows: { train, test: rows }, share };
  },

  inspect(task, { train, test }, tally) {
    tallyConstant(test.values, `${task.settings.valueColumn} of the test rows`, tally);
    const partOf = ({ texts, values }: ValuedTexts) => ({ texts, labels: values });
    tallyParts(partOf(train), partOf(test), tally);
  },

  material: (_task, { train, test }) => ({
    kind: "rows",
    scored: rowsOfColumns([test.texts], testRowName, test.values),
    learnt: rowsOfColumns([train.texts], trainingRowName, train.values),
    unitIsRow: true,
  }),

  describe: (_task, { test }) => unitsOfColumns({ text: test.texts }),

  async evaluate(task, { train, test }, context) {
    const drawn = drawTraining(task, train.values);
    const { union, placesOf } = joinDrawn(drawn);
    const unionTexts = union.map((row) => train.texts[row]);
    const [known, asked] = await embedBoth(context.embed, unionTexts, test.texts, task.name);
    const fitted = new Map<Int32Array, Float32Array>();
    const predicted = drawn.map((rows) => {
      // Experiments that draw all rows are one.
      const before = fitted.get(rows);
      if (before !== undefined) return before;
      const vectors = selectRows(known, placesOf(rows));
      const values = Array.from(rows, (row) => train.values[row]);
      const found = predictByLeastSquares(vectors, values, asked);
      fitted.set(rows, found);
      return found;
    });
    const scored = new Map([...fitted.values()].map((found) => [found, scoreExperiment(test.values, found)]));
    const perExperiment = predicted.map((found) => scored.get(found) as ExperimentScores);
    const means = Object.fromEntries(scoreNames.map((name) => [name, mean(perExperiment.map((one) => one[name]))]));
    const scores: Scores = { scores_per_experiment: perExperiment, ...means };
    const measure = sampledMeasures.find((name) => name === task.mainScore);
    return {
      scores,
      undefinedScores: reasonsFor(test.values, means),
      ...(measure && { samples: { kind: "regression", measure, truth: Float64Array.from(test.values), predicted } }),
    };
  },
} satisfies Protocol<RegressionTask, RegressionRows>);
