import { labelColumn, textColumn } from "../../datasets/columns.ts";
import { numberText } from "../../datasets/conform.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Dataset, Table } from "../../datasets/table.ts";
import type { ClassificationTask } from "../task.ts";
import type { Label } from "./labels.ts";

/** Texts and their classes, two lists of one length. */
export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly Label[];
}

/**
 * The training and the test rows; labels of one kind, at least two different ones in `train`. In a cross-validation they are
 * the same.
 */
export interface SingleLabelRows {
  readonly train: LabelledTexts;
  readonly test: LabelledTexts;
}

/** A task whose rows have one label each. */
export type SingleLabelTask = ClassificationTask & { readonly settings: { readonly multilabel?: never } };

function labelledTexts(task: SingleLabelTask, table: Table): LabelledTexts {
  if (table.rows === 0) throw new InputError(`task ${task.name}: ${table.name} has no rows; at least one is needed`);
  const { textColumn: text, labelColumn: label } = task.settings;
  return { texts: textColumn(table, text), labels: labelColumn(table, label) };
}

/**
 * Returns rows whose test labels are texts where those of the training rows are texts and theirs numbers, as where the
 * few labels of a CSV file all look like numbers. Source: datasets 5.0, which casts a split to the types of the first.
 */
function withLabelsAlike({ train, test }: SingleLabelRows): SingleLabelRows {
  if (typeof train.labels[0] !== "string" || typeof test.labels[0] !== "number") return { train, test };
  return { train, test: { ...test, labels: test.labels.map((label) => numberText(label) ?? label) } };
}

function checkLabels(task: SingleLabelTask, train: Table, test: Table, rows: SingleLabelRows): void {
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

/** Checks that folds can be made and learnt from. Throws `InputError` where not. */
function checkFolds(task: SingleLabelTask, folds: number, rows: number, split: string): void {
  const { trainSplit } = task.settings;
  if (trainSplit !== split) {
    throw new InputError(
      `task ${task.name}: its ${folds} folds are of the split that is scored, ${split}, but trainSplit is ${trainSplit}; ` +
        "expected the same split, or no folds",
    );
  }
  if (rows < folds) {
    throw new InputError(
      `task ${task.name}: ${split} has ${rows} rows, which ${folds} folds cannot share; expected a row for each`,
    );
  }
}

/** Reads the rows of a split and those to learn from. Throws `InputError` for rows that cannot be learnt from. */
export async function readSingleRows(
  task: SingleLabelTask,
  subset: string,
  split: string,
  dataset: Dataset,
): Promise<SingleLabelRows> {
  const { trainSplit, folds } = task.settings;
  const train = await dataset.read(subset, trainSplit);
  const test = await dataset.read(subset, split);
  const rows = withLabelsAlike({ train: labelledTexts(task, train), test: labelledTexts(task, test) });
  checkLabels(task, train, test, rows);
  if (folds !== undefined) checkFolds(task, folds, test.rows, split);
  return rows;
}
