/** A made-up repository for each task of the catalogue, in the form that the task reads. */
import { generator } from "../random.mjs";
import { beforeSteps, leastRows } from "./before.mjs";
import { repositoryFiles } from "./files.mjs";
import { classesOf, linkedConfigs, parallelRows, rankingParts, rowsByType } from "./rows.mjs";
import { textMaker } from "./texts.mjs";

/** Returns the same number for the same name: FNV-1a. */
const numberOf = (name) =>
  Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

const isRanking = ({ type }) =>
  ["Retrieval", "Reranking", "InstructionRetrieval", "InstructionReranking"].includes(type);
const endsIn = (steps, name) => steps.some(({ step }) => step === name);

/** Returns the splits that a task reads once its rows are prepared. */
const splitsOf = ({ splits, settings }) => [
  ...new Set([...splits, ...(settings.trainSplit ? [settings.trainSplit] : [])]),
];

/** Returns how labels of a task are spelt where its steps take them. */
function labelForm({ prepare = [], type }, number) {
  if (endsIn(prepare, "splitLabel")) return "path";
  const asNumbers = endsIn(prepare, "encodeLabels") || type === "PairClassification";
  return asNumbers || number % 3 > 0 ? "number" : "text";
}

/** Returns the number of rows of a split: a few, and enough for what is learnt and drawn from them. */
function rowCount({ type, settings, prepare = [], languages }, split, place, classes) {
  const subsets = Object.keys(languages).length;
  const usual = {
    STS: 30,
    PairClassification: 40,
    BitextMining: subsets > 20 ? 10 : 66,
    Classification:
      split === settings.trainSplit ? Math.ceil(classes * settings.samplesPerLabel * (subsets > 20 ? 1 : 1.4)) : 24,
    MultilabelClassification: split === settings.trainSplit ? 60 : 30,
    Clustering: settings.maxFraction ? 700 : 45,
  };
  return Math.max(usual[type], leastRows(prepare, split, place === 0));
}

/** Makes the splits of one subset as the repository holds them. */
function subsetSplits(task, subset, place, world) {
  const { form, classes, make } = world;
  const after = Object.fromEntries(
    splitsOf(task).map((split) => {
      const rows = rowCount(task, split, place, classes);
      const languages = task.languages[subset];
      return [split, rowsByType[task.type]({ task, rows, form, classes, make, languages })];
    }),
  );
  return beforeSteps(task.prepare ?? [], inRows(task, after, world));
}

/** Puts all rows of a split into lists of a few rows, as the older data sets have them. */
function inRows({ type, settings, prepare = [] }, splits, { number }) {
  const isPairs = type === "PairClassification" && !endsIn(prepare, "keepRows") && number % 2 === 0;
  if (!settings.legacy && !isPairs) return splits;
  return Object.fromEntries(Object.entries(splits).map(([name, table]) => [name, listed(table, isPairs ? 1 : 3)]));
}

const listed = (table, parts) =>
  Object.fromEntries(
    Object.entries(table).map(([name, values]) => {
      const size = Math.ceil(values.length / parts);
      return [name, Array.from({ length: parts }, (_, i) => values.slice(i * size, (i + 1) * size))];
    }),
  );

/** Puts the rows of all subsets into one table, in turn, with the subset's name beside each. */
function merged(bySubset, column) {
  const subsets = Object.keys(bySubset);
  const splits = Object.keys(bySubset[subsets[0]]);
  return Object.fromEntries(
    splits.map((split) => {
      const tables = subsets.map((subset) => bySubset[subset][split]);
      const names = Object.keys(tables[0]);
      const length = Math.max(...tables.map((table) => table[names[0]].length));
      const places = Array.from({ length }, (_, row) =>
        tables.flatMap((table, i) => (row < table[names[0]].length ? [[i, row]] : [])),
      ).flat();
      const columns = names.map((name) => [name, places.map(([i, row]) => tables[i][name][row])]);
      return [split, { ...Object.fromEntries(columns), [column]: places.map(([i]) => subsets[i]) }];
    }),
  );
}

/** Returns the configs of a task's repository: by name, the tables of its splits. */
function configsOf(task, world) {
  const { dataset, languages, splits, prepare = [] } = task;
  const { make, number } = world;
  const subsets = Object.keys(languages);
  const linked = prepare.find(({ step }) => step === "linkedPairs");
  if (linked !== undefined) {
    const configs = [...new Set(subsets.flatMap((subset) => subset.split("-")))];
    return linkedConfigs(linked, configs, splits, make);
  }
  if (isRanking(task)) {
    const parts = subsets.flatMap((subset) =>
      Object.entries(rankingParts({ task, splits, languages: languages[subset], make, number })).map(
        ([part, tables]) => {
          const name = subset === "default" && part === "qrels" && number % 2 === 0 ? "default" : part;
          return [subset === "default" ? name : `${subset}-${part}`, tables];
        },
      ),
    );
    return Object.fromEntries(parts);
  }
  if (dataset.subsetPairs === true) {
    const sides = [...new Set(subsets.flatMap((subset) => subset.split("-")))];
    return { default: Object.fromEntries(splits.map((split) => [split, parallelRows(sides, 10, make)])) };
  }
  const configs = Object.fromEntries(
    subsets.map((subset, place) => [subset, subsetSplits(task, subset, place, world)]),
  );
  if (dataset.subsetColumn !== undefined) return { default: merged(configs, dataset.subsetColumn) };
  if (dataset.subsetPairs === "codes") return codedConfigs(configs);
  return dataset.config === undefined ? configs : { [dataset.config]: configs.default };
}

/** Names configs and columns by languages without their script, `eng` first; of A-B and B-A one is kept. */
function codedConfigs(configs) {
  return Object.fromEntries(
    Object.entries(configs).map(([subset, splits]) => {
      const codes = subset.split("-").map((language) => language.split("_")[0]);
      const named = Object.entries(splits).map(([split, { sentence1, sentence2 }]) => [
        split,
        { [codes[0]]: sentence1, [codes[1]]: sentence2 },
      ]);
      return [(codes[1] === "eng" ? codes.toReversed() : codes).join("-"), Object.fromEntries(named)];
    }),
  );
}

/** Returns the repository of a task as the tests' server serves it. */
export function repositoryOf(task) {
  const number = numberOf(task.name);
  const make = textMaker(generator(number));
  const world = { number, make, form: labelForm(task, number), classes: classesOf(number) };
  const { path, revision } = task.dataset;
  try {
    const files = repositoryFiles(configsOf(task, world), number >>> 8);
    return { name: `datasets/${path}`, commits: { [revision]: files }, refs: { main: revision } };
  } catch (error) {
    throw new Error(`${task.name}: ${error.message}`, { cause: error });
  }
}
