import type {
  AgreementSamples,
  ClusterExperiment,
  ClusterLevel,
  ClusterSamples,
  Samples,
} from "../../tasks/samples.ts";
import { agreementLists } from "../../tasks/statistics/agreement.ts";
import { setsFrom, setTexts } from "./sample-sets.ts";

/** More draws than all experiments of any task make together; checked before memory is taken for what a file announces. */
const mostDraws = 2 ** 26;

/** The samples that the main score of one subset of one split is made of. */
export interface SubsetSamples {
  readonly split: string;
  readonly subset: string;
  readonly samples: Samples;
}

export type ColumnValues = Float64Array | Float32Array | Int32Array | readonly string[];
type Columns = Readonly<Record<string, ColumnValues>>;

/** A subset's share of the rows, which follow each other in the order of the subsets. */
export interface SubsetRows {
  readonly split: string;
  readonly subset: string;
  readonly rows: number;
  /** For clusters: number of documents that were embedded. */
  readonly documents?: number | undefined;
  /** For clusters: number of rows by level and experiment. */
  readonly levels?: readonly (readonly number[])[] | undefined;
}

/** Samples of a task's subsets, row by row. */
export interface SampleTable {
  readonly kind: Samples["kind"];
  /** Name of the values, or of the score that is made of them; for people where the kind is `mean` or `clusters`. */
  readonly measure?: string | undefined;
  readonly subsets: readonly SubsetRows[];
  readonly values: Columns;
}

export type ColumnType = "float64" | "float32" | "int32" | "text";

/** Types of the columns by their names up to an underscore. */
const types: Readonly<Record<string, ColumnType>> = {
  id: "text",
  value: "float64",
  gold: "float64",
  score: "float32",
  label: "int32",
  truth: "int32",
  predicted: "int32",
  document: "int32",
  found: "int32",
  times: "int32",
  triplets: "int32",
  agreed: "int32",
  set: "text",
  sets: "text",
};

/** Returns the type of a column of samples; nothing for other columns, such as those of `placesOf`. */
export function typeOf(column: string): ColumnType | undefined {
  const name = column.split("_", 1)[0] ?? "";
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** Returns the indices at which a draw differs from the one before it. */
function newDraws({ drawn, truth, found }: ClusterExperiment): Int32Array {
  const differs = (i: number): boolean => i === 0 || [drawn, truth, found].some((list) => list[i] !== list[i - 1]);
  return Int32Array.from(drawn.keys()).filter(differs);
}

const levelRowsOf = ({ levels }: ClusterSamples): number[][] =>
  levels.map(({ experiments }) => experiments.map((experiment) => newDraws(experiment).length));

/** Makes one row of equal draws that follow each other. */
function clusterColumns({ levels }: ClusterSamples): Columns {
  const experiments = levels
    .flatMap((level) => level.experiments)
    .map((experiment) => ({ ...experiment, starts: newDraws(experiment) }));
  const column = (name: "drawn" | "truth" | "found"): Int32Array =>
    joined(experiments.map((one) => one.starts.map((start) => one[name][start])));
  const times = experiments.map(({ starts, drawn }) =>
    starts.map((start, i) => (starts[i + 1] ?? drawn.length) - start),
  );
  return { document: column("drawn"), truth: column("truth"), found: column("found"), times: joined(times) };
}

function columnsOf(samples: Samples): Columns {
  switch (samples.kind) {
    case "mean":
      // Parquet's texts are UTF-8, which has no halves of letters.
      return { ...(samples.ids && { id: samples.ids.map((id) => Buffer.from(id).toString()) }), value: samples.values };
    case "correlation":
      return { gold: samples.gold, score: samples.scores };
    case "pairs":
      return { label: Int32Array.from(samples.labels), ...named("score_", Object.entries(samples.scores)) };
    case "labels":
      return { truth: samples.truth, ...named("predicted_", Object.entries(samples.predicted)) };
    case "sets":
      return {
        set: setTexts(samples.truth, samples.labels),
        ...named(
          "sets_",
          samples.predicted.map((cells, experiment) => [String(experiment), setTexts(cells, samples.labels)]),
        ),
      };
    case "regression":
      return { gold: samples.truth, ...named("score_", Object.entries(samples.predicted)) };
    case "agreement":
      return {
        ...named("triplets_", Object.entries(samples.triplets)),
        ...named("agreed_", Object.entries(samples.agreed)),
      };
    case "clusters":
      return clusterColumns(samples);
  }
}

const named = (prefix: string, columns: readonly (readonly [string, ColumnValues])[]): Columns =>
  Object.fromEntries(columns.map(([name, values]) => [`${prefix}${name}`, values]));

/** Concatenates lists of one kind. */
function joined(lists: readonly Int32Array[]): Int32Array;
function joined(lists: readonly ColumnValues[]): ColumnValues;
function joined(lists: readonly ColumnValues[]): ColumnValues {
  const [first] = lists;
  if (first === undefined) return new Int32Array(0);
  if (!ArrayBuffer.isView(first)) return (lists as readonly (readonly string[])[]).flat();
  const numbers = lists as readonly (Float64Array | Float32Array | Int32Array)[];
  const length = numbers.reduce((sum, list) => sum + list.length, 0);
  const out = first instanceof Float64Array ? new Float64Array(length) : copyable(first, length);
  let start = 0;
  for (const list of numbers) {
    out.set(list, start);
    start += list.length;
  }
  return out;
}

const copyable = (like: ColumnValues, length: number): Float32Array | Int32Array =>
  like instanceof Float32Array ? new Float32Array(length) : new Int32Array(length);

const measureOf = (samples: Samples): string | undefined =>
  samples.kind === "clusters" ? "v_measure" : samples.measure;

/**
 * Makes one table of the samples of a task's subsets.
 * @throws RangeError where they differ in kind, measure, similarities or number of experiments, or there is no subset
 */
export function tableOf(samples: readonly SubsetSamples[]): SampleTable {
  const [first] = samples;
  if (first === undefined) throw new RangeError("samples: no subset; at least one is needed");
  const { kind } = first.samples;
  const measure = measureOf(first.samples);
  const parts = samples.map((one) => columnsOf(one.samples));
  const names = Object.keys(parts[0] ?? {});
  const alike = samples.every(
    (one, i) =>
      one.samples.kind === kind &&
      measureOf(one.samples) === measure &&
      Object.keys(parts[i] ?? {}).join() === names.join(),
  );
  if (!alike) throw new RangeError("samples: subsets differ in kind, measure, similarities or number of experiments");
  const subsets = samples.map(({ split, subset, samples: of }, i): SubsetRows => {
    const rows = Object.values(parts[i] ?? {})[0]?.length ?? 0;
    return { split, subset, rows, ...(of.kind === "clusters" && { documents: of.documents, levels: levelRowsOf(of) }) };
  });
  const values = names.map((name) => [name, joined(parts.map((part) => part[name] ?? []))] as const);
  return { kind, ...(measure !== undefined && { measure }), subsets, values: Object.fromEntries(values) };
}

/** Makes the columns that tell people which subset a row is of: split, subset, and the unit's number, or level and experiment. */
export function placesOf({ kind, subsets }: SampleTable): Columns {
  const names = (name: "split" | "subset"): string[] =>
    subsets.flatMap((one) => Array.from({ length: one.rows }, () => one[name]));
  const texts = { split: names("split"), subset: names("subset") };
  if (kind !== "clusters") {
    return { ...texts, unit: joined(subsets.map(({ rows }) => Int32Array.from({ length: rows }, (_, u) => u))) };
  }
  const draws = subsets.flatMap((one) =>
    (one.levels ?? []).flatMap((level, l) => level.map((rows, e) => ({ level: l, experiment: e, rows }))),
  );
  const filled = (name: "level" | "experiment"): Int32Array =>
    joined(draws.map((one) => new Int32Array(one.rows).fill(one[name])));
  return { ...texts, level: filled("level"), experiment: filled("experiment") };
}

type Values = ReturnType<typeof valuesOf>;

/** Returns readers of the rows of one subset by the names of their columns. */
function valuesOf(columns: Columns, start: number, end: number) {
  const missing = (name: string, type: string): Error => new Error(`there is no column "${name}" of type ${type}`);
  return {
    float64(name: string): Float64Array {
      const column = columns[name];
      if (!(column instanceof Float64Array)) throw missing(name, "float64");
      return column.slice(start, end);
    },
    float32(name: string): Float32Array {
      const column = columns[name];
      if (!(column instanceof Float32Array)) throw missing(name, "float32");
      return column.slice(start, end);
    },
    int32(name: string): Int32Array {
      const column = columns[name];
      if (!(column instanceof Int32Array)) throw missing(name, "int32");
      return column.slice(start, end);
    },
    texts(name: string): readonly string[] {
      const column = columns[name];
      if (column === undefined || ArrayBuffer.isView(column)) throw missing(name, "text");
      return column.slice(start, end);
    },
    /** Lists the columns with this prefix, without it. */
    after: (prefix: string): string[] =>
      Object.keys(columns)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
  };
}

function requireMeasure<Name extends string>(measure: string | undefined, names: readonly Name[]): Name {
  const known = names.find((name) => name === measure);
  if (known === undefined) throw new Error(`the measure is ${measure}, expected ${names.join(", ")}`);
  return known;
}

/** Repeats each value as often as its number in `times` says. */
function repeated(values: Int32Array, times: Int32Array): Int32Array {
  const out = new Int32Array(times.reduce((sum, count) => sum + count, 0));
  let start = 0;
  for (let i = 0; i < times.length; i++) {
    out.fill(values[i], start, start + times[i]);
    start += times[i];
  }
  return out;
}

function clustersOf({ documents = 0, levels = [], rows }: SubsetRows, { int32 }: Values): ClusterSamples {
  const [document, truth, found, times] = [int32("document"), int32("truth"), int32("found"), int32("times")];
  if (document.some((place) => place < 0 || place >= documents)) {
    throw new Error(`a document that was drawn is none of the ${documents} that were embedded`);
  }
  if (times.some((count) => count < 1) || times.reduce((sum, count) => sum + count, 0) > mostDraws) {
    throw new Error(`documents were drawn less than once each, or more than ${mostDraws} times together`);
  }
  let start = 0;
  const restoredLevels = levels.map((level): ClusterLevel => {
    const experiments = level.map((count) => {
      const cut = (values: Int32Array): Int32Array =>
        repeated(values.subarray(start, start + count), times.subarray(start, start + count));
      const experiment = { drawn: cut(document), truth: cut(truth), found: cut(found) };
      start += count;
      return experiment;
    });
    return { experiments };
  });
  if (start !== rows) throw new Error(`${rows} rows of draws are there, ${start} were announced`);
  return { kind: "clusters", documents, levels: restoredLevels };
}

function agreementFrom(
  measure: AgreementSamples["measure"],
  triplets: readonly Int32Array[],
  agreed: readonly Int32Array[],
): AgreementSamples {
  const isWhole = triplets.length === agreementLists && agreed.length === agreementLists;
  if (!isWhole) {
    throw new Error(`there are ${triplets.length} and ${agreed.length} columns of counts, expected ${agreementLists}`);
  }
  const isLess = triplets.every((counts, i) =>
    counts.every((count, unit) => 0 <= agreed[i][unit] && agreed[i][unit] <= count),
  );
  if (!isLess) throw new Error("more triplets agree than there are");
  return { kind: "agreement", measure, triplets, agreed };
}

function restored({ kind, measure }: SampleTable, rows: SubsetRows, values: Values): Samples {
  const { float64, float32, int32, texts, after } = values;
  switch (kind) {
    case "mean": {
      const ids = after("id").length > 0 ? { ids: texts("id") } : {};
      return { kind, ...(measure === undefined ? {} : { measure }), ...ids, values: float64("value") };
    }
    case "correlation": {
      const known = requireMeasure(measure, ["pearson", "spearman"]);
      return { kind, measure: known, gold: float64("gold"), scores: float32("score") };
    }
    case "pairs": {
      const scores = Object.fromEntries(after("score_").map((name) => [name, float32(`score_${name}`)]));
      const labels = Uint8Array.from(int32("label"));
      return { kind, measure: requireMeasure(measure, ["ap", "accuracy", "f1"]), labels, scores };
    }
    case "labels": {
      const predicted = after("predicted_").map((name) => int32(`predicted_${name}`));
      const known = requireMeasure(measure, ["accuracy", "f1", "f1_weighted"]);
      return { kind, measure: known, truth: int32("truth"), predicted };
    }
    case "sets":
      return setsFrom(
        texts("set"),
        after("sets_").map((name) => texts(`sets_${name}`)),
      );
    case "regression": {
      const predicted = after("score_").map((name) => float32(`score_${name}`));
      const known = requireMeasure(measure, ["kendalltau", "r2"]);
      return { kind, measure: known, truth: float64("gold"), predicted };
    }
    case "agreement": {
      const lists = (prefix: string) => after(prefix).map((name) => int32(`${prefix}${name}`));
      return agreementFrom(requireMeasure(measure, ["alpha_auc"]), lists("triplets_"), lists("agreed_"));
    }
    case "clusters":
      return clustersOf(rows, values);
  }
}

/** Restores the samples that `tableOf` made a table of. Throws an error that says why where it made no such table. */
export function samplesOf(table: SampleTable): SubsetSamples[] {
  let start = 0;
  return table.subsets.map((one) => {
    const values = valuesOf(table.values, start, start + one.rows);
    start += one.rows;
    return { split: one.split, subset: one.subset, samples: restored(table, one, values) };
  });
}
