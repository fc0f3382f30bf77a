import { type LabelPath, labelPathColumn, textColumn } from "../../datasets/columns.ts";
import { InputError } from "../../datasets/errors.ts";
import { drawIteratively } from "../../datasets/iterative-stratification.ts";
import { type NumpyGenerator, numpyGenerator } from "../../datasets/random/numpy.ts";
import type { Table } from "../../datasets/table.ts";
import type { Matrix } from "../../models/matrix.ts";
import { rowsOfColumns } from "../findings/material.ts";
import { tallyLabels, tallyParts, testRowName, trainingRowName } from "../findings/parts.ts";
import { nearestNeighbours } from "../learners/nearest-neighbours.ts";
import { drawUnits, valuesAt } from "../limit.ts";
import { mean } from "../metrics/lists.ts";
import { type MultilabelMeasures, multilabelMeasures } from "../metrics/multilabel.ts";
import type { SetSamples } from "../samples.ts";
import type { MultilabelClassificationTask, Protocol, VectorContext } from "../task.ts";
import { unitsOfColumns } from "../units.ts";
import { joinDrawn } from "./drawn-rows.ts";
import { placesBefore, readingOnce } from "./earlier.ts";
import { embedBoth } from "./embedding.ts";
import { distinctLabels, type Label } from "./labels.ts";

/** Texts and their labels, two lists of one length; a text may have none. */
export interface MultilabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly LabelPath[];
}

/** The training and the test rows; labels of one kind, at least two different ones in `test`. */
export interface MultilabelRows {
  readonly train: MultilabelledTexts;
  readonly test: MultilabelledTexts;
  /** Numbers of training rows of the places that the task scores before this one. */
  readonly earlier: readonly number[];
  /** The share of the test rows that is scored, and the classes of all that would be; absent where these are. */
  readonly drawn?: { readonly rows: Int32Array; readonly classes: readonly Label[] };
}

const seed = 42;
/** Training rows that vote on a row's labels. */
const neighbours = 5;

/** Number of training rows of a subset, which a task of many subsets reads once. */
const countOnce = readingOnce<number>();

function multilabelledTexts(task: MultilabelClassificationTask, table: Table): MultilabelledTexts {
  if (table.rows === 0) throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one is needed`);
  const { textColumn: text, labelColumn: label } = task.settings;
  return { texts: textColumn(table, text), labels: labelPathColumn(table, label) };
}

function checkLabels(task: MultilabelClassificationTask, train: Table, test: Table, rows: MultilabelRows): void {
  const [known, asked] = [rows.train.labels.flat(), rows.test.labels.flat()] as [Label[], Label[]];
  if (known.length > 0 && asked.length > 0 && typeof known[0] !== typeof asked[0]) {
    throw new InputError(
      `task ${task.name}: labels of ${train.name} are of type ${typeof known[0]}, those of ${test.name} of type ` +
        `${typeof asked[0]}; both splits need the same type`,
    );
  }
  if (new Set(asked).size < 2) {
    throw new InputError(
      `task ${task.name}: ${test.name} has ${asked.length === 0 ? "no label" : `the single label ${JSON.stringify(asked[0])}`}; ` +
        "sets of labels need two or more",
    );
  }
}

/**
 * Draws an experiment's training rows: in a shuffled order, each row of which some label was taken fewer than `perLabel`
 * times. Rows without labels are never taken. Source: mteb 2.26 `AbsTaskMultilabelClassification._undersample_data_indices`.
 */
function undersample(labels: readonly LabelPath[], perLabel: number, random: NumpyGenerator): Int32Array {
  const taken = new Map<Label, number>();
  const countOf = (label: Label): number => taken.get(label) ?? 0;
  return random.permutation(labels.length).filter((row) => {
    const own: readonly Label[] = labels[row];
    if (!own.some((label) => countOf(label) < perLabel)) return false;
    for (const label of own) taken.set(label, countOf(label) + 1);
    return true;
  });
}

/** Draws the training rows of all experiments; the generator goes on from place to place. */
function drawTraining({ train, earlier }: MultilabelRows, { settings }: MultilabelClassificationTask): Int32Array[] {
  const { samplesPerLabel, experiments } = settings;
  const random = numpyGenerator(seed);
  for (const rows of earlier) for (let i = 0; i < experiments; i++) random.permutation(rows);
  return Array.from({ length: experiments }, () => undersample(train.labels, samplesPerLabel, random));
}

/** Returns the test rows that are scored, in their order. */
function scoredRows(labels: readonly LabelPath[], maxRows: number | null): Int32Array {
  if (maxRows === null || labels.length <= maxRows) return Int32Array.from(labels.keys());
  return drawIteratively(labels, maxRows);
}

const classesOf = (labels: readonly LabelPath[]): readonly Label[] => distinctLabels(labels.flat());

/** Returns a cell for each row and class, [rows · classes], 1 where the row has it; labels of no class are passed over. */
function indicators(labels: readonly LabelPath[], classes: readonly Label[]): Uint8Array {
  const places = new Map(classes.map((label, i) => [label, i]));
  const cells = new Uint8Array(labels.length * classes.length);
  labels.forEach((own: readonly Label[], row) => {
    for (const label of own) {
      const place = places.get(label);
      if (place !== undefined) cells[row * classes.length + place] = 1;
    }
  });
  return cells;
}

/** Lets the nearest training rows vote on each class: more than half of them must have it. */
function vote(nearest: Int32Array, list: Int32Array, known: Uint8Array, classes: number): Uint8Array {
  const rows = nearest.length / neighbours;
  const predicted = new Uint8Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) {
      let votes = 0;
      for (let n = 0; n < neighbours; n++) votes += known[list[nearest[row * neighbours + n]] * classes + c];
      predicted[row * classes + c] = 2 * votes > neighbours ? 1 : 0;
    }
  }
  return predicted;
}

/** Main scores that are means over rows; F1 is one over labels, made of the sets themselves. */
const sampledMeasures = ["accuracy", "lrap", "hamming"] as const;

/** Returns the mean over experiments of each row's values. */
const meansByRow = (experiments: readonly Float64Array[]): Float64Array =>
  Float64Array.from(experiments[0] ?? [], (_, row) => mean(experiments.map((values) => values[row])));

interface Drawn {
  /** Places among the drawn training texts, a list for each experiment, in the order drawn. */
  readonly lists: readonly Int32Array[];
  readonly labels: readonly LabelPath[];
}

/** Measures of each experiment, and the sets of labels that they are of. */
interface Found {
  readonly measured: readonly MultilabelMeasures[];
  readonly sets: SetSamples;
}

async function runExperiments(
  { lists, labels }: Drawn,
  known: Matrix,
  asked: Matrix,
  { labels: truth, classes }: { readonly labels: readonly LabelPath[]; readonly classes: readonly Label[] },
  { kernels }: VectorContext,
): Promise<Found> {
  const [knownCells, trueCells] = [indicators(labels, classes), indicators(truth, classes)];
  const nearest = await nearestNeighbours(known, lists, asked, neighbours, kernels);
  const predicted = nearest.map((places, i) => vote(places, lists[i], knownCells, classes.length));
  return {
    measured: predicted.map((cells) => multilabelMeasures(trueCells, cells, classes.length)),
    sets: { kind: "sets", measure: "f1", labels: classes.length, truth: trueCells, predicted },
  };
}

/**
 * Classification into several classes at once: how well the labels of the five nearest training rows, of a few per label,
 * foretell those of the test texts; the mean over experiments that draw different training rows. `scores_per_experiment`
 * holds the scores of each. The drawn training texts and the test texts that are scored are embedded in one call. Source:
 * mteb 2.26 `AbsTaskMultilabelClassification`.
 */
export const multilabelClassificationProtocol: Protocol<MultilabelClassificationTask, MultilabelRows> = Object.freeze({
  async read(task, subset, split, dataset) {
    const { trainSplit } = task.settings;
    const train = await dataset.read(subset, trainSplit);
    const test = await dataset.read(subset, split);
    const earlier: number[] = [];
    for (const place of placesBefore(task, { split, subset })) {
      const key = JSON.stringify([place.subset, trainSplit]);
      earlier.push(await countOnce(dataset, key, async () => (await dataset.read(place.subset, trainSplit)).rows));
    }
    const rows = { train: multilabelledTexts(task, train), test: multilabelledTexts(task, test), earlier };
    checkLabels(task, train, test, rows);
    return rows;
  },

  limit({ settings }, rows, most, { seed } = {}) {
    const scored = scoredRows(rows.test.labels, settings.maxRows);
    const kept = drawUnits(scored.length, most, seed);
    const share = { units: kept.length, of: scored.length };
    if (share.units === share.of) return { rows, share };
    // A class that a model finds wrongly counts against it, whether or not a drawn row has it.
    const drawn = { rows: kept.map((place) => scored[place]), classes: classesOf(valuesAt(rows.test.labels, scored)) };
    return { rows: { ...rows, drawn }, share };
  },

  inspect(_task, { train, test }, tally) {
    tallyLabels(train.labels.flat(), test.labels.flat(), tally);
    tallyParts(train, test, tally);
  },

  // Samples are of the rows that a task draws.
  material: (_task, { train, test }) => ({
    kind: "rows",
    scored: rowsOfColumns([test.texts], testRowName, test.labels),
    learnt: rowsOfColumns([train.texts], trainingRowName, train.labels),
    unitIsRow: false,
  }),

  describe({ settings }, { test, drawn }) {
    const scored = drawn?.rows ?? scoredRows(test.labels, settings.maxRows);
    const classes = drawn?.classes ?? classesOf(valuesAt(test.labels, scored));
    return {
      ...unitsOfColumns({ text: valuesAt(test.texts, scored) }),
      classAt: (number) => (number in classes ? String(classes[number]) : undefined),
    };
  },

  async evaluate(task, rows, context) {
    const { train, test } = rows;
    const drawn = drawTraining(rows, task);
    const few = drawn.find((list) => list.length < neighbours);
    if (few !== undefined) {
      throw new InputError(
        `task ${task.name}: an experiment draws ${few.length} training rows; the labels are those of the nearest ` +
          `${neighbours}; raise samplesPerLabel, or give more training rows with labels`,
      );
    }
    const { union, placesOf } = joinDrawn(drawn);
    const scored = Array.from(rows.drawn?.rows ?? scoredRows(test.labels, task.settings.maxRows));
    const [known, asked] = await embedBoth(
      context.embed,
      union.map((row) => train.texts[row]),
      scored.map((row) => test.texts[row]),
      task.name,
    );
    const lists = drawn.map(placesOf);
    const truth = scored.map((row) => test.labels[row]);
    const labels = union.map((row) => train.labels[row]);
    const asGold = { labels: truth, classes: rows.drawn?.classes ?? classesOf(truth) };
    const { measured, sets } = await runExperiments({ lists, labels }, known, asked, asGold, context);
    const perExperiment = measured.map(({ accuracy, lrap, f1, hamming }) => ({
      accuracy: mean(accuracy),
      lrap: mean(lrap),
      f1,
      hamming: mean(hamming),
    }));
    const meanOf = (name: keyof MultilabelMeasures): number => mean(perExperiment.map((one) => one[name]));
    const measure = sampledMeasures.find((name) => name === task.mainScore);
    return {
      scores: {
        scores_per_experiment: perExperiment,
        accuracy: meanOf("accuracy"),
        lrap: meanOf("lrap"),
        f1: meanOf("f1"),
        hamming: meanOf("hamming"),
      },
      undefinedScores: {},
      ...(task.mainScore === "f1" && { samples: sets }),
      ...(measure && { samples: { kind: "mean", measure, values: meansByRow(measured.map((one) => one[measure])) } }),
    };
  },
} satisfies Protocol<MultilabelClassificationTask, MultilabelRows>);
