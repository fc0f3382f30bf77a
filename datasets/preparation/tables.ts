import type { Table } from "../table.ts";
import {
  batch,
  chunk,
  collectLabels,
  copy,
  encodeLabels,
  firstOf,
  firstParts,
  flattenLists,
  join,
  labelNames,
  mapValues,
  numberRows,
  placeOfLargest,
  renameColumns,
  sampleLists,
  splitLabels,
  splitText,
  stack,
  toNumbers,
  withoutColumn,
} from "./columns.ts";
import {
  dropBlank,
  dropRareLabels,
  dropRepeats,
  dropRows,
  head,
  iterativeStratifiedSample,
  keepRows,
  sample,
  shuffle,
  stratifiedSample,
} from "./rows.ts";
import type { OneOf, TableStep } from "./steps.ts";

/** Applies steps to a table, which stays as it is. Throws `InputError` for rows that a step does not fit. */
export function prepareTable(table: Table, steps: readonly OneOf<TableStep>[], split: string): Table {
  const own = steps.filter(({ splits }) => splits?.includes(split) ?? true);
  return own.reduce(changeTable, table);
}

/** Steps that pick rows. */
type PickStep = Extract<
  TableStep,
  {
    step:
      | "dropRareLabels"
      | "dropRepeats"
      | "keepRows"
      | "dropRows"
      | "dropBlank"
      | "head"
      | "shuffle"
      | "sample"
      | "stratifiedSample"
      | "iterativeStratifiedSample";
  }
>;

function changeTable(table: Table, step: TableStep): Table {
  switch (step.step) {
    case "dropRareLabels":
      return dropRareLabels(table, step.column, step.least);
    case "dropRepeats":
      return dropRepeats(table, step.column);
    case "keepRows":
      return keepRows(table, step.column, step.values);
    case "dropRows":
      return dropRows(table, step.column, step.values);
    case "dropBlank":
      return dropBlank(table, step.columns);
    case "head":
      return head(table, step.rows);
    case "shuffle":
      return shuffle(table, step.seed, step.by);
    case "sample":
      return sample(table, step.rows);
    case "stratifiedSample":
      return stratifiedSample(table, step.rows, step.column);
    case "iterativeStratifiedSample":
      return iterativeStratifiedSample(table, step.rows, step.column);
    default:
      return changeColumns(table, step);
  }
}

function changeColumns(table: Table, step: Exclude<TableStep, PickStep>): Table {
  switch (step.step) {
    case "rename":
      return renameColumns(table, step.columns);
    case "flatten":
      return flattenLists(table, step.columns);
    case "chunk":
      return chunk(table, step.columns, step.parts);
    case "batch":
      return batch(table, step.columns, step.size);
    case "sampleLists":
      return sampleLists(table, step);
    case "stack":
      return stack(table, step.columns, step.into);
    case "splitLabel":
      return splitLabels(table, step.column, step.separator, step.levels);
    case "mapValues":
      return mapValues(table, step);
    case "copy":
      return copy(table, step.path, step.into);
    case "firstOf":
      return firstOf(table, step.columns, step.into);
    case "join":
      return join(table, step);
    case "numberRows":
      return numberRows(table, step.prefix, step.into);
    case "splitText":
      return splitText(table, step.column, step.at, step.into);
    case "firstParts":
      return firstParts(table, step);
    case "number":
      return toNumbers(table, step.column);
    case "placeOfLargest":
      return placeOfLargest(table, step);
    case "encodeLabels":
      return encodeLabels(table, step.column);
    case "labelNames":
      return labelNames(table, step.column);
    case "collectLabels":
      return collectLabels(table, step);
    case "dropInstructions":
      return withoutColumn(table, "instruction");
  }
}
