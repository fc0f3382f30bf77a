import { labelColumn, textColumn } from "./columns.ts";
import { InputError } from "./errors.ts";
import { joinColumns } from "./packed-texts.ts";
import { encodeLabels, renameColumns } from "./preparation/columns.ts";
import type { LayoutStep } from "./preparation/layout-steps.ts";
import { linkPairs } from "./preparation/linked-pairs.ts";
import { pairRows } from "./preparation/pairs.ts";
import { layOutRetrieval } from "./preparation/retrieval-layout.ts";
import { resplit, rowsWhere, takeRows } from "./preparation/rows.ts";
import type { OneOf, PreparationStep, SplitStep, TableStep } from "./preparation/steps.ts";
import { prepareTable } from "./preparation/tables.ts";
import { remembering } from "./remembering.ts";
import { columnsOfPair } from "./subset-pairs.ts";
import { didYouMean } from "./suggest.ts";
import type { Dataset, Table } from "./table.ts";

/** Changes to a data set before its rows are used. */
interface Preparation {
  /** Steps for every split that is read, in this order. */
  readonly steps?: readonly PreparationStep[] | undefined;
  /** Config that is meant by `default`. */
  readonly config?: string | undefined;
  /** Column that names a row's subset, where all subsets lie in the config `default`. */
  readonly subsetColumn?: string | undefined;
  /**
   * True where a subset `A-B` stands for the columns A and B of the config `default`; `codes` where it stands for those
   * of a config of its own, all named by languages without their script, `eng` first.
   */
  readonly subsetPairs?: true | "codes" | undefined;
  /** Names of the task's subsets, of which a layout makes the parts; only `default` where absent. */
  readonly subsetNames?: readonly string[] | undefined;
  /** Splits that the task reads, whose labels are numbered together. */
  readonly splits?: readonly string[] | undefined;
  /** Other repositories that a layout names, by these names. */
  readonly others?: ReadonlyMap<string, Dataset> | undefined;
}

/**
 * Returns a data set whose rows are picked and prepared when they are read. With `subsetColumn`, a config stands for
 * the rows of `default` that name it, with `subsetPairs` the config `A-B` for two of its columns, under the names
 * `sentence1` and `sentence2`; each split is then read once, however many configs are asked for. `read` throws
 * `InputError` for a subset without rows or columns, and for rows that a step does not fit. Source of the subsets: mteb
 * 2.26 `AbsTask.fast_load`, `AbsTaskBitextMining._evaluate_subset`.
 */
export function prepareDataset(dataset: Dataset, preparation: Preparation): Dataset {
  const { steps = [], splits = [] } = preparation;
  const apply = (prepared: Dataset, step: PreparationStep): Dataset => {
    if (isLayout(step)) return layOut(prepared, step, preparation);
    return applyStep(step.step === "stratifiedSample" ? withClassNumbers(prepared, step, splits) : prepared, step);
  };
  return steps.reduce(apply, withSubsets(dataset, preparation));
}

function withSubsets(dataset: Dataset, { config, subsetColumn, subsetPairs }: Preparation): Dataset {
  const named = config === undefined ? dataset : withDefault(dataset, config);
  if (subsetPairs === "codes") return codedPairs(named);
  const subsetOf = subsetColumn !== undefined ? rowsOfSubset(subsetColumn) : subsetPairs ? pairOfSubset : undefined;
  return subsetOf === undefined ? named : subsetsOf(named, subsetOf);
}

type RowStep = OneOf<TableStep | SplitStep>;

const layouts: readonly PreparationStep["step"][] = ["linkedPairs", "retrievalLayout", "pairs"];
const isLayout = (step: PreparationStep): step is OneOf<LayoutStep> => layouts.includes(step.step);

/** Returns a data set of the parts of retrieval tasks. */
function layOut(
  dataset: Dataset,
  step: OneOf<LayoutStep>,
  { config, subsetNames = ["default"], others }: Preparation,
): Dataset {
  const subsets = step.subsets ?? subsetNames;
  switch (step.step) {
    case "linkedPairs":
      return linkPairs(dataset, step, subsets);
    case "retrievalLayout":
      return layOutRetrieval({ dataset, name: config, others: others ?? new Map() }, step, subsets);
    case "pairs":
      return pairRows(dataset, step, subsets);
  }
}

/** Returns a data set whose config `default` is another one of its own. */
function withDefault(dataset: Dataset, name: string): Dataset {
  const meant = (config: string): string => (config === "default" ? name : config);
  return {
    ...dataset,
    splits: (config) => dataset.splits(meant(config)),
    read: (config, split, pack) => dataset.read(meant(config), split, pack),
  };
}

/** Returns a data set whose configs are parts of the config `default`. */
function subsetsOf(dataset: Dataset, subsetOf: SubsetOf): Dataset {
  const readMerged = remembering((split: string) => dataset.read("default", split));
  return {
    ...dataset,
    splits: () => dataset.splits("default"),
    read: async (config, split) => {
      const subset = subsetOf(await readMerged(split), config);
      return { ...subset, name: `${dataset.id} (${config}, ${split})` };
    },
  };
}

/**
 * Returns a data set whose subsets, such as `aai_Latn-eng_Latn`, are pairs of columns of configs such as `eng-aai`. Source:
 * mteb 2.26 `BibleNLPBitextMining`.
 */
function codedPairs(dataset: Dataset): Dataset {
  const codesOf = (subset: string): string[] => subset.split("-").map((language) => language.split("_")[0]);
  const configOf = (subset: string): string => {
    const codes = codesOf(subset);
    return (codes[1] === "eng" ? codes.toReversed() : codes).join("-");
  };
  return {
    ...dataset,
    splits: (subset) => dataset.splits(configOf(subset)),
    read: async (subset, split) => pairOfSubset(await dataset.read(configOf(subset), split), codesOf(subset).join("-")),
  };
}

/** Takes the part of a table that is a subset's. */
type SubsetOf = (table: Table, subset: string) => Table;

const rowsOfSubset =
  (column: string): SubsetOf =>
  (table, subset) => {
    const names = textColumn(table, column);
    const rows = rowsWhere(names, (name) => name === subset);
    if (rows.length > 0) return takeRows(table, rows);
    const known = [...new Set(names)];
    throw new InputError(
      `data set ${table.name}: no row of column "${column}" holds "${subset}"${didYouMean(subset, known)}; it holds ` +
        (known.join(", ") || "nothing"),
    );
  };

const pairOfSubset: SubsetOf = (table, subset) => {
  const [first, second] = columnsOfPair(subset, table.name);
  return { ...table, columns: { sentence1: textColumn(table, first), sentence2: textColumn(table, second) } };
};

/**
 * Returns a data set where the labels that rows are drawn by are numbers of classes: unless the column declares classes, its
 * labels are numbered in their order as texts, those of `splits` together, whether or not rows are drawn of a split. Source:
 * mteb 2.26 `AbsTask.stratified_subsampling`, which numbers the labels of all splits that it has loaded.
 */
function withClassNumbers(
  dataset: Dataset,
  { column, subsets }: Pick<Extract<PreparationStep, { step: "stratifiedSample" }>, "column" | "subsets">,
  splits: readonly string[],
): Dataset {
  return {
    ...dataset,
    read: async (config, split, pack) => {
      const table = await dataset.read(config, split, pack);
      const isNumbered = table.features?.get(column)?.kind === "classes";
      if (isNumbered || !(subsets?.includes(config) ?? true)) return table;
      const known = dataset.splits(config);
      const elsewhere = new Set<unknown>();
      for (const other of splits.filter((one) => one !== split && known.includes(one))) {
        for (const label of labelColumn(await dataset.read(config, other), column)) elsewhere.add(label);
      }
      return encodeLabels(table, column, [...elsewhere]);
    },
  };
}

/** Returns a data set with a step done to it when it is read. */
function applyStep(dataset: Dataset, step: RowStep): Dataset {
  const isFor = (config: string): boolean => step.subsets?.includes(config) ?? true;
  return {
    ...dataset,
    splits: (config) => (isFor(config) ? splitsAfter(dataset, step, config) : dataset.splits(config)),
    read: (config, split, pack) =>
      isFor(config) ? readAfter(dataset, step, config, split, pack) : dataset.read(config, split, pack),
  };
}

function splitsAfter(dataset: Dataset, step: RowStep, config: string): readonly string[] {
  if (step.step === "useConfig") return dataset.splits(step.config);
  const splits = dataset.splits(config);
  switch (step.step) {
    case "useSplit":
      return [...new Set([...splits, step.as])];
    case "mergeSplits":
      return [...new Set([...splits, step.into])];
    case "pickSubset":
      return dataset.splits("default");
    case "resplit":
      return [...new Set([...splits, "train", "test"])];
    default:
      return splits;
  }
}

/** Reads a split as it is after a step. */
async function readAfter(
  { id, read }: Dataset,
  step: RowStep,
  config: string,
  split: string,
  pack?: readonly string[],
): Promise<Table> {
  const name = `${id} (${config}, ${split})`;
  switch (step.step) {
    case "dataDir":
    case "dataFiles":
      // The data set was opened with these files.
      return read(config, split, pack);
    case "useConfig":
      return read(step.config, split, pack);
    case "useSplit":
      return read(config, split === step.as ? step.split : split, pack);
    case "mergeSplits": {
      if (split !== step.into) return read(config, split, pack);
      return joinTables(await Promise.all(step.from.map((one) => read(config, one, pack))), name);
    }
    case "pickSubset":
      return { ...rowsOfSubset(step.column)(await read("default", split), config), name };
    case "resplit": {
      if (split !== "train" && split !== "test") return read(config, split, pack);
      return resplit(await read(config, step.from, pack), step, split);
    }
    case "concatConfigs": {
      if (!step.splits.includes(split)) return read(config, split, pack);
      const parts = step.configs.map(async (one) => renameColumns(await read(one.config, split), one.rename));
      return joinTables(await Promise.all(parts), name);
    }
    default:
      return prepareTable(await read(config, split, pack), [step], split);
  }
}

/** Puts the rows of tables one after another, of the columns that all have. */
function joinTables(tables: readonly Table[], name: string): Table {
  const [first, ...others] = tables;
  const names = Object.keys(first.columns).filter((column) =>
    others.every(({ columns }) => Object.hasOwn(columns, column)),
  );
  const columns = names.map((column) => [column, joinColumns(tables.map((table) => table.columns[column]))] as const);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { ...first, name, rows, columns: Object.fromEntries(columns) };
}
